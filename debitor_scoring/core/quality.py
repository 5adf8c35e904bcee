"""How well predictions came true: ranking, calibration and error in days."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log1p

_ROUNDS = 50
_CLOSE = 1e-9
# Log odds beyond which a chance is 0 or 1 for a float's purposes.
_FAR = 35.0
# Chances of 0 and 1 have no odds.
_EDGE = 1e-6


def auc(values: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Return the chance that of two cases the one that happened had the higher value.

    0.5 is guessing, 1 perfect; None if all happened or none.

    >>> auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    0.75
    """
    positives = sum(happened)
    negatives = len(values) - positives
    if not positives or not negatives:
        return None
    ranked = sorted(zip(values, happened, strict=True), key=lambda pair: pair[0])
    rank_sum, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        hits = sum(hit for _value, hit in ranked[start:end])
        rank_sum += hits * (start + 1 + end) / 2
        start = end
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Return the mean squared error of probabilities; 0 is best.

    >>> brier([0.5, 1.0], [True, True])
    0.125
    """
    if not chances:
        return None
    return sum((chance - hit) ** 2 for chance, hit in zip(chances, happened, strict=True)) / len(
        chances
    )


def calibration_slope(chances: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Return the slope of a logistic fit of what happened on the log odds predicted.

    1 is calibrated; below, predictions are too extreme; above, too timid. None without both
    outcomes or without differences.
    """
    if not 0 < sum(happened) < len(chances):
        return None
    odds = [log(chance / (1 - chance)) for chance in map(_keep_inside, chances)]
    if max(odds) - min(odds) < _CLOSE:
        return None
    return fit_logistic(odds, happened)[1]


def _keep_inside(chance: float) -> float:
    return min(max(chance, _EDGE), 1 - _EDGE)


def fit_logistic(inputs: Sequence[float], happened: Sequence[bool]) -> tuple[float, float]:
    """Return intercept and slope of the most likely logistic curve.

    Newton's method; a step that makes it less likely is halved. Outcomes that one threshold
    parts perfectly have no such curve: the steps end after some rounds.
    """
    intercept, slope = 0.0, 0.0
    likely = _log_likelihood(inputs, happened, intercept, slope)
    for _round in range(_ROUNDS):
        step = _newton_step(inputs, happened, intercept, slope)
        size = 1.0
        while size > _CLOSE:
            tried = intercept + size * step[0], slope + size * step[1]
            found = _log_likelihood(inputs, happened, *tried)
            if found >= likely:
                break
            size /= 2
        else:
            break
        gained, likely = found - likely, found
        intercept, slope = tried
        if gained < _CLOSE:
            break
    return intercept, slope


def _log_likelihood(
    inputs: Sequence[float], happened: Sequence[bool], intercept: float, slope: float
) -> float:
    total = 0.0
    for x, hit in zip(inputs, happened, strict=True):
        odds = intercept + slope * x
        # log(1 + e^odds), without overflow
        total += (odds if hit else 0.0) - max(odds, 0.0) - log1p(exp(-abs(odds)))
    return total


def _newton_step(
    inputs: Sequence[float], happened: Sequence[bool], intercept: float, slope: float
) -> tuple[float, float]:
    g0 = g1 = h01 = 0.0
    # A little more than the curvature, so that it can always be divided by.
    h00 = h11 = _CLOSE
    for x, hit in zip(inputs, happened, strict=True):
        odds = intercept + slope * x
        chance = 1 / (1 + exp(-min(max(odds, -_FAR), _FAR)))
        weight = chance * (1 - chance)
        g0 += hit - chance
        g1 += (hit - chance) * x
        h00 += weight
        h01 += weight * x
        h11 += weight * x * x
    determinant = h00 * h11 - h01 * h01
    return (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant


def mean_absolute_error(predicted: Sequence[float], seen: Sequence[float]) -> float | None:
    """Return the mean distance in days; None without cases.

    >>> mean_absolute_error([1, 5], [3, 5])
    1.0
    """
    if not seen:
        return None
    return sum(abs(one - other) for one, other in zip(predicted, seen, strict=True)) / len(seen)


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the cases, ordered by what was predicted."""

    cases: int
    predicted: float
    happened: float


def get_deciles(
    chances: Sequence[float], happened: Sequence[bool], parts: int = 10
) -> tuple[Decile, ...]:
    """Return what was predicted and what happened, in equal parts from low to high."""
    ranked = sorted(zip(chances, happened, strict=True), key=lambda pair: pair[0])
    result = []
    for part in range(parts):
        slice_ = ranked[len(ranked) * part // parts : len(ranked) * (part + 1) // parts]
        if slice_:
            cases = len(slice_)
            predicted = sum(chance for chance, _hit in slice_) / cases
            result.append(Decile(cases, predicted, sum(hit for _chance, hit in slice_) / cases))
    return tuple(result)
