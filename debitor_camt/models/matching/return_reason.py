"""What the reason codes of returned payments mean (ISO 20022 ExternalReturnReason1Code)."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

REASONS = {
    "AC01": _lt("account number is wrong"),
    "AC04": _lt("account is closed"),
    "AC06": _lt("account is blocked"),
    "AC13": _lt("account is a consumer's: no B2B direct debit"),
    "AG01": _lt("no direct debits from this account"),
    "AG02": _lt("wrong transaction code"),
    "AM01": _lt("amount is zero"),
    "AM04": _lt("not enough money on the account"),
    "AM05": _lt("collected twice"),
    "AM09": _lt("amount is wrong"),
    "BE04": _lt("address of the creditor is missing"),
    "BE05": _lt("creditor identifier is wrong"),
    "CNOR": _lt("creditor's bank is not registered"),
    "DNOR": _lt("debtor's bank is not registered"),
    "FF01": _lt("wrong file format"),
    "FOCR": _lt("called back by the creditor"),
    "MD01": _lt("no valid mandate"),
    "MD02": _lt("data of the mandate are missing or wrong"),
    "MD06": _lt("payer objects to the authorised debit"),
    "MD07": _lt("payer has died"),
    "MS02": _lt("payer objects"),
    "MS03": _lt("bank gives no reason"),
    "RC01": _lt("BIC is wrong"),
    "RR01": _lt("account of the payer is missing (regulation)"),
    "RR02": _lt("name or address of the payer is missing (regulation)"),
    "RR03": _lt("name or address of the creditor is missing (regulation)"),
    "RR04": _lt("regulatory reason"),
    "SL01": _lt("bank of the payer blocks this direct debit"),
}
# After these the mandate or the account can't be used again as it is.
MANDATE_PROBLEMS = frozenset(
    ("AC01", "AC04", "AC06", "AC13", "AG01", "MD01", "MD02", "MD06", "MD07", "MS02", "SL01")
)


def get_reason_text(env, code):
    """Return a code with its meaning in the user's language, or the bare code."""
    if code not in REASONS:
        return code
    return f"{code}: {env._(REASONS[code])}"  # pylint: disable=gettext-variable
