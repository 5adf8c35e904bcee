"""Reference rates of central banks, one for each half-year.

The base rates of § 247 BGB and § 456 UGB and the rate of the late payment directive hold for
a whole half-year: it is the value on the half-year's first day.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..errors import RateError

_SECOND_HALF = 7
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BaseRate:
    """The rate of the half-year that begins on a day, in percent a year; it may be negative."""

    half_year: date
    percent: Decimal
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class RateSeries:
    """The values of one reference rate.

    A half-year without a value is missing: it is neither zero nor the one before.
    """

    by_half_year: Mapping[date, BaseRate]

    @classmethod
    def of(cls, rates: Iterable[BaseRate]) -> "RateSeries":
        """Return a series; raise RateError for two rates of one half-year or an odd day."""
        found: dict[date, BaseRate] = {}
        for rate in rates:
            if rate.half_year != half_year_of(rate.half_year):
                raise RateError("no_half_year", day=rate.half_year)
            if rate.half_year in found:
                raise RateError("twice", day=rate.half_year)
            found[rate.half_year] = rate
        return cls(found)

    def on(self, day: date) -> BaseRate | None:
        """Return the rate that holds on ``day``, or None where it is missing."""
        return self.by_half_year.get(half_year_of(day))


def half_year_of(day: date) -> date:
    """Return the first day of the half-year that holds ``day``."""
    return date(day.year, _SECOND_HALF if day.month >= _SECOND_HALF else 1, 1)


def next_half_year(day: date) -> date:
    """Return the first day of the half-year after the one that holds ``day``."""
    if day.month >= _SECOND_HALF:
        return date(day.year + 1, 1, 1)
    return date(day.year, _SECOND_HALF, 1)


def split_by_half_year(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield first and last day of each part of a span that lies in one half-year.

    >>> [(str(a), str(b)) for a, b in split_by_half_year(date(2025, 6, 29), date(2025, 7, 2))]
    [('2025-06-29', '2025-06-30'), ('2025-07-01', '2025-07-02')]
    """
    while first <= last:
        following = next_half_year(first)
        yield first, min(last, following - _ONE_DAY)
        first = following
