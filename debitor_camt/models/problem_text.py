"""What is wrong with a file or a statement, as sentences in the user's language."""

from collections import defaultdict
from decimal import Decimal

from odoo import fields
from odoo.tools import format_amount, format_date
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Codes of core.checks.
_STATEMENT = {
    "no_account": _lt("The file doesn't name the account that this statement is of."),
    "unknown_account": _lt(
        "No bank journal has the account %(account)s. Create a journal with this account number,"
        " or enter it as account number of an existing one, and check again."
    ),
    "ambiguous_account": _lt(
        "Several bank journals have the account %(account)s in %(currency)s. Leave the account"
        " number at one of them only, and check again."
    ),
    "wrong_currency": _lt(
        "The statement of %(account)s is in %(currency)s, but its journal is in"
        " %(journal_currency)s. Create a journal with this account number in %(currency)s, and"
        " check again."
    ),
    "foreign_entry": _lt(
        "An entry of %(amount)s %(currency)s is not in the journal's currency"
        " %(journal_currency)s. Create a journal for the right currency, or enter this statement"
        " by hand."
    ),
    "no_date": _lt(
        "An entry of %(amount)s has neither a booking date nor a value date. It would be booked"
        " on the last day of the statement, %(day)s."
    ),
    "no_period": _lt(
        "An entry of %(amount)s has no date, nor has the statement: enter it by hand."
    ),
    "too_precise": _lt(
        "The amount %(amount)s %(currency)s has more decimals than the currency: increase the"
        " decimals of the currency, or enter this statement by hand."
    ),
    "locked": _lt(
        "It has entries of %(day)s, but the books are locked until %(until)s. Open the period,"
        " and check again."
    ),
    "unbalanced": _lt(
        "Opening balance and entries make %(expected)s, but the closing balance is %(closing)s:"
        " %(amount)s differ."
    ),
    "entry_sum": _lt(
        "The details make %(details)s, but the entries %(entries)s. The file was not understood"
        " completely; enter this statement by hand, and report the file."
    ),
    "detail_sum": _lt(
        "The details of %(count)s entries don't add up to them; %(amount)s would be a line of"
        " their own."
    ),
    "entry_count": _lt("The bank announces %(announced)s entries, but the statement has %(count)s."),
    "gap": _lt(
        "The last statement ended with %(closing)s on %(closing_day)s, this one begins with"
        " %(opening)s on %(day)s: statements with %(amount)s are missing. Import them first, and"
        " check again."
    ),
    "overlap": _lt(
        "The statement begins on %(day)s with %(opening)s, and overlaps the last one, which ended"
        " with %(closing)s on %(closing_day)s, but what both tell of doesn't agree: %(amount)s"
        " differ."
    ),
    "sum_matched": _lt(
        "The details of %(amount)s of %(day)s came after the sum was matched, and are only listed."
        " Undo the match of the sum first, then use the details."
    ),
    "sum_fixed": _lt(
        "The details of %(amount)s of %(day)s came after their sum, which can't be replaced:"
        " %(reason)s"
    ),
}  # fmt: skip

# Codes of core.errors, and of what may happen on the way.
_FILE = {
    "no_camt": _lt("This is no camt file (camt.052, camt.053 or camt.054)."),
    "empty": _lt("The file is empty."),
    "not_xml": _lt("The file is no valid XML, or ends too early (%(reason)s). Get it again."),
    "encoding": _lt("The file's characters can't be read (%(reason)s). Get it again."),
    "encrypted": _lt("The container is encrypted; unpack it, and import what is inside."),
    "broken_container": _lt("The container is damaged (%(reason)s). Get the file again."),
    "doctype": _lt("The file declares entities, which no bank does; it was not read."),
    "amount": _lt("The amount of entry %(entry)s can't be read: «%(text)s»."),
    "balance": _lt("A balance can't be read: «%(text)s»."),
    "date": _lt("A date of entry %(entry)s can't be read: «%(text)s»."),
    "sign": _lt("Entry %(entry)s is neither credit nor debit: «%(text)s»."),
    **dict.fromkeys(
        (
            "too_large",
            "too_many_entries",
            "too_many_details",
            "too_many_members",
            "too_many_statements",
            "too_many_tags",
            "too_many_values",
            "too_deep",
            "long_tag",
            "long_text",
            "nested",
            "bomb",
        ),
        _lt("The file is larger or more nested than any bank's (%(reason)s); it was not read."),
    ),
    "unexpected": _lt(
        "The file could not be imported (%(reason)s). Nothing of it was taken; the details are in"
        " the server's log."
    ),
    "user_error": _lt("Nothing of the file was taken. %(reason)s"),
}
_OTHER = _lt("The file can't be read: %(reason)s.")

_AMOUNTS = {"expected", "closing", "opening", "amount", "details", "entries"}
_DAYS = {"day", "closing_day", "until"}


def get_currencies(env):
    """Return all currencies by their codes, for :func:`get_problem_text`."""
    found = env["res.currency"].with_context(active_test=False).search_fetch([])
    return {one.name: one for one in found}


def get_problem_text(env, problem, currencies):
    """Return the sentence for a problem ``{"code": …, "values": {…}}``."""
    values = problem["values"]
    sentence = _STATEMENT.get(problem["code"])
    if sentence is None:
        return _get_file_text(env, problem["code"], values)
    currency = currencies.get(values.get("currency"))
    named = defaultdict(lambda: "–", _format(env, values, currency))
    return env._(sentence) % named  # pylint: disable=W8301,E8502


def _get_file_text(env, code, values):
    sentence = _FILE.get(code, _OTHER)
    facts = ", ".join(f"{name} {value}" for name, value in values.items())
    words = code.replace("_", " ")
    reason = values.get("reason") or (f"{words} ({facts})" if facts else words)
    named = defaultdict(lambda: "–", values | {"reason": reason})
    return env._(sentence) % named  # pylint: disable=W8301,E8502


def _format(env, values, currency):
    """Return the facts of a problem as people write them."""
    return {name: _format_value(env, name, value, currency) for name, value in values.items()}


def _format_value(env, name, value, currency):
    if name in _DAYS:
        return format_date(env, fields.Date.to_date(value)) if value else env._("an unknown day")
    if name in _AMOUNTS and currency and _is_exact(value, currency):
        return format_amount(env, float(value), currency)
    return value


def _is_exact(value, currency):
    return round(Decimal(value), currency.decimal_places) == Decimal(value)
