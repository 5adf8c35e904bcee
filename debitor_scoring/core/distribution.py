"""Days from masses: quantiles of delays, and what is left of a histogram beyond an age."""

from collections.abc import Iterable

from .model import BUCKET_ENDS, LAST_BUCKET, Masses

# A delay that stands for its bucket where only the bucket is known.
TYPICAL_DAYS = (-12, -5, -1, 2, 5, 11, 22, 42, 80)
# Where the open buckets begin and end: nearly nothing is paid earlier or later.
_EDGES = (-30, *BUCKET_ENDS, 120)

Delay = tuple[int, float]


def get_quantiles(delays: Iterable[Delay], parts: Iterable[float]) -> list[int]:
    """Return the days by which these parts, rising, of the mass are paid.

    :param delays: days late with their mass, in any order, not empty

    >>> get_quantiles([(5, 1.0), (-1, 2.0), (40, 1.0)], (0.1, 0.5, 0.9))
    [-1, -1, 40]
    """
    ordered = sorted(delays)
    total = sum(mass for _days, mass in ordered)
    result = []
    position, reached = 0, ordered[0][1]
    for part in parts:
        while reached < part * total and position < len(ordered) - 1:
            position += 1
            reached += ordered[position][1]
        result.append(ordered[position][0])
    return result


def get_days_beyond(masses: Masses, age: int, part: float) -> int:
    """Return the days after due by which this part of the mass beyond an age is paid.

    Within a bucket the mass counts as spread evenly. Beyond everything known, as much again
    as the item is old.

    >>> get_days_beyond((0, 0, 8, 0, 0, 0, 2, 2, 0), 10, 0.5)
    30
    """
    pieces = [_cut(bucket, mass, age) for bucket, mass in enumerate(masses)]
    wanted = part * sum(mass for _first, _last, mass in pieces)
    for first, last, mass in pieces:
        if mass and wanted <= mass:
            return round(first + (last - first) * wanted / mass)
        wanted -= mass
    return round(age * (1 + part))


def _cut(bucket: int, mass: float, age: int) -> tuple[float, float, float]:
    """Return start, end and mass of what is left of a bucket beyond an age."""
    first, last = float(_EDGES[bucket]), float(_EDGES[bucket + 1])
    if bucket == LAST_BUCKET:
        last = max(last, 2.0 * age)
    if age <= first:
        return first, last, mass
    if age >= last:
        return last, last, 0.0
    return float(age), last, mass * (last - age) / (last - first)
