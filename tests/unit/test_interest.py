"""Interest against an independent computation: one exact summand for each day."""

from calendar import isleap
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debitor_dunning.core.claims.base_rate import BaseRate, RateSeries
from debitor_dunning.core.claims.change import Change, ChangeKind
from debitor_dunning.core.claims.interest import (
    Balance,
    DayCount,
    InterestRule,
    compute_interest,
)
from debitor_dunning.core.errors import InterestError, RateError

CENT, FIVE = Decimal("0.01"), Decimal("0.05")
DAY = timedelta(days=1)
FIRST, LAST = date(2002, 1, 1), date(2027, 12, 31)

# ---------------------------------------------------------------------------
# The other computation: slow, by the day, in fractions, sharing nothing with the first
# ---------------------------------------------------------------------------


def days_from_to(first, last):
    while first <= last:
        yield first
        first += DAY


def day_by_day(balances, points, rates, day_count, first, last):
    """Return the exact interest of all days; ``rates`` is {first day of half-year: percent}."""
    total = Fraction(0)
    for day in days_from_to(first, last):
        open_that_day = Fraction(0)
        for begin, amount in balances:
            if begin <= day:
                open_that_day = Fraction(amount)
        percent = Fraction(points)
        if rates is not None:
            percent += Fraction(rates[(day.year, day.month > 6)])
        total += open_that_day * percent / 100 * part_of_year(day, day_count)
    return total


def part_of_year(day, day_count):
    if day_count == "act_365":
        return Fraction(1, 365)
    if day_count == "act_366":
        return Fraction(1, 366 if isleap(day.year) else 365)
    # A month has thirty days: its 31st counts nothing, a short month's last day the rest.
    is_last = (day + DAY).day == 1
    if day.day == 31:
        return Fraction(0)
    return Fraction(31 - day.day if is_last else 1, 360)


def half_up(amount, unit):
    """Round by looking at the two neighbours, the larger of which takes the middle."""
    steps = abs(amount) / Fraction(unit)
    below = steps.numerator // steps.denominator
    rounded = below + 1 if steps - below >= Fraction(1, 2) else below
    return (rounded if amount >= 0 else -rounded) * Fraction(unit)


# ---------------------------------------------------------------------------
# Cases
# ---------------------------------------------------------------------------

HALF_YEARS = [date(year, month, 1) for year in range(2002, 2028) for month in (1, 7)]
amounts = st.decimals("0.01", "250000", places=2)
percents = st.decimals("-2", "15", places=2)
all_days = st.dates(FIRST, LAST)


@st.composite
def histories(draw):
    """A claim that shrinks, now and then to nothing, and grows again when a payment returns."""
    days = sorted(draw(st.sets(all_days, min_size=1, max_size=6)))
    return [(day, draw(st.one_of(amounts, st.just(Decimal(0))))) for day in days]


@st.composite
def cases(draw):
    first, last = sorted((draw(all_days), draw(all_days)))
    rates = None
    if draw(st.booleans()):
        rates = {(day.year, day.month > 6): draw(percents) for day in HALF_YEARS}
    return {
        "balances": draw(histories()),
        "points": draw(percents),
        "rates": rates,
        "day_count": draw(st.sampled_from([str(one) for one in DayCount])),
        "first": first,
        "last": min(last, first + timedelta(days=draw(st.integers(0, 1200)))),
    }


def rule_of(case):
    series = None
    if case["rates"] is not None:
        series = RateSeries.of(
            BaseRate(date(year, 7 if is_second else 1, 1), percent)
            for (year, is_second), percent in case["rates"].items()
        )
    return InterestRule(case["points"], series, DayCount(case["day_count"]))


def computed(case, first=None, last=None, rounding=CENT):
    balances = [Balance(day, amount) for day, amount in case["balances"]]
    days = first or case["first"], last or case["last"]
    return compute_interest(balances, rule_of(case), *days, rounding)


@settings(max_examples=5000)
@given(cases(), st.sampled_from([CENT, FIVE, Decimal(1)]))
def test_agrees_with_the_sum_of_its_days(case, unit):
    expected = half_up(day_by_day(**case), unit)
    assert Fraction(computed(case, rounding=unit).amount) == expected


@settings(max_examples=500)
@given(cases(), st.integers(0, 1200))
def test_any_split_adds_up(case, offset):
    cut = min(case["first"] + timedelta(days=offset), case["last"])
    parts = computed(case, last=cut).periods + computed(case, first=cut + DAY).periods
    whole = computed(case).periods
    assert sum(one.interest for one in parts) == sum(one.interest for one in whole)


