"""The numbers of a scoring model: decay, buckets of days late, points, classes, caps."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from .errors import InvalidModel

BEST_SCORE = 100.0
# From best to worst; NOT_RATED stands outside of the order.
RISK_CLASSES = ("a", "b", "c", "d", "e")
WORST_CLASS = RISK_CLASSES[-1]
NOT_RATED = "new"

# Last day of each bucket, in days after the banking day on which payment was due; one more
# bucket takes everything later.
BUCKET_ENDS = (-8, -3, 0, 3, 7, 15, 30, 60)
BUCKETS = len(BUCKET_ENDS) + 1
LAST_BUCKET = BUCKETS - 1
POINTS = (100.0, 97.0, 92.0, 70.0, 50.0, 30.0, 15.0, 5.0, 0.0)
# Ten invoices as they are paid anywhere: what a portfolio without history is expected to do.
GENERIC_MASSES = (0.5, 1.0, 3.5, 2.0, 1.2, 0.9, 0.5, 0.3, 0.1)
_DAYS_PER_MONTH = 365.25 / 12

Masses = tuple[float, ...]

_LIMIT_FACTORS: Mapping[str, Decimal] = MappingProxyType(
    {
        "a": Decimal("1.5"),
        "b": Decimal("1.25"),
        "c": Decimal("1"),
        "d": Decimal("0.75"),
        "e": Decimal("0.5"),
    }
)


def bucket_of(days_late: int) -> int:
    """Return the bucket of a delay, 0 (earliest) to 8.

    >>> [bucket_of(days) for days in (-8, -7, 0, 1, 60, 61)]
    [0, 1, 2, 3, 7, 8]
    """
    return bisect_left(BUCKET_ENDS, days_late)


def get_bucket_range(bucket: int) -> tuple[int | None, int | None]:
    """Return the first and last day of a bucket; None is open to that side.

    >>> get_bucket_range(0), get_bucket_range(5), get_bucket_range(8)
    ((None, -8), (8, 15), (61, None))
    """
    first = BUCKET_ENDS[bucket - 1] + 1 if bucket else None
    last = BUCKET_ENDS[bucket] if bucket < LAST_BUCKET else None
    return first, last


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """How payment histories become points and classes; one per company, in versions.

    :param half_life_days: after so many days an observation counts half
    :param window_months: older ones, by their due date, don't count at all
    :param prior_strength: so many invoices of an average customer are mixed in
    :param points: for each bucket of days late, never rising, 100 to 0
    :param minimums: least score of the classes A, B, C and D
    :param minimum_evidence: decayed number of observations below which nobody is rated;
        with 0 one observation is enough
    :param reliability_limits: evidence from which reliability is medium, and above which good
    :param severe_after_days: «very late» is later than this; the end of a bucket
    :param limit_factors: per class, what the suggested limit is multiplied with
    :raises InvalidModel: names the field that contradicts the others
    """

    half_life_days: int = 180
    window_months: int = 48
    prior_strength: float = 2.0
    points: Masses = POINTS
    minimums: tuple[float, float, float, float] = (85.0, 75.0, 62.0, 45.0)
    minimum_evidence: float = 0.0
    reliability_limits: tuple[float, float] = (3.0, 10.0)
    severe_after_days: int = 30
    limit_factors: Mapping[str, Decimal] = field(default_factory=lambda: _LIMIT_FACTORS)

    def __post_init__(self) -> None:
        problem = self._find_problem()
        if problem:
            raise InvalidModel("invalid_model", field=problem)

    def _find_problem(self) -> str | None:
        low, high = self.reliability_limits
        checks = {
            "half_life_days": self.half_life_days > 0,
            "window_months": self.window_months > 0,
            "prior_strength": self.prior_strength > 0,
            "points": _are_points(self.points),
            "minimums": _is_falling((BEST_SCORE, *self.minimums, 0.0))
            and len(self.minimums) == len(RISK_CLASSES) - 1,
            "minimum_evidence": self.minimum_evidence >= 0,
            "reliability_limits": 0 <= low <= high,
            "severe_after_days": self.severe_after_days in BUCKET_ENDS
            and self.severe_after_days > 0,
            "limit_factors": all(factor >= 0 for factor in self.limit_factors.values()),
        }
        return next((name for name, is_right in checks.items() if not is_right), None)

    @property
    def severe_bucket(self) -> int:
        """Return the first bucket that is very late."""
        return bucket_of(self.severe_after_days) + 1

    @property
    def window_days(self) -> int:
        """Return the days after the due date for which an observation counts.

        >>> ScoringModel().window_days
        1461
        """
        return round(self.window_months * _DAYS_PER_MONTH)

    def window_start(self, today: date) -> date:
        """Return the earliest due date that counts on ``today``."""
        return today - timedelta(days=self.window_days)

    @property
    def weights(self) -> Masses:
        """Return the weight of an observation by the days since it was due, from day 0.

        >>> [round(ScoringModel().weights[days], 3) for days in (0, 90, 180, 360)]
        [1.0, 0.707, 0.5, 0.25]
        """
        return _get_weights(self.half_life_days, self.window_days)

    def classify(self, value: float) -> str:
        """Return the class of a score.

        >>> [ScoringModel().classify(value) for value in (100, 85, 84.9, 62, 45, 0)]
        ['a', 'a', 'b', 'c', 'd', 'e']
        """
        for risk_class, minimum in zip(RISK_CLASSES, self.minimums, strict=False):
            if value >= minimum:
                return risk_class
        return WORST_CLASS

    def rate_reliability(self, evidence: float) -> str:
        """Return low, medium or good for a decayed number of observations."""
        low, high = self.reliability_limits
        if evidence < low:
            return "low"
        return "medium" if evidence <= high else "good"


def worse(one: str, other: str) -> str:
    """Return the worse of two classes; any class is worse than none.

    >>> worse("b", "d"), worse("new", "c"), worse("new", "new")
    ('d', 'c', 'new')
    """
    order = (NOT_RATED, *RISK_CLASSES)
    return max(one, other, key=order.index)


@lru_cache(maxsize=64)
def _get_weights(half_life_days: int, window_days: int) -> Masses:
    return tuple(0.5 ** (days / half_life_days) for days in range(window_days + 1))


def _are_points(points: Masses) -> bool:
    return (
        len(points) == BUCKETS
        and points[0] == BEST_SCORE
        and points[-1] >= 0
        and _is_falling(points)
    )


def _is_falling(values: tuple[float, ...]) -> bool:
    return all(first >= second for first, second in pairwise(values))
