"""Decayed sums of observations by bucket: the histogram behind the score.

**Why the weight goes by the due date and not by the day of payment**: a customer who pays
later must never look better for it. Were the weight younger for a later payment, a bad payer's
late payment of an old item would push his other bad ones aside. By its due date an item weighs
the same whenever it is paid, and only its points fall.

**An item open and overdue** counts at least like one settled today, and in full (weight 1) where
that lowers the score: it happens now, whenever it was due. «Where it lowers» is decided worst
bucket first, which gives the lowest of all scores that any choice of full items would give;
so an item just overdue never lifts the mean of a bad payer by weighing more.

Where the line is not yet due, an open one says nothing; one paid in advance counts at once.

Measured against weights by settlement, open lines always or never in full, and lines counted
only once they were due: none is better by more than 0.003 AUC (bench/README.md, score_quality).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import add, mul

from .history import Overdue, Settled
from .model import BUCKETS, LAST_BUCKET, Masses, ScoringModel, bucket_of


def get_bucket(one: Settled) -> int:
    """Return the bucket of a settled line; what was written off counts as the latest."""
    return LAST_BUCKET if one.written_off else bucket_of((one.settled_on - one.due).days)


def get_weight(line: Settled | Overdue, model: ScoringModel, today: date) -> float:
    """Return the share of a line, decayed since it was due; 0 outside of the window."""
    weights = model.weights
    age = (today - line.due).days
    if age <= 0:
        return line.share
    return weights[age] * line.share if age < len(weights) else 0.0


def sum_settled(settled: Iterable[Settled], model: ScoringModel, today: date) -> Masses:
    """Return for each bucket the weights of the settled lines."""
    masses = [0.0] * BUCKETS
    for one in settled:
        masses[get_bucket(one)] += get_weight(one, model, today)
    return tuple(masses)


def sum_overdue(overdue: Iterable[Overdue], today: date) -> Masses:
    """Return for each bucket of days overdue so far the shares of the open lines, undecayed."""
    masses = [0.0] * BUCKETS
    for one in overdue:
        age = (today - one.due).days
        if age > 0:
            masses[bucket_of(age)] += one.share
    return tuple(masses)


def count_overdue(
    overdue: Sequence[Overdue], settled: Masses, prior: Masses, model: ScoringModel, today: date
) -> tuple[Masses, int]:
    """Return the masses with which open lines count, and the first bucket that counts in full.

    Below that bucket lines count like settled ones. Nothing open gives no masses and a bucket
    beyond the last.
    """
    if not overdue:
        return (0.0,) * BUCKETS, BUCKETS
    masses = [0.0] * BUCKETS
    for one in overdue:
        age = (today - one.due).days
        if age > 0:
            masses[bucket_of(age)] += get_weight(one, model, today)
    full = sum_overdue(overdue, today)
    mass = sum(settled) + sum(prior) + sum(masses)
    total = sum(map(mul, model.points, map(add, map(add, settled, prior), masses)))
    bucket = LAST_BUCKET
    while bucket >= 0 and (not full[bucket] or model.points[bucket] * mass < total):
        extra = full[bucket] - masses[bucket]
        mass += extra
        total += extra * model.points[bucket]
        masses[bucket] = full[bucket]
        bucket -= 1
    return tuple(masses), bucket + 1
