"""A model says what contradicts itself."""

from decimal import Decimal

import pytest

from debitor_scoring.core.errors import InvalidModel
from debitor_scoring.core.model import POINTS, ScoringModel, bucket_of, get_bucket_range


@pytest.mark.parametrize(
    "values",
    [
        {"half_life_days": 0},
        {"window_months": 0},
        {"prior_strength": 0.0},
        {"points": POINTS[:8]},
        {"points": (90.0, *POINTS[1:])},
        {"points": (*POINTS[:3], 95.0, *POINTS[4:])},
        {"points": (*POINTS[:8], -1.0)},
        {"points": (*POINTS[:8], float("nan"))},
        {"minimums": (80.0, 85.0, 62.0, 45.0)},
        {"minimums": (101.0, 85.0, 62.0, 45.0)},
        {"minimums": (85.0, 75.0, 62.0)},
        {"minimum_evidence": -1.0},
        {"reliability_limits": (10.0, 3.0)},
        {"severe_after_days": 20},
        {"severe_after_days": 0},
        {"limit_factors": {"a": Decimal(-1)}},
    ],
)
def test_a_contradiction_is_named_by_its_field(values):
    with pytest.raises(InvalidModel) as caught:
        ScoringModel(**values)
    assert caught.value.values == {"field": next(iter(values))}
    assert str(caught.value) == f"invalid model (field {next(iter(values))})"


def test_buckets_leave_no_day_out_and_none_twice():
    for days in range(-200, 200):
        first, last = get_bucket_range(bucket_of(days))
        assert first is None or first <= days
        assert last is None or days <= last


def test_very_late_begins_with_the_bucket_after_the_mark():
    assert get_bucket_range(ScoringModel().severe_bucket) == (31, 60)
    assert get_bucket_range(ScoringModel(severe_after_days=60).severe_bucket) == (61, None)


@pytest.mark.parametrize(
    ("evidence", "word"), [(0.2, "low"), (3.0, "medium"), (10.0, "medium"), (10.1, "good")]
)
def test_reliability_follows_the_evidence(evidence, word):
    assert ScoringModel().rate_reliability(evidence) == word
