"""From the open items of one debtor to notices: grouping, netting, minimum sums."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from .calendar import Calendar
from .item import OpenItem
from .judge import Verdict, judge
from .procedure import Grouping, Level, Procedure
from .reasons import Code, Reason

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """An item on a notice; a credit has no level."""

    item: OpenItem
    level: Level | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class ProposedNotice:
    """One letter to one debtor in one currency, with the highest level of its lines."""

    partner_id: int
    currency_id: int
    level: Level
    lines: tuple[ProposedLine, ...]
    deadline: date | None

    @property
    def net(self) -> Decimal:
        """What the debtor is asked for, in the notice's currency."""
        return sum((line.item.residual for line in self.lines), _ZERO)

    @property
    def net_company(self) -> Decimal:
        return sum((line.item.residual_company for line in self.lines), _ZERO)


@dataclass(frozen=True, slots=True)
class Proposal:
    """All notices of one debtor, and a verdict for each item that is on none."""

    notices: tuple[ProposedNotice, ...]
    skipped: tuple[Verdict, ...]


def deadline_of(level: Level, today: date, calendar: Calendar) -> date | None:
    """Return the last day of the deadline that ``level`` sets; it is a working day (§ 193 BGB)."""
    if not level.deadline_days:
        return None
    return calendar.next_working_day(today + timedelta(days=level.deadline_days))


def propose(
    items: Iterable[OpenItem],
    procedure: Procedure | None,
    today: date,
    calendar: Calendar,
    last_notice_on: date | None = None,
    *,
    forced: bool = False,
) -> Proposal:
    """Return the notices for one debtor.

    :param items: open items of one commercial partner in one company, any currencies
    :param last_notice_on: day of the last notice that this debtor got
    :param forced: a person wants a notice now: days, pause and minimum sums don't hold
    """
    if forced and procedure is not None:
        procedure = _without_limits(procedure)
    if procedure is not None:
        items = [_place(item, procedure) for item in items]
    by_currency: dict[int, list[Verdict]] = defaultdict(list)
    for item in items:
        by_currency[item.currency_id].append(judge(item, procedure, today, calendar, forced=forced))
    notices: list[ProposedNotice] = []
    skipped: list[Verdict] = []
    paused_until = _pause_end(procedure, last_notice_on)
    for currency_id in sorted(by_currency):
        verdicts = by_currency[currency_id]
        if procedure is None or not any(verdict.level for verdict in verdicts):
            skipped += verdicts
        elif paused_until is not None and today < paused_until:
            skipped += [_hold_back(v, Reason(Code.PAUSE, until=paused_until)) for v in verdicts]
        else:
            made, left = _propose_currency(verdicts, procedure, today, calendar)
            notices += made
            skipped += left
    return Proposal(tuple(notices), tuple(skipped))


def _place(item: OpenItem, procedure: Procedure) -> OpenItem:
    """Let an item's rank follow its level, where the ladder was changed since."""
    rank = item.rank and procedure.rank_of(item.level_id, item.rank)
    return item if rank == item.rank else replace(item, rank=rank)


def _without_limits(procedure: Procedure) -> Procedure:
    levels = tuple(replace(level, minimum=_ZERO) for level in procedure.levels)
    return replace(procedure, levels=levels, minimum=_ZERO, pause_days=0)


def _pause_end(procedure: Procedure | None, last_notice_on: date | None) -> date | None:
    if procedure is None or not procedure.pause_days or last_notice_on is None:
        return None
    return last_notice_on + timedelta(days=procedure.pause_days)


def _hold_back(verdict: Verdict, reason: Reason) -> Verdict:
    """Turn a reached level into a refusal; other verdicts keep their own reason."""
    if verdict.level is None:
        return verdict
    return replace(verdict, level=None, reason=reason, next_date=reason.until)


def _propose_currency(
    verdicts: Sequence[Verdict], procedure: Procedure, today: date, calendar: Calendar
) -> tuple[list[ProposedNotice], list[Verdict]]:
    """Return the notices in one currency and the verdicts that led to none.

    Overdue items come first and take the credits; a reminder before the due date never
    shares a letter with them.
    """
    verdicts = _apply_level_minimums(verdicts, procedure)
    overdue = [v for v in verdicts if v.level is not None and not v.level.is_before_due]
    early = [v for v in verdicts if v.level is not None and v.level.is_before_due]
    credits = [v for v in verdicts if v.reason.code is Code.CREDIT]
    left = [v for v in verdicts if v.level is None and v.reason.code is not Code.CREDIT]
    notices: list[ProposedNotice] = []
    for reached in (overdue, early):
        refused = _refuse(reached, credits, procedure)
        if refused:
            left += refused
        elif reached:
            letters, refused = _split(reached, credits, procedure)
            notices += [_as_notice(letter, today, calendar) for letter in letters]
            left += refused
            credits = []
    return notices, left + credits


