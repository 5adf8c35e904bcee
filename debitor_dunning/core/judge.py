"""May this open item move to its next level today?"""

from dataclasses import dataclass
from datetime import date, timedelta

from .calendar import Calendar
from .item import OpenItem
from .procedure import Level, Procedure
from .reasons import Code, Reason

# What keeps a credit from being netted; whatever else holds an item is the debtor's good.
_HOLDS_CREDITS = (Code.ON_NOTICE, Code.EXCLUDED, Code.IN_PAYMENT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one item, before the debtor's other items are looked at.

    ``level`` is the level it reaches today, or None; ``next_level`` the one it waits
    for, from ``next_date`` on when only time is missing.
    """

    item: OpenItem
    reason: Reason
    level: Level | None = None
    next_level: Level | None = None
    next_date: date | None = None


def _waiting(
    item: OpenItem, due: date, level: Level, procedure: Procedure, calendar: Calendar
) -> tuple[date, Code]:
    """Return the day from which the level is reached, and what the item waits for until then."""
    # A due date on a Sunday is due on Monday (§ 193 BGB); the day after is day 1 (§ 187 BGB).
    days = level.days_after_due
    if days >= 0:
        due = calendar.next_working_day(due)
        days = max(days, procedure.grace_days + 1) if procedure.grace_days else days
    best = due + timedelta(days=days), Code.GRACE
    if item.deadline is not None:
        after_deadline = item.deadline + timedelta(days=1)
        if after_deadline > best[0]:
            best = after_deadline, Code.DEADLINE_RUNNING
    if item.notified_on is not None and level.min_days_since_last:
        after_pause = item.notified_on + timedelta(days=level.min_days_since_last)
        if after_pause > best[0]:
            best = after_pause, Code.TOO_SOON
    return best


def _obstacle(item: OpenItem, procedure: Procedure) -> Reason | None:
    """Return what keeps the item out whatever the date is."""
    if item.excluded:
        return Reason(Code.EXCLUDED)
    if item.block is not None:
        return Reason(Code.BLOCKED, until=item.block.until, detail=item.block.reason)
    if item.notice:
        return Reason(Code.ON_NOTICE, detail=item.notice)
    if item.in_payment:
        return Reason(Code.IN_PAYMENT)
    if item.due is None:
        return Reason(Code.NO_DUE_DATE)
    if not item.has_rate:
        return Reason(Code.NO_RATE)
    if item.never_sent and procedure.holds_never_sent:
        return Reason(Code.NEVER_SENT)
    return None


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def judge(
    item: OpenItem,
    procedure: Procedure | None,
    today: date,
    calendar: Calendar,
    *,
    forced: bool = False,
) -> Verdict:
    """Return the verdict on one item for ``today``.

    ``forced``: a person wants it now, so only days are passed over; blocks and the like hold.

    A credit is neither dunned nor refused: its reason is ``CREDIT``, and the proposal
    nets it. The pause between two notices and the minimum sums need all items of the
    debtor: see ``proposal``.
    """
    if procedure is None:
        return Verdict(item, Reason(Code.NO_PROCEDURE))
    if not procedure.levels:
        return Verdict(item, Reason(Code.NO_LEVELS))
    obstacle = _obstacle(item, procedure)
    if item.is_credit:
        if obstacle is not None and obstacle.code in _HOLDS_CREDITS:
            return Verdict(item, obstacle)
        return Verdict(item, Reason(Code.CREDIT))
    level = procedure.next_level(item.rank)
    if obstacle is not None:
        return Verdict(item, obstacle, next_level=level, next_date=_day_after(obstacle.until))
    if level is None:
        return Verdict(item, Reason(Code.LAST_LEVEL))
    assert item.due is not None  # an item without one was stopped as an obstacle
    reached_on, waits_for = _waiting(item, item.due, level, procedure, calendar)
    if forced or today >= reached_on:
        return Verdict(item, Reason(Code.REACHED), level, level, reached_on)
    if today <= item.due and waits_for is Code.GRACE:
        waits_for = Code.NOT_DUE
    return Verdict(item, Reason(waits_for, until=reached_on), None, level, reached_on)
