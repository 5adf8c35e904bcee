"""Why a payment fits, and why it was not booked by itself, in the reader's language."""

from odoo.tools.translate import LazyTranslate

from ..core.matching import WhyNot

_lt = LazyTranslate(__name__)

# Not the core's: it decides once, people may decide otherwise.
UNDONE = "undone"
WHY_NOT = {
    WhyNot.NOT_A_PAYMENT: _lt("no payment of an invoice"),
    WhyNot.NOT_BOOKED: _lt("the bank has not booked it yet"),
    WhyNot.RETURNED: _lt("returned: the payment that it takes back could not be told"),
    WhyNot.NOTHING_FOUND: _lt("nothing open fits"),
    WhyNot.TIE: _lt("fits more than one way"),
    WhyNot.AMOUNT_DIFFERS: _lt("the amount is another one"),
    WhyNot.DISCOUNT_LATE: _lt("the discount was taken too late"),
    WhyNot.OTHER_PAYER: _lt("the payer is known as somebody else"),
    WhyNot.SEVERAL_PARTNERS: _lt("invoices of several customers"),
    WhyNot.UNKNOWN_PAYER: _lt("the payer is not known, and others owe this amount too"),
    WhyNot.UNKNOWN_NUMBER: _lt("the text names a number that is not open"),
    WhyNot.SETTLED_NUMBER: _lt("the text names an invoice that is paid already"),
    WhyNot.ALREADY_PAID: _lt("another payment of the same file settles it"),
    WhyNot.NAMED_NOT_PAID: _lt("the text names another invoice too"),
    WhyNot.MORE_THAN_NAMED: _lt("the text names only some of them"),
    WhyNot.WEAK_EVIDENCE: _lt("too little speaks for it"),
    WhyNot.OVER_CAP: _lt("larger than what is booked by itself"),
    UNDONE: _lt("was booked by itself, and somebody undid it"),
}
# What is said otherwise of money that goes out.
WHY_NOT_OUTGOING = {
    WhyNot.OTHER_PAYER: _lt("the payee is known as somebody else"),
    WhyNot.UNKNOWN_PAYER: _lt("the payee is not known, and this amount is open to others too"),
    WhyNot.SEVERAL_PARTNERS: _lt("items of several customers or vendors"),
}
EVIDENCE = {
    "amount": _lt("exact amount"),
    "balance": _lt("all that is open"),
    "bare_number": _lt("number in the text"),
    "charges": _lt("less bank charges"),
    "claim": _lt("fees and interest"),
    "chosen": _lt("chosen by hand"),
    "credit": _lt("credit note deducted"),
    "customer_number": _lt("customer number in the text"),
    "discount": _lt("amount with discount"),
    "end_to_end": _lt("end-to-end ID"),
    "iban": _lt("known IBAN"),
    "mandate": _lt("mandate"),
    "memory_name": _lt("known payer"),
    "name": _lt("name of the customer"),
    "name_similar": _lt("similar name"),
    "near_number": _lt("number with a slip"),
    "number": _lt("invoice number in the text"),
    "oldest": _lt("oldest invoices first"),
    "order_number": _lt("order number in the text"),
    "original_amount": _lt("amount in the invoice's currency"),
    "overpaid": _lt("more than is open"),
    "partial": _lt("less than is open"),
    "reference": _lt("payment reference"),
    "small_difference": _lt("small difference"),
    "sum": _lt("sum of several invoices"),
}
# What transactions that went to an account have in common.
_TRAITS = {"iban": _lt("same IBAN"), "name": _lt("same name"), "text": _lt("same words")}


def get_trait_text(env, kind):
    return env._(_TRAITS[kind])  # pylint: disable=gettext-variable


def get_why_not_text(env, code, value="", *, is_outgoing=False):
    """Return a reason as a short sentence, with what it names.

    :param is_outgoing: of money that goes out, whose payee isn't a payer
    """
    if not code:
        return ""
    source = (WHY_NOT_OUTGOING.get(code) if is_outgoing else None) or WHY_NOT[code]
    text = env._(source)  # pylint: disable=gettext-variable
    return f"{text}: {value}" if value else text


def get_evidence_text(env, evidence):
    """Return one reason for a match as a tag."""
    known = EVIDENCE.get(evidence.code)
    text = env._(known) if known else evidence.code  # pylint: disable=gettext-variable
    return f"{text}: {evidence.value}" if evidence.value else text