def _refuse(
    reached: Sequence[Verdict], credits: Sequence[Verdict], procedure: Procedure
) -> list[Verdict]:
    """Return the verdicts turned into refusals where they make no notice, else nothing."""
    if reached and all(v.reason.code is Code.REPEATED for v in reached):
        return [_back_to_minimum(verdict) for verdict in reached]
    reason = _refuse_sum(reached, credits, procedure)
    return [_hold_back(verdict, reason) for verdict in reached] if reason else []


def _apply_level_minimums(verdicts: Sequence[Verdict], procedure: Procedure) -> list[Verdict]:
    """Take items whose level's sum is too small to the next lower level.

    An item that stays at the level it already has is ``REPEATED``: it goes along on a
    letter that has a reason of its own, and is never the only cause of one.
    """
    result = list(verdicts)
    for level in reversed(procedure.levels):
        if not level.minimum:
            continue
        total = sum(
            (v.item.residual_company for v in result if v.level and v.level.rank >= level.rank),
            _ZERO,
        )
        if total >= level.minimum:
            continue
        result = [
            _lower(v, level, total, procedure)
            # An item that stays at the level it has never falls below that.
            if v.level is not None
            and v.level.rank == level.rank
            and v.reason.code is not Code.REPEATED
            else v
            for v in result
        ]
    return result


def _lower(verdict: Verdict, level: Level, total: Decimal, procedure: Procedure) -> Verdict:
    lower = procedure.level_at(level.rank - 1)
    if lower is None or lower.is_before_due:
        reason = Reason(Code.BELOW_LEVEL_MINIMUM, amount=total, limit=level.minimum)
        return replace(verdict, level=None, reason=reason, next_date=None)
    code = Code.REPEATED if lower.rank <= verdict.item.rank else Code.REACHED
    return replace(verdict, level=lower, reason=Reason(code, amount=total, limit=level.minimum))


def _back_to_minimum(verdict: Verdict) -> Verdict:
    reason = replace(verdict.reason, code=Code.BELOW_LEVEL_MINIMUM)
    return replace(verdict, level=None, reason=reason, next_date=None)


def _refuse_sum(
    reached: Sequence[Verdict], credits: Sequence[Verdict], procedure: Procedure
) -> Reason | None:
    """Return why the debtor's net sum is too small for any notice, or None."""
    net, net_company = _sum(*reached, *credits), _sum_company([*reached, *credits])
    if net <= 0:
        return Reason(Code.COVERED_BY_CREDIT, amount=-_sum_company(credits))
    if net_company < procedure.minimum:
        return Reason(Code.BELOW_MINIMUM, amount=net_company, limit=procedure.minimum)
    return None


def _sum_company(verdicts: Iterable[Verdict]) -> Decimal:
    return sum((verdict.item.residual_company for verdict in verdicts), _ZERO)


def _sum(*verdicts: Verdict) -> Decimal:
    return sum((verdict.item.residual for verdict in verdicts), _ZERO)


def _split(
    reached: Sequence[Verdict], credits: Sequence[Verdict], procedure: Procedure
) -> tuple[list[list[Verdict]], list[Verdict]]:
    """Split items into letters; return them and the verdicts that are on none after all.

    The credits go on the largest letter. Where they leave too little of it, or where no
    letter alone reaches the minimum sum, the debtor gets one letter for all.
    """
    parts = _group(reached, procedure)
    idle = [part for part in parts if all(v.reason.code is Code.REPEATED for v in part)]
    parts = [part for part in parts if part not in idle]
    largest = max(parts, key=lambda part: _sum(*part))
    letters = [[*part, *credits] if part is largest else part for part in parts]
    if _refuse_sum(largest, credits, procedure) is not None:
        return [[*reached, *credits]], []
    small = [letter for letter in letters if _refuse_sum(letter, (), procedure) is not None]
    refused = [_back_to_minimum(verdict) for part in idle for verdict in part]
    for letter in small:
        reason = Reason(Code.BELOW_MINIMUM, amount=_sum_company(letter), limit=procedure.minimum)
        refused += [_hold_back(verdict, reason) for verdict in letter]
    return [letter for letter in letters if letter not in small], refused


def _group(reached: Sequence[Verdict], procedure: Procedure) -> list[list[Verdict]]:
    groups: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in reached:
        groups[_group_key(verdict, procedure)].append(verdict)
    return [groups[key] for key in sorted(groups)]


def _group_key(verdict: Verdict, procedure: Procedure) -> int:
    if procedure.grouping is Grouping.LEVEL:
        assert verdict.level is not None
        return verdict.level.rank
    if procedure.grouping is Grouping.INVOICE:
        return verdict.item.move_id
    return 0


def _as_notice(group: Sequence[Verdict], today: date, calendar: Calendar) -> ProposedNotice:
    level = max((v.level for v in group if v.level is not None), key=lambda one: one.rank)
    lines = sorted(group, key=lambda v: (v.item.is_credit, v.item.due or date.max, v.item.id))
    first = lines[0].item
    return ProposedNotice(
        partner_id=first.partner_id,
        currency_id=first.currency_id,
        level=level,
        lines=tuple(ProposedLine(v.item, v.level, v.reason) for v in lines),
        deadline=deadline_of(level, today, calendar),
    )
