"""Interest as others computed it: judgments, published examples, other programs' tests.

Each case names its source. Where our result is another one, «why» says where they differ.
"""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from debitor_dunning.core.claims.base_rate import BaseRate, RateSeries
from debitor_dunning.core.claims.interest import (
    Balance,
    DayCount,
    InterestRule,
    compute_interest,
)

DATA = Path(__file__).with_name("data") / "published_interest.json"
RATES = Path(__file__).parents[2] / "debitor_dunning" / "data" / "debitor.base.rate.csv"
CASES = json.loads(DATA.read_text(encoding="utf-8"))


def shipped_series(name):
    with RATES.open(encoding="utf-8", newline="") as file:
        return RateSeries.of(
            BaseRate(date.fromisoformat(row["half_year"]), Decimal(row["percent"]))
            for row in csv.DictReader(file)
            if row["series"] == name
        )


def compute(case):
    rule = InterestRule(
        Decimal(case["points"]),
        shipped_series(case["series"]) if case["series"] else None,
        DayCount(case["day_count"]),
    )
    balances = [
        Balance(date.fromisoformat(day), Decimal(amount)) for day, amount in case["balances"]
    ]
    first, last = date.fromisoformat(case["first"]), date.fromisoformat(case["last"])
    return compute_interest(balances, rule, first, last, Decimal(case["rounding"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published_case(case):
    interest = compute(case)
    assert not interest.missing
    assert interest.amount == Decimal(case.get("ours", case["published"]))


def test_each_disagreement_is_explained():
    differing = [case for case in CASES if "ours" in case]
    assert all(case["ours"] != case["published"] and case["why"] for case in differing)
    assert len(CASES) - len(differing) >= 25


def test_shipped_rates_have_no_gap():
    for name, first in (("de", 2002), ("at", 2013), ("ecb", 2002)):
        series = shipped_series(name)
        half_years = [date(year, month, 1) for year in range(first, 2026) for month in (1, 7)]
        assert all(series.on(day) for day in half_years), name
