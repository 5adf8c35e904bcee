"""Where the points went: every point below 100, by cause and by invoice, adding up exactly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from .history import PaymentHistory
from .masses import count_overdue, get_bucket, get_weight
from .model import BEST_SCORE, Masses, ScoringModel, bucket_of
from .score import Score


@dataclass(frozen=True, slots=True)
class LostPoints:
    """Points lost to one cause.

    :param kind: ``bucket`` (paid within these days), ``overdue`` (open so long) or ``prior``
        (what is missing of own data counts like the portfolio)
    :param bucket: 0 to 8; None for ``prior``
    :param points: lost, 0 to 100
    :param share: of all the mass, 0 to 1
    :param line_ids: the lines behind it
    """

    kind: str
    bucket: int | None
    points: float
    share: float
    line_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one line does to the score.

    :param days_late: when settled, or so far
    :param share: of all the mass behind the score, 0 to 1
    :param points: lost by it
    """

    line_id: int
    kind: str
    bucket: int
    days_late: int
    share: float
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a score isn't 100; the points of ``lost`` add up to what is missing."""

    lost: tuple[LostPoints, ...]
    contributions: tuple[Contribution, ...]

    @property
    def total(self) -> float:
        return sum(one.points for one in self.lost)

    def strongest(self, number: int) -> tuple[LostPoints, ...]:
        """Return the causes that cost most, without those that cost nothing."""
        causes = sorted(self.lost, key=lambda one: -one.points)
        return tuple(one for one in causes[:number] if one.points > 0)


def explain(score: Score, history: PaymentHistory, model: ScoringModel, today: date) -> Explanation:
    """Return every point lost of a score; empty for one without value.

    ``history``, ``model`` and ``today`` must be those of the score.
    """
    if score.value is None:
        return Explanation((), ())
    contributions = (
        *_contribute_settled(score, history, model, today),
        *_contribute_overdue(score, history, model, today),
    )
    lost = (
        *_collect("bucket", score.settled_masses, score, contributions, model),
        *_collect("overdue", score.overdue_masses, score, contributions, model),
        _collect_prior(score, model),
    )
    return Explanation(lost, contributions)


def _contribute_settled(
    score: Score, history: PaymentHistory, model: ScoringModel, today: date
) -> Iterator[Contribution]:
    total = sum(score.masses)
    for one in history.settled:
        bucket = get_bucket(one)
        share = get_weight(one, model, today) / total
        if share:
            points = _missing(bucket, model) * share
            yield Contribution(one.line_id, "bucket", bucket, one.days_late, share, points)


def _contribute_overdue(
    score: Score, history: PaymentHistory, model: ScoringModel, today: date
) -> Iterator[Contribution]:
    total = sum(score.masses)
    _masses, first_full = count_overdue(
        history.overdue, score.settled_masses, score.prior_masses, model, today
    )
    for one in history.overdue:
        days_late = one.days_late(today)
        bucket = bucket_of(days_late)
        mass = one.share if bucket >= first_full else get_weight(one, model, today)
        if days_late > 0 and mass:
            points = _missing(bucket, model) * mass / total
            yield Contribution(one.line_id, "overdue", bucket, days_late, mass / total, points)


def _collect(
    kind: str,
    masses: Masses,
    score: Score,
    contributions: Iterable[Contribution],
    model: ScoringModel,
) -> Iterator[LostPoints]:
    """Yield what each bucket of a kind cost."""
    lines: dict[int, dict[int, None]] = defaultdict(dict)
    for one in contributions:
        if one.kind == kind:
            lines[one.bucket][one.line_id] = None
    total = sum(score.masses)
    for bucket, mass in enumerate(masses):
        if mass:
            points = _missing(bucket, model) * mass / total
            yield LostPoints(kind, bucket, points, mass / total, tuple(lines[bucket]))


def _collect_prior(score: Score, model: ScoringModel) -> LostPoints:
    total = sum(score.masses)
    points = sum(
        _missing(bucket, model) * mass / total for bucket, mass in enumerate(score.prior_masses)
    )
    return LostPoints("prior", None, points, sum(score.prior_masses) / total)


def _missing(bucket: int, model: ScoringModel) -> float:
    return BEST_SCORE - model.points[bucket]
