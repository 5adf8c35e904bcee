"""Indexes of credit agencies become bands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitor_scoring.core.errors import UnknownRating
from debitor_scoring.core.external import SCALES, to_band


@pytest.mark.parametrize(
    ("scale", "value", "band"),
    [
        ("creditreform", 100, "a"),
        ("creditreform", 200, "a"),
        ("creditreform", 201, "b"),
        ("creditreform", 300, "c"),
        ("creditreform", 350, "d"),
        ("creditreform", 500, "e"),
        ("creditreform", 600, "e"),
        ("schufa_b2b", "240", "b"),
        ("crif", "2,4", "b"),
        ("crif", "6.0", "e"),
        ("dnb_failure", 86, "a"),
        ("dnb_failure", 51, "b"),
        ("dnb_failure", 50, "c"),
        ("dnb_failure", 11, "d"),
        ("dnb_failure", 10, "e"),
        ("paydex", 80, "a"),
        ("paydex", 50, "c"),
        ("paydex", 39, "e"),
    ],
)
def test_an_index_has_its_band(scale, value, band):
    assert to_band(scale, value) == band


@pytest.mark.parametrize(
    ("scale", "value"),
    [
        ("creditreform", 99),
        ("creditreform", 601),
        ("crif", "0.9"),
        ("dnb_failure", 0),
        ("paydex", 101),
        ("paydex", "good"),
        ("paydex", ""),
        ("paydex", float("nan")),
        ("moody", 3),
    ],
)
def test_a_value_outside_of_its_scale_is_refused_by_name(scale, value):
    with pytest.raises(UnknownRating) as caught:
        to_band(scale, value)
    assert scale in str(caught.value)


@given(st.sampled_from(sorted(SCALES)), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_a_better_index_never_has_a_worse_band(code, first, second):
    scale = SCALES[code]
    better, worse = sorted((first, second))
    span = scale.worst - scale.best
    values = [Decimal(scale.best + span * part) for part in (better, worse)]
    assert to_band(code, values[0]) <= to_band(code, values[1])


def test_the_ends_of_every_scale_are_the_best_and_the_worst_band():
    for code, scale in SCALES.items():
        assert (to_band(code, scale.best), to_band(code, scale.worst)) == ("a", "e")
