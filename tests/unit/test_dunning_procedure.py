"""Levels in order, and which comes next."""

import pytest
from dunning_samples import a_level, a_procedure, procedures
from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.errors import DunningError, ProcedureError
from debitor_dunning.core.procedure import check_levels


def test_the_next_level_is_the_lowest_above():
    procedure = a_procedure()
    assert procedure.next_level(0).rank == 1
    assert procedure.next_level(1).rank == 2


def test_after_the_last_level_none_comes():
    assert a_procedure().next_level(3) is None


def test_a_level_that_was_deleted_since_does_not_stop_the_ladder():
    procedure = a_procedure(a_level(1, days=5), a_level(4, days=30))
    assert procedure.next_level(2).rank == 4
    assert procedure.level_at(3).rank == 1
    assert procedure.level_at(0) is None


def test_negative_days_are_a_reminder_before_the_due_date():
    assert a_level(1, days=-3).is_before_due
    assert not a_level(1, days=0).is_before_due


def test_two_levels_on_the_same_day_contradict_each_other():
    with pytest.raises(ProcedureError) as caught:
        check_levels([a_level(1, days=5), a_level(2, days=5)])
    assert caught.value.code == "days_order"
    assert caught.value.values == {"rank": 2, "days": 5, "previous": 5}


@pytest.mark.parametrize(
    "facts", [{"min_days_since_last": -1}, {"deadline_days": -1}, {"minimum": "-0.01"}]
)
def test_negative_numbers_are_refused(facts):
    with pytest.raises(ProcedureError) as caught:
        check_levels([a_level(1, days=5), a_level(2, days=9, **facts)])
    assert caught.value.code == "negative"
    assert caught.value.values == {"rank": 2}


def test_no_levels_contradict_nothing():
    check_levels([])


def test_one_handler_catches_all_errors_of_the_core():
    assert issubclass(ProcedureError, DunningError)
    assert "negative" in str(ProcedureError("negative", rank=2))


@given(procedures(), st.integers(0, 6))
def test_a_level_is_never_skipped(procedure, rank):
    following = procedure.next_level(rank)
    between = [level for level in procedure.levels if rank < level.rank]
    assert following == (min(between, key=lambda one: one.rank) if between else None)


@given(procedures())
def test_a_sorted_ladder_is_accepted(procedure):
    check_levels(procedure.levels)
