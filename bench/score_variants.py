#!/usr/bin/env python3
"""Which definition of the score: several ways to weigh, measured as score_quality.py does.

    python bench/score_variants.py --csv FILE [--csv FILE …]

The first is the definition of core/. Not all of the others are monotone: the column says where
a later payment can improve a score. Each replaces two functions of core/ while it is measured.
"""

import argparse
import sys
from contextlib import contextmanager

import score_quality
from score_ledger import InvalidLedger, read_ledger

from debitor_scoring.core import masses, score
from debitor_scoring.core.model import BUCKETS, LAST_BUCKET, ScoringModel, bucket_of

PORTFOLIO_DAYS = 7


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csv", action="append", required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        for path in options.csv:
            _compare(path)
    except InvalidLedger as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _compare(path):
    ledger = read_ledger(path)
    severe = score_quality.choose_severe(ledger)
    days = [one.invoiced for one in ledger.invoices]
    print(f"## {path.rpartition('/')[2]}\n")
    heads = ("", "monotone", "AUC late", f"AUC > {severe}", "of score: late", f"> {severe}")
    heads += ("Brier", "slope", "MAE")
    print("| " + " | ".join(heads) + " |\n| --- | --- " + "| ---: " * (len(heads) - 2) + "|")
    for name, is_monotone, settled, overdue, values in VARIANTS:
        with _replaced(settled, overdue):
            found = score_quality.replay(
                ledger,
                ScoringModel(severe_after_days=severe, **values),
                score_quality.choose_start(days),
                days[-1],
                PORTFOLIO_DAYS,
            )[1]
        own, points = score_quality.make_own_rows(found)
        figures = (own.auc_late, own.auc_severe, points.auc_late, points.auc_severe, own.brier)
        texts = [f"{one:.4f}" for one in figures] + [f"{own.slope:.2f}", f"{own.error:.2f}"]
        print(f"| {name} | {is_monotone} | " + " | ".join(texts) + " |")
    print()


@contextmanager
def _replaced(settled, overdue):
    before = score._add_settled, score.count_overdue
    score._add_settled, score.count_overdue = settled, overdue
    try:
        yield
    finally:
        score._add_settled, score.count_overdue = before


def _by_settlement(settled, scoring, today, delays):
    return _add(settled, scoring, delays, lambda one: (today - one.settled_on).days)


def _from_due(settled, scoring, today, delays):
    """A line counts only once it was due, paid or not."""
    past = [one for one in settled if one.due < today]
    return _add(past, scoring, delays, lambda one: (today - one.due).days)


def _add(settled, scoring, delays, get_age):
    found = [0.0] * BUCKETS
    weights = scoring.weights
    for one in settled:
        age = get_age(one)
        if age < len(weights):
            mass = weights[max(age, 0)] * one.share
            found[bucket_of(one.days_late)] += mass
            delays.append((one.days_late, mass))
    return tuple(found)


def _always_full(overdue, _settled, _prior, _scoring, today):
    return masses.sum_overdue(overdue, today), 0


def _only_lower(overdue, settled, prior, scoring, today):
    """A line counts only where it lowers the score, then in full; its days count all the same."""
    full = masses.sum_overdue(overdue, today)
    found = [0.0] * BUCKETS
    both = [one + other for one, other in zip(settled, prior, strict=True)]
    mass, total = sum(both), sum(p * m for p, m in zip(scoring.points, both, strict=True))
    for bucket in range(LAST_BUCKET, -1, -1):
        if full[bucket] and scoring.points[bucket] * mass >= total:
            break
        found[bucket] = full[bucket]
        mass += full[bucket]
        total += full[bucket] * scoring.points[bucket]
    return tuple(found), 0


def _like_settled(overdue, _settled, _prior, scoring, today):
    found = [0.0] * BUCKETS
    for one in overdue:
        found[bucket_of(one.days_late(today))] += masses.get_weight(one, scoring, today)
    return tuple(found), BUCKETS


OWN = score._add_settled, score.count_overdue
VARIANTS = (
    ("by due date; open in full where it lowers (core)", "yes", *OWN, {}),
    ("by settlement; open always in full", "no", _by_settlement, _always_full, {}),
    ("by due date; open always in full", "no", OWN[0], _always_full, {}),
    ("by due date; open only where it lowers", "yes", OWN[0], _only_lower, {}),
    ("by due date; open like settled today", "yes", OWN[0], _like_settled, {}),
    ("core, but counted from the due date on", "yes", _from_due, OWN[1], {}),
    ("core, half-life 90 days", "yes", *OWN, {"half_life_days": 90}),
    ("core, half-life 365 days", "yes", *OWN, {"half_life_days": 365}),
    ("core, prior of 1 invoice", "yes", *OWN, {"prior_strength": 1.0}),
    ("core, prior of 4 invoices", "yes", *OWN, {"prior_strength": 4.0}),
)

if __name__ == "__main__":
    sys.exit(main())
