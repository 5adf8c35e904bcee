"""The core's reasons as sentences in the user's language."""

from odoo.tools import format_amount, format_date
from odoo.tools.translate import LazyTranslate

from ..core.reasons import Code

_lt = LazyTranslate(__name__)

_TITLES = {
    Code.REACHED: _lt("Will be dunned"),
    Code.REPEATED: _lt("Stays at its level"),
    Code.CREDIT: _lt("Credit"),
    Code.NO_PROCEDURE: _lt("No dunning procedure"),
    Code.NO_LEVELS: _lt("Procedure without levels"),
    Code.NO_DUE_DATE: _lt("No due date"),
    Code.NO_RATE: _lt("No exchange rate"),
    Code.EXCLUDED: _lt("Excluded from follow-up"),
    Code.BLOCKED: _lt("Dunning block"),
    Code.ON_NOTICE: _lt("Already on a notice"),
    Code.IN_PAYMENT: _lt("Payment under way"),
    Code.NEVER_SENT: _lt("Invoice never sent"),
    Code.NOT_DUE: _lt("Not due yet"),
    Code.GRACE: _lt("Level not reached yet"),
    Code.DEADLINE_RUNNING: _lt("Deadline still running"),
    Code.TOO_SOON: _lt("Last notice too recent"),
    Code.PAUSE: _lt("Pause between notices"),
    Code.LAST_LEVEL: _lt("Last level reached"),
    Code.BELOW_LEVEL_MINIMUM: _lt("Below the level's minimum"),
    Code.BELOW_MINIMUM: _lt("Below the minimum amount"),
    Code.COVERED_BY_CREDIT: _lt("Covered by credits"),
}

_SENTENCES = {
    Code.REACHED: _lt("Will be on the next notice."),
    Code.REPEATED: _lt(
        "Stays at its level: %(amount)s are less than the next level's minimum of %(limit)s."
    ),
    Code.CREDIT: _lt("A credit is not dunned, but netted on the customer's next notice."),
    Code.NO_PROCEDURE: _lt(
        "No dunning procedure holds for this customer: set one on the customer or as the"
        " company's default."
    ),
    Code.NO_LEVELS: _lt("The customer's dunning procedure has no levels: add one."),
    Code.NO_DUE_DATE: _lt("The item has no due date: set one on the invoice."),
    Code.NO_RATE: _lt(
        "There is no exchange rate for the item's currency: enter one under Currencies."
    ),
    Code.EXCLUDED: _lt("The item is marked «No Follow-Up»."),
    Code.BLOCKED: _lt("Dunning block: %(detail)s."),
    Code.ON_NOTICE: _lt("Is already on notice %(detail)s, which is not finished."),
    Code.IN_PAYMENT: _lt("A payment is registered and waits for the bank statement."),
    Code.NEVER_SENT: _lt("The invoice was never sent to the customer: send it first."),
    Code.NOT_DUE: _lt("Not due yet; earliest notice on %(until)s."),
    Code.GRACE: _lt("The days of the next level are not over; earliest notice on %(until)s."),
    Code.DEADLINE_RUNNING: _lt(
        "The deadline of the last notice is still running; next level on %(until)s at the earliest."
    ),
    Code.TOO_SOON: _lt("The last notice is too recent; next level on %(until)s at the earliest."),
    Code.PAUSE: _lt(
        "The customer got a notice a few days ago; the next one on %(until)s at the earliest."
    ),
    Code.LAST_LEVEL: _lt(
        "The last dunning level was reached: decide on a call, collection or a write-off."
    ),
    Code.BELOW_LEVEL_MINIMUM: _lt("%(amount)s are less than the level's minimum of %(limit)s."),
    Code.BELOW_MINIMUM: _lt(
        "%(amount)s after credits are less than the procedure's minimum of %(limit)s."
    ),
    Code.COVERED_BY_CREDIT: _lt(
        "Open credits of %(amount)s cover all that is overdue: allocate or pay them out."
    ),
}
_BLOCKED_UNTIL = _lt("Dunning block until %(until)s: %(detail)s.")


def get_reason_selection(model):
    """Return the codes with their short titles, for a Selection field."""
    return [(code.value, model.env._(title)) for code, title in _TITLES.items()]  # pylint: disable=W8301,E8502


def get_reason_text(env, code, *, currency, until=None, detail="", amount=None, limit=None):
    """Return one sentence in the user's language; ``amount`` and ``limit`` are in ``currency``."""
    sentence = _BLOCKED_UNTIL if code is Code.BLOCKED and until else _SENTENCES[code]
    return env._(sentence) % {  # pylint: disable=W8301,E8502
        "until": format_date(env, until) if until else "",
        "detail": detail,
        "amount": format_amount(env, float(amount or 0), currency),
        "limit": format_amount(env, float(limit or 0), currency),
    }