@settings(max_examples=500)
@given(cases())
def test_the_table_is_the_sum(case):
    interest = computed(case)
    total = sum((one.interest for one in interest.periods), Fraction(0))
    assert Fraction(interest.amount) == half_up(total, CENT)
    for period in interest.periods:
        assert case["first"] <= period.first <= period.last <= case["last"]
    for earlier, later in zip(interest.periods, interest.periods[1:], strict=False):
        assert earlier.last < later.first


# ---------------------------------------------------------------------------
# Rates
# ---------------------------------------------------------------------------


def series(**percents):
    """series(d2025_07="1.27") -> a series of these half-years."""
    return RateSeries.of(
        BaseRate(date(int(key[1:5]), int(key[6:]), 1), Decimal(value))
        for key, value in percents.items()
    )


def interest_of(amount, rule, first, last):
    return compute_interest([Balance(first, Decimal(amount))], rule, first, last)


def test_a_missing_half_year_bears_nothing_and_is_named():
    rule = InterestRule(Decimal(5), series(d2025_01="2.27", d2026_01="1.27"))
    interest = interest_of("1000", rule, date(2025, 6, 1), date(2026, 1, 31))
    assert interest.missing == (date(2025, 7, 1),)
    assert [(one.first, one.last) for one in interest.periods] == [
        (date(2025, 6, 1), date(2025, 6, 30)),
        (date(2026, 1, 1), date(2026, 1, 31)),
    ]


def test_an_unverified_rate_marks_the_interest():
    rate = BaseRate(date(2026, 7, 1), Decimal("1.52"), is_verified=False)
    rule = InterestRule(Decimal(9), RateSeries.of([rate]))
    assert not interest_of("1000", rule, date(2026, 7, 1), date(2026, 7, 2)).is_verified


def test_a_negative_base_rate_is_not_clamped():
    rule = InterestRule(Decimal(5), series(d2020_01="-0.88"))
    interest = interest_of("1000", rule, date(2020, 1, 1), date(2020, 6, 30))
    assert interest.periods[0].percent == Decimal("4.12")


def test_two_rates_of_a_half_year_and_odd_days_are_refused():
    for days in ([FIRST, FIRST], [date(2025, 3, 1)]):
        with pytest.raises(RateError):
            RateSeries.of([BaseRate(day, Decimal(1)) for day in days])


def test_a_history_out_of_order_or_below_nothing_is_refused():
    rule = InterestRule(Decimal(4))
    for balances in (
        [Balance(LAST, Decimal(1)), Balance(FIRST, Decimal(1))],
        [Balance(FIRST, Decimal(-1))],
    ):
        with pytest.raises(InterestError):
            compute_interest(balances, rule, FIRST, LAST)


def test_half_a_cent_is_rounded_up():
    rule = InterestRule(Decimal("3.65"))  # a ten-thousandth of the sum a day
    assert interest_of("50", rule, FIRST, FIRST).amount == Decimal("0.01")
    assert interest_of("49.99", rule, FIRST, FIRST).amount == Decimal("0.00")


# ---------------------------------------------------------------------------
# What lowered the principal
# ---------------------------------------------------------------------------


def test_a_period_names_what_lowered_its_principal():
    early, late, last = (
        Change(date(2026, month, 10), Decimal(100), ChangeKind.PAYMENT, f"BNK/{month}")
        for month in (1, 3, 5)
    )
    balances = [
        Balance(date.min, Decimal(300)),
        Balance(date(2026, 1, 11), Decimal(200), (early,)),
        Balance(date(2026, 3, 11), Decimal(100), (late,)),
        Balance(date(2026, 5, 11), Decimal(0), (last,)),
    ]
    rule = InterestRule(Decimal(5), series(d2026_01="1.27"))

    interest = compute_interest(balances, rule, date(2026, 2, 1), date(2026, 6, 30))

    assert [(one.principal, one.changes) for one in interest.periods] == [
        (Decimal(200), (early,)),
        (Decimal(100), (late,)),
    ]
    assert interest.ended_by == (last,)
    # what comes after the days asked for says nothing about them
    until_april = compute_interest(balances, rule, date(2026, 2, 1), date(2026, 4, 30))
    assert until_april.ended_by == ()


def test_a_new_rate_is_no_change_of_the_principal_and_a_missing_one_hides_none():
    change = Change(date(2025, 7, 9), Decimal(40), ChangeKind.CREDIT_NOTE, "RG/1")
    balances = [
        Balance(date.min, Decimal(100)),
        Balance(date(2025, 7, 10), Decimal(60), (change,)),
    ]
    rule = InterestRule(Decimal(5), series(d2025_01="2.27", d2026_01="1.27", d2026_07="1.52"))

    interest = compute_interest(balances, rule, date(2025, 6, 1), date(2026, 8, 1))

    assert interest.missing == (date(2025, 7, 1),)
    assert [one.changes for one in interest.periods] == [(), (change,), ()]
