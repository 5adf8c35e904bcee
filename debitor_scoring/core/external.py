"""Scales of credit agencies, each in five bands. Bands may cap a class, never raise it.

An agency's index answers another question than our score (mostly default within a year), so
nothing here touches the score: an index becomes a band from ``a`` (best) to ``e``, and a rule
of the company says which bands cap the class.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .errors import UnknownRating


@dataclass(frozen=True, slots=True)
class Report:
    """A credit report in force or expired.

    :param band: ``a`` to ``e`` as of `to_band`, or None if the report names no index
    :param valid_until: last day on which it counts; None is without end
    """

    provider: str
    band: str | None
    day: date
    valid_until: date | None = None

    def is_valid(self, today: date) -> bool:
        return self.day <= today and (self.valid_until is None or today <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Scale:
    """How to read the index of one agency.

    :param best: the best value
    :param worst: the worst value
    :param limits: for ``a`` to ``d``, the last value that still belongs to the band
    """

    code: str
    best: Decimal
    worst: Decimal
    limits: tuple[Decimal, Decimal, Decimal, Decimal]

    def to_band(self, value: Decimal) -> str:
        low, high = sorted((self.best, self.worst))
        if not value.is_finite() or not low <= value <= high:
            raise UnknownRating("unknown_rating", scale=self.code, value=value)
        is_high_good = self.best > self.worst
        for band, limit in zip("abcd", self.limits, strict=True):
            if value >= limit if is_high_good else value <= limit:
                return band
        return "e"


def _scale(code: str, best: str, worst: str, *limits: str) -> Scale:
    first, second, third, fourth = map(Decimal, limits)
    return Scale(code, Decimal(best), Decimal(worst), (first, second, third, fourth))


# The grades that the agencies publish, put together to five bands; where a grade is cut or
# two are joined, that is our choice.
SCALES = {
    scale.code: scale
    for scale in (
        # Creditreform Bonitätsindex: excellent to 149, very good to 200, good to 250, medium
        # to 300, strained to 350, very weak to 499, 500 massive delays, 600 insolvent. Ours:
        # the first two are one band, everything from very weak on is another.
        _scale("creditreform", "100", "600", "200", "250", "300", "350"),
        # SCHUFA's index of companies has the same ends; its grades follow the order above by
        # our choice, as no table of them is public.
        _scale("schufa_b2b", "100", "600", "200", "250", "300", "350"),
        # CRIF (formerly Bürgel): marks from 1.0 to 6.0 like those of German schools; bands by
        # our choice.
        _scale("crif", "1.0", "6.0", "2.0", "2.5", "3.0", "3.5"),
        # D&B Failure Score, a percentile, 100 best. Its risk indicators: 1 from 86, 2 from 51,
        # 3 from 11, 4 below; ours: indicator 3 is cut at 31.
        _scale("dnb_failure", "100", "1", "86", "51", "31", "11"),
        # D&B Paydex: 80 on terms, 70 is 15 days beyond, 50 is 30, 40 is 60 days. It tells of
        # payments to others, weighted by value, and isn't a forecast.
        _scale("paydex", "100", "1", "80", "70", "50", "40"),
    )
}


def to_band(scale: str, value: Decimal | int | float | str) -> str:
    """Return the band ``a`` to ``e`` of an index.

    :raises UnknownRating: the scale isn't known, or the value lies outside of it

    >>> to_band("creditreform", 231), to_band("creditreform", "600"), to_band("paydex", 80)
    ('b', 'e', 'a')
    """
    if scale not in SCALES:
        raise UnknownRating("unknown_scale", scale=scale)
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except ArithmeticError:
        raise UnknownRating("unknown_rating", scale=scale, value=value) from None
    return SCALES[scale].to_band(number)
