"""Reasons and parts of a score as sentences in the user's language."""

from odoo.tools import format_amount, format_date
from odoo.tools.translate import LazyTranslate

from ..core.model import get_bucket_range, worse

_lt = LazyTranslate(__name__)

# Payments that make a habit, decayed: one of half a year ago counts half.
_WORTH_A_HABIT = 1.0
# From so many of a hundred on, very late payments are worth a sentence.
_WORTH_SAYING = 0.1
# Worth knowing whatever the class; what else caps only matters where it makes the class worse.
_ALWAYS_TOLD = {"insolvent", "blacklisted", "at_collection", "override"}

_CAPS = {
    "insolvent": _lt("Insolvency"),
    "blacklisted": _lt("On the blacklist"),
    "at_collection": _lt("Handed over for collection"),
    "override": _lt("Class %(class)s by hand until %(until)s: %(reason)s"),
    "returned_debits": _lt("%(count)s returned debits in %(days)s days: at most class %(cap)s"),
    "dunning": _lt("Dunning level %(rank)s reached: at most class %(cap)s"),
    "broken_promises": _lt("%(count)s broken promises in %(days)s days: at most class %(cap)s"),
    "report": _lt("%(provider)s of %(date)s: at most class %(cap)s"),
}
_PAID = {
    (None, -8): _lt("paid 8 days or more before"),
    (-7, -3): _lt("paid 3 to 7 days before"),
    (-2, 0): _lt("paid on time"),
    (1, 3): _lt("paid 1 to 3 days late"),
    (4, 7): _lt("paid 4 to 7 days late"),
    (8, 15): _lt("paid 8 to 15 days late"),
    (16, 30): _lt("paid 16 to 30 days late"),
    (31, 60): _lt("paid 31 to 60 days late"),
    (61, None): _lt("paid more than 60 days late"),
}
_OVERDUE = {
    (1, 3): _lt("overdue for 1 to 3 days"),
    (4, 7): _lt("overdue for 4 to 7 days"),
    (8, 15): _lt("overdue for 8 to 15 days"),
    (16, 30): _lt("overdue for 16 to 30 days"),
    (31, 60): _lt("overdue for 31 to 60 days"),
    (61, None): _lt("overdue for more than 60 days"),
}


def get_part_label(env, part):
    """Return what a part of the lost points stands for, «paid 8 to 15 days late»."""
    if part.bucket is None:
        return env._("little own data: counted like the average customer")
    labels = _OVERDUE if part.kind == "overdue" else _PAID
    return env._(labels[get_bucket_range(part.bucket)])  # pylint: disable=W8301,E8502


def get_cap_text(env, reason):
    """Return the sentence for one stored reason (``code``, ``values``) that caps the class."""
    values = dict(reason["values"])
    for name in ("cap", "class"):
        if values.get(name):
            values[name] = values[name].upper()
    for name in ("until", "date"):
        if values.get(name):
            values[name] = format_date(env, values[name])
    return env._(_CAPS[reason["code"]]) % values  # pylint: disable=W8301,E8502


def get_sentences(env, score, balance, with_idle=False):
    """Return the reasons of a score as sentences, the strongest first.

    :param score: record of ``debitor.score``
    :param balance: the customer's ``Balance`` or None
    :param with_idle: name caps that change nothing too: the own class is as bad already, or a
        person set another one
    """
    caps = [
        get_cap_text(env, reason)
        for reason in score.reasons or ()
        if reason["code"] in _CAPS and (with_idle or _is_felt(score, reason))
    ]
    habits = _get_habits(env, score)
    overdue = _get_overdue(env, score, balance)
    if overdue and _lost_overdue(score) >= _lost_settled(score):
        return [*caps, overdue, *habits]
    return [*caps, *habits[:1], *filter(None, [overdue]), *habits[1:]]


def _is_felt(score, reason):
    """Tell whether a cap makes the class worse than the payments alone do."""
    if reason["code"] in _ALWAYS_TOLD:
        return True
    if any(one["code"] == "override" for one in score.reasons):
        return False
    return worse(score.own_class, reason["values"]["cap"]) != score.own_class


def _get_habits(env, score):
    """Return what the history says, and on how much it rests."""
    if score.own_class == "new":
        return [env._("No invoice of this customer was paid or overdue yet")]
    has_paid = sum((score.masses or {}).get("settled") or ()) >= _WORTH_A_HABIT
    sentences = [
        _get_usual_delay(env, score.expected_days)
        if has_paid
        else _get_expected_delay(env, score.expected_days)
    ]
    if score.probability_severe >= _WORTH_SAYING:
        percent = round(100 * score.probability_severe)
        days = score.model_id.sudo().severe_after_days or 30
        sentences.append(
            env._(
                "%(percent)s %% of the invoices are paid more than %(days)s days late",
                percent=percent,
                days=days,
            )
            if has_paid
            else env._(
                "Likely by %(percent)s %% to pay more than %(days)s days late",
                percent=percent,
                days=days,
            )
        )
    if score.reliability == "low":
        sentences.append(env._("Rests on little evidence"))
    return sentences


def _get_usual_delay(env, days):
    if days > 1:
        return env._("Usually pays %s days late", days)
    if days == 1:
        return env._("Usually pays a day late")
    if days < -1:
        return env._("Usually pays %s days early", -days)
    return env._("Usually pays on time")


def _get_expected_delay(env, days):
    """Say what is expected of who has hardly paid anything yet: that is no habit."""
    if days > 1:
        return env._("Expected to pay %s days late", days)
    if days == 1:
        return env._("Expected to pay a day late")
    if days < -1:
        return env._("Expected to pay %s days early", -days)
    return env._("Expected to pay on time")


def _get_overdue(env, score, balance):
    if not balance or not balance.overdue_count or balance.overdue <= 0:
        return None
    amount = format_amount(env, balance.overdue, score.company_id.sudo().currency_id)
    if balance.overdue_count == 1:
        return env._(
            "1 invoice of %(amount)s overdue, for %(days)s days",
            amount=amount,
            days=balance.oldest_days,
        )
    return env._(
        "%(count)s invoices of %(amount)s overdue, the oldest for %(days)s days",
        count=balance.overdue_count,
        amount=amount,
        days=balance.oldest_days,
    )


def _lost_overdue(score):
    return _lost(score, "overdue")


def _lost_settled(score):
    return _lost(score, "settled")


def _lost(score, kind):
    """Return the points that one kind of items cost, up to the factor that all share."""
    points = [score.model_id.sudo()[f"points_{bucket}"] for bucket in range(9)]
    masses = (score.masses or {}).get(kind) or [0.0] * len(points)
    return sum((100 - one) * mass for one, mass in zip(points, masses, strict=True))
