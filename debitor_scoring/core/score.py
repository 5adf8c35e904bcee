"""The score of one payment history: 0 to 100, its class, and what to expect.

A histogram of days late against the banking day on which payment was due: settled lines decay
by their due date, open overdue lines count with their age so far (see ``masses``), and a few
invoices of an average customer stand in for missing data. The score is the mean of the
buckets' points; all chances and days come from the same observations.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import add, mul

from .distribution import TYPICAL_DAYS, Delay, get_quantiles
from .history import PaymentHistory, Settled
from .masses import count_overdue, get_weight
from .model import BEST_SCORE, BUCKETS, LAST_BUCKET, NOT_RATED, Masses, ScoringModel, bucket_of
from .portfolio import Portfolio

_FIRST_LATE_BUCKET = bucket_of(1)
_PARTS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Score:
    """What a payment history says about the next invoice.

    :param value: 0 to 100, best 100; None if there is too little to rate
    :param own_class: ``a`` to ``e``, or ``new`` without value
    :param reliability: low, medium or good; None without value
    :param evidence: decayed number of settled lines, plus open overdue ones in full
    :param probability_late: of paying later than the banking day on which it is due, 0 to 1
    :param probability_severe: of paying more than ``severe_after_days`` late
    :param expected_days: median of the days late, negative is early
    :param low_days: one of ten pays earlier than this
    :param high_days: one of ten pays later than this
    """

    value: float | None
    own_class: str
    reliability: str | None
    evidence: float
    probability_late: float
    probability_severe: float
    expected_days: int
    low_days: int
    high_days: int
    settled_masses: Masses
    overdue_masses: Masses
    prior_masses: Masses

    @property
    def masses(self) -> Masses:
        """Return all mass by bucket: settled, overdue and what stands in for missing data."""
        return tuple(
            map(add, map(add, self.settled_masses, self.overdue_masses), self.prior_masses)
        )


def score(history: PaymentHistory, portfolio: Portfolio, model: ScoringModel, today: date) -> Score:
    """Return the score of a history on a day.

    A history with too little evidence gets no value and no letter, only what the portfolio
    lets expect.
    """
    prior = portfolio.get_prior(model.prior_strength)
    delays: list[Delay] = list(zip(TYPICAL_DAYS, prior, strict=True))
    settled = _add_settled(history.settled, model, today, delays)
    overdue, first_full = count_overdue(history.overdue, settled, prior, model, today)
    evidence = sum(settled)
    for one in history.overdue:
        age = (today - one.due).days
        if age > 0:
            evidence += one.share
            is_full = bucket_of(age) >= first_full
            delays.append((age, one.share if is_full else get_weight(one, model, today)))
    low_days, expected_days, high_days = get_quantiles(delays, _PARTS)
    masses = tuple(map(add, map(add, settled, overdue), prior))
    mass = sum(masses)
    value = _get_value(masses, mass, model, evidence)
    return Score(
        value=value,
        own_class=NOT_RATED if value is None else model.classify(value),
        reliability=None if value is None else model.rate_reliability(evidence),
        evidence=evidence,
        probability_late=_get_chance(masses, mass, _FIRST_LATE_BUCKET),
        probability_severe=_get_chance(masses, mass, model.severe_bucket),
        expected_days=expected_days,
        low_days=low_days,
        high_days=high_days,
        settled_masses=settled,
        overdue_masses=overdue,
        prior_masses=prior,
    )


def _add_settled(
    settled: Iterable[Settled], model: ScoringModel, today: date, delays: list[Delay]
) -> Masses:
    """Return the masses of the settled lines, and add each to the delays.

    As `masses.sum_settled`, in one go: nearly all of the time is spent here.
    """
    masses = [0.0] * BUCKETS
    weights = model.weights
    last = len(weights) - 1
    for one in settled:
        due = one.due
        age = (today - due).days
        if age > last:
            continue
        mass = weights[age] * one.share if age > 0 else one.share
        days = (one.settled_on - due).days
        if one.written_off:
            days = max(days, TYPICAL_DAYS[LAST_BUCKET])
        masses[bucket_of(days)] += mass
        delays.append((days, mass))
    return tuple(masses)


def _get_value(masses: Masses, mass: float, model: ScoringModel, evidence: float) -> float | None:
    """Return the mean of the points, within 0 and 100 whatever the rounding of floats."""
    if evidence <= 0 or evidence < model.minimum_evidence:
        return None
    value: float = sum(map(mul, model.points, masses)) / mass
    return min(max(value, 0.0), BEST_SCORE)


def _get_chance(masses: Masses, mass: float, first_bucket: int) -> float:
    return min(sum(masses[first_bucket:]) / mass, 1.0)
