"""Default interest of one claim, exact to the cent, with the table that shows how.

Interest is simple (§ 289 BGB), runs by the day on what is open that day, and changes with
the reference rate of the half-year. All is exact until the one rounding at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import lcm

from ..errors import InterestError
from .base_rate import RateSeries, half_year_of, split_by_half_year
from .change import Change

_ONE_DAY = timedelta(days=1)
_ONE, _ZERO = Decimal(1), Decimal(0)
_CENT = Decimal("0.01")
_YEAR, _LEAP_YEAR, _BANK_YEAR = 365, 366, 360
_BANK_MONTH = 30
_PERCENT = 100
# A multiple of all lengths of years, so that parts of different years add up exactly.
_COMMON_YEAR = lcm(_YEAR, _LEAP_YEAR, _BANK_YEAR)
# Sums and products of money have few digits; one that had to be cut would be wrong.
_EXACT = Context(prec=60, traps=[Inexact])
# A quotient by a year's days that isn't a tie is further from one than 60 digits can hide.
_LONG = Context(prec=60, rounding=ROUND_HALF_UP)


class DayCount(StrEnum):
    """How days become parts of a year."""

    ACT_365 = "act_365"
    ACT_366 = "act_366"
    THIRTY_360 = "30_360"


@dataclass(frozen=True, slots=True)
class InterestRule:
    """How high the rate is: points above a reference rate, or a rate of its own.

    Without ``series``, ``points`` is the whole rate in percent a year.
    """

    points: Decimal
    series: RateSeries | None = None
    day_count: DayCount = DayCount.ACT_365


@dataclass(frozen=True, slots=True)
class Balance:
    """What is open of a claim from a day on, that day included, and what made it so."""

    day: date
    amount: Decimal
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class InterestPeriod:
    """Days with the same principal and rate; both days are included and bear interest.

    ``base`` is the reference rate in percent, None where the rule has none; ``year`` the
    days of a year. ``changes`` tells what lowered the principal since the period before, or
    since the debt arose.
    """

    first: date
    last: date
    days: int
    year: int
    principal: Decimal
    base: Decimal | None
    percent: Decimal
    is_verified: bool = True
    changes: tuple[Change, ...] = ()

    @property
    def interest(self) -> Fraction:
        """The interest of these days, not rounded."""
        return (
            Fraction(self.principal) * Fraction(self.percent) * self.days / (self.year * _PERCENT)
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """Days in which nothing changes but the rate: what one unit of money bears in them.

    ``factor`` is the sum of percent times days, in parts of the common year.
    """

    segments: tuple["_Segment", ...]
    missing: tuple[date, ...]
    factor: Decimal
    is_verified: bool


@dataclass(frozen=True, slots=True)
class _Segment:
    first: date
    last: date
    days: int
    year: int
    base: Decimal | None
    percent: Decimal
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Interest:
    """The interest of one claim; ``amount`` is rounded once, half up.

    ``missing`` holds the first days of half-years whose reference rate isn't known. Their
    days bear nothing here: a rate that nobody has announced can't be claimed. ``ended_by``
    holds what left nothing open before the last day.
    """

    amount: Decimal
    missing: tuple[date, ...]
    is_verified: bool
    ended_by: tuple[Change, ...]
    _spans: tuple[tuple[Decimal, tuple[Change, ...], _Plan], ...]

    @property
    def periods(self) -> tuple[InterestPeriod, ...]:
        """The table: what was open, at which rate, on how many days."""
        return tuple(self._make_periods())

    def _make_periods(self) -> Iterator[InterestPeriod]:
        changes: tuple[Change, ...] = ()
        for principal, made_so, plan in self._spans:
            changes += made_so
            for segment in plan.segments:
                yield InterestPeriod(
                    segment.first,
                    segment.last,
                    segment.days,
                    segment.year,
                    principal,
                    segment.base,
                    segment.percent,
                    segment.is_verified,
                    changes,
                )
                changes = ()


def compute_interest(
    balances: Sequence[Balance],
    rule: InterestRule,
    first: date,
    last: date,
    rounding: Decimal = _CENT,
) -> Interest:
    """Return the interest of one claim; see ``InterestCalculator.compute``."""
    return InterestCalculator(rule, rounding).compute(balances, first, last)


class InterestCalculator:
    """Computes claims by one rule; what claims with the same days share is worked out once.

    :param rounding: the currency's smallest amount, such as 0.01 or 0.05
    """

    __slots__ = ("_plans", "_rounding", "_rule")

    def __init__(self, rule: InterestRule, rounding: Decimal = _CENT) -> None:
        self._rule = rule
        self._rounding = rounding
        self._plans: dict[tuple[date, date], _Plan] = {}

    def compute(self, balances: Sequence[Balance], first: date, last: date) -> Interest:
        """Return the interest of a claim for the days from ``first`` to ``last``, both included.

        :param balances: what was open, in the order of days; before the first one nothing
            was. The day of a payment bears interest on the old balance if the new one begins
            on the day after it: the law leaves it open, so the caller decides.
        :raise InterestError: balances are out of order, or one is negative
        """
        _check(balances)
        spans = []
        missing: dict[date, None] = {}
        is_verified = True
        total = _ZERO
        changes: tuple[Change, ...] = ()
        for begin, end, balance in _spans(balances, first, last):
            changes += balance.changes
            principal = balance.amount
            if begin > end or not principal:
                continue
            plan = self._get_plan(begin, end)
            spans.append((principal, changes, plan))
            changes = ()
            missing.update(dict.fromkeys(plan.missing))
            is_verified = is_verified and plan.is_verified
            total = _EXACT.add(total, _EXACT.multiply(principal, plan.factor))
        amount = _round(total, self._rounding)
        return Interest(amount, tuple(missing), is_verified, changes, tuple(spans))

    def _get_plan(self, first: date, last: date) -> _Plan:
        plan = self._plans.get((first, last))
        if plan is None:
            plan = self._plans[first, last] = _make_plan(self._rule, first, last)
        return plan


def _make_plan(rule: InterestRule, first: date, last: date) -> _Plan:
    segments: list[_Segment] = []
    missing: list[date] = []
    factor = _ZERO
    for start, stop in _parts(rule, first, last):
        segment = _make_segment(rule, start, stop)
        if segment is None:
            missing.append(half_year_of(start))
        else:
            segments.append(segment)
            weight = segment.days * (_COMMON_YEAR // segment.year)
            factor = _EXACT.add(factor, _EXACT.multiply(segment.percent, weight))
    is_verified = all(segment.is_verified for segment in segments)
    return _Plan(tuple(segments), tuple(missing), factor, is_verified)


def _check(balances: Sequence[Balance]) -> None:
    for balance in balances:
        if balance.amount < 0:
            raise InterestError("negative", day=balance.day, amount=balance.amount)
    for earlier, later in pairwise(balances):
        if later.day <= earlier.day:
            raise InterestError("order", day=later.day)


def _spans(
    balances: Sequence[Balance], first: date, last: date
) -> Iterator[tuple[date, date, Balance]]:
    """Yield the days, within those asked for, of each balance up to the last day.

    A balance that was over before the first day has none: it ends before it begins.
    """
    for number, balance in enumerate(balances, start=1):
        if balance.day > last:
            return
        end = last if number == len(balances) else min(last, balances[number].day - _ONE_DAY)
        yield max(first, balance.day), end, balance


def _parts(rule: InterestRule, first: date, last: date) -> Iterable[tuple[date, date]]:
    """Split a span where the rate or the length of the year may change."""
    if rule.series is None and rule.day_count is not DayCount.ACT_366:
        return ((first, last),)
    return split_by_half_year(first, last)


def _make_segment(rule: InterestRule, first: date, last: date) -> _Segment | None:
    days, year = _count_days(rule.day_count, first, last)
    if rule.series is None:
        return _Segment(first, last, days, year, None, rule.points, is_verified=True)
    rate = rule.series.on(first)
    if rate is None:
        return None
    percent = rate.percent + rule.points
    return _Segment(first, last, days, year, rate.percent, percent, rate.is_verified)


def _count_days(day_count: DayCount, first: date, last: date) -> tuple[int, int]:
    """Return days and length of the year, which the span doesn't leave where it matters."""
    if day_count is DayCount.THIRTY_360:
        return _bank_position(last) - _bank_position(first - _ONE_DAY), _BANK_YEAR
    days = (last - first).days + 1
    if day_count is DayCount.ACT_366 and _is_leap(first.year):
        return days, _LEAP_YEAR
    return days, _YEAR


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _bank_position(day: date) -> int:
    """Number a day in a year of twelve months with thirty days; a month's last day is its 30th.

    As a position, and not as a difference of two dates, spans add up wherever they are cut.
    """
    is_last_of_month = (day + _ONE_DAY).month != day.month
    in_month = _BANK_MONTH if is_last_of_month else day.day
    return _BANK_YEAR * day.year + _BANK_MONTH * (day.month - 1) + min(in_month, _BANK_MONTH)


def _round(total: Decimal, rounding: Decimal) -> Decimal:
    """Round a sum of money times percent times days half up, away from zero."""
    units = _LONG.divide(total, _COMMON_YEAR * _PERCENT * rounding)
    return _LONG.multiply(units.quantize(_ONE, context=_LONG), rounding)
