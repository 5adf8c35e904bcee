"""One item, one verdict: the days and obstacles of a level."""

from datetime import date, timedelta

import pytest
from dunning_samples import (
    TODAY,
    WORKDAYS,
    a_credit,
    a_level,
    a_procedure,
    an_item,
    calendars,
    open_items,
    procedures,
)
from hypothesis import given

from debitor_dunning.core.calendar import Calendar
from debitor_dunning.core.item import Block
from debitor_dunning.core.judge import judge
from debitor_dunning.core.reasons import Code

SUNDAY = date(2026, 3, 15)
MONDAY = date(2026, 3, 16)


def verdict(item, procedure=None, today=TODAY, calendar=WORKDAYS, forced=False):
    return judge(item, procedure or a_procedure(), today, calendar, forced=forced)


def assert_waits(found, code, until):
    assert found.level is None
    assert (found.reason.code, found.reason.until, found.next_date) == (code, until, until)


def on(day, **facts):
    return an_item(days_overdue=None, due=day, **facts)


def test_an_overdue_item_reaches_the_first_level():
    found = verdict(an_item(days_overdue=30))
    assert found.level.rank == 1
    assert found.reason.code is Code.REACHED


def test_however_old_an_item_is_it_starts_with_the_first_level():
    assert verdict(an_item(days_overdue=900)).level.rank == 1


# Days: § 187, § 193 BGB ------------------------------------------------------


def test_on_the_due_date_nothing_is_overdue_and_the_day_after_is_day_one():
    one_day = a_procedure(a_level(1, days=1))
    assert_waits(verdict(on(TODAY), one_day), Code.NOT_DUE, TODAY + timedelta(days=1))
    assert verdict(on(TODAY - timedelta(days=1)), one_day).level


def test_five_days_are_over_on_the_fifth_day_and_not_before():
    five = a_procedure(a_level(1, days=5))
    item = on(date(2026, 3, 12))
    assert_waits(verdict(item, five, today=MONDAY), Code.GRACE, date(2026, 3, 17))
    assert verdict(item, five, today=date(2026, 3, 17)).level


def test_a_due_date_on_sunday_counts_from_monday():
    procedure = a_procedure(a_level(1, days=1))
    assert_waits(verdict(on(SUNDAY), procedure, today=MONDAY), Code.GRACE, date(2026, 3, 17))
    assert verdict(on(SUNDAY), procedure, today=date(2026, 3, 17)).level


def test_a_due_date_on_a_holiday_counts_from_the_next_working_day():
    calendar = Calendar(holidays=frozenset({MONDAY}))
    found = verdict(on(MONDAY), a_procedure(a_level(1, days=1)), date(2026, 3, 17), calendar)
    assert_waits(found, Code.GRACE, date(2026, 3, 18))


def test_grace_days_hold_where_the_level_has_fewer():
    procedure = a_procedure(a_level(1, days=1), grace_days=3)
    friday = date(2026, 3, 13)
    assert_waits(verdict(on(friday), procedure, today=MONDAY), Code.GRACE, date(2026, 3, 17))
    assert verdict(on(friday), procedure, today=date(2026, 3, 17)).level


def test_grace_days_do_not_add_to_the_days_of_a_level():
    procedure = a_procedure(a_level(1, days=5), grace_days=3)
    assert verdict(an_item(days_overdue=5), procedure).level


def test_a_reminder_before_the_due_date_comes_that_many_days_before():
    procedure = a_procedure(a_level(1, days=-3), grace_days=5)
    assert verdict(on(TODAY + timedelta(days=3)), procedure).level.is_before_due
    found = verdict(on(TODAY + timedelta(days=4)), procedure)
    assert_waits(found, Code.NOT_DUE, TODAY + timedelta(days=1))


def test_a_reminder_before_the_due_date_is_not_moved_by_a_weekend():
    procedure = a_procedure(a_level(1, days=-3))
    assert verdict(on(date(2026, 3, 21)), procedure).level


# The last notice -------------------------------------------------------------


def test_the_next_level_waits_for_the_deadline_of_the_last_notice():
    item = an_item(days_overdue=40, rank=1, notified_on=TODAY - timedelta(9), deadline=TODAY)
    assert_waits(verdict(item), Code.DEADLINE_RUNNING, TODAY + timedelta(days=1))
    assert verdict(item, today=TODAY + timedelta(days=1)).level.rank == 2


def test_the_next_level_waits_for_its_days_since_the_last_notice():
    procedure = a_procedure(a_level(1, days=5), a_level(2, days=10, min_days_since_last=14))
    item = an_item(days_overdue=40, rank=1, notified_on=TODAY - timedelta(days=13))
    assert_waits(verdict(item, procedure), Code.TOO_SOON, TODAY + timedelta(days=1))
    assert verdict(item, procedure, today=TODAY + timedelta(days=1)).level.rank == 2


def test_the_next_level_still_waits_for_its_own_days_after_the_due_date():
    item = an_item(days_overdue=12, rank=1, notified_on=TODAY - timedelta(7))
    found = verdict(item)
    assert found.level is None
    assert found.reason.code is Code.GRACE
    assert found.next_level.rank == 2


def test_after_the_last_level_a_person_decides():
    found = verdict(an_item(rank=3))
    assert found.reason.code is Code.LAST_LEVEL
    assert (found.level, found.next_level, found.next_date) == (None, None, None)


# Obstacles -------------------------------------------------------------------


def test_a_block_keeps_an_item_out_until_its_last_day():
    item = an_item(block=Block("complaint", until=date(2026, 3, 20)))
    found = verdict(item)
    assert found.level is None
    assert (found.reason.code, found.reason.detail) == (Code.BLOCKED, "complaint")
    assert (found.reason.until, found.next_date) == (date(2026, 3, 20), date(2026, 3, 21))


def test_a_block_without_an_end_has_no_next_date():
    found = verdict(an_item(block=Block("insolvency")))
    assert (found.reason.code, found.next_date) == (Code.BLOCKED, None)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"excluded": True}, Code.EXCLUDED),
        ({"notice": "ML/7"}, Code.ON_NOTICE),
        ({"has_rate": False}, Code.NO_RATE),
        ({"in_payment": True}, Code.IN_PAYMENT),
        ({"due": None, "days_overdue": None}, Code.NO_DUE_DATE),
    ],
)
def test_what_keeps_an_item_out_whatever_the_date_is(facts, code):
    found = verdict(an_item(**facts))
    assert found.level is None
    assert found.reason.code is code


def test_an_invoice_never_sent_is_held_only_where_the_procedure_says_so():
    item = an_item(never_sent=True)
    assert verdict(item).level
    assert verdict(item, a_procedure(holds_never_sent=True)).reason.code is Code.NEVER_SENT


def test_no_procedure_and_no_levels_are_reasons_of_their_own():
    assert judge(an_item(), None, TODAY, WORKDAYS).reason.code is Code.NO_PROCEDURE
    empty = judge(an_item(), a_procedure().__class__(id=1, levels=()), TODAY, WORKDAYS)
    assert empty.reason.code is Code.NO_LEVELS


def test_a_credit_is_neither_dunned_nor_refused():
    assert verdict(a_credit()).reason.code is Code.CREDIT
    assert verdict(a_credit(due=None, days_overdue=None)).reason.code is Code.CREDIT


def test_a_credit_on_a_running_notice_is_not_netted_twice():
    assert verdict(a_credit(notice="ML/7")).reason.code is Code.ON_NOTICE
    assert verdict(a_credit(excluded=True)).reason.code is Code.EXCLUDED
    assert verdict(a_credit(in_payment=True)).reason.code is Code.IN_PAYMENT


# A person wants it now -------------------------------------------------------


def test_a_person_passes_over_days_but_not_over_blocks():
    assert verdict(an_item(days_overdue=1), forced=True).level.rank == 1
    blocked = an_item(days_overdue=1, block=Block("complaint"))
    assert verdict(blocked, forced=True).reason.code is Code.BLOCKED


# What always holds -----------------------------------------------------------


@given(open_items(1), procedures(), calendars)
def test_a_reached_level_is_the_next_one_and_its_days_are_over(item, procedure, calendar):
    found = judge(item, procedure, TODAY, calendar)
    if found.level is None:
        assert found.reason.code is not Code.REACHED
        return
    assert found.level == procedure.next_level(item.rank)
    assert item.due + timedelta(days=found.level.days_after_due) <= TODAY
    if not found.level.is_before_due:
        due = calendar.next_working_day(item.due)
        assert due <= TODAY
        if procedure.grace_days:
            assert (TODAY - due).days > procedure.grace_days
    assert item.deadline is None or item.deadline < TODAY
    assert not any((item.block, item.excluded, item.notice))


@given(open_items(1), procedures(), calendars)
def test_the_day_that_a_verdict_names_is_the_first_on_which_it_changes(item, procedure, calendar):
    found = judge(item, procedure, TODAY, calendar)
    waits = (Code.GRACE, Code.NOT_DUE, Code.DEADLINE_RUNNING, Code.TOO_SOON)
    if found.reason.code not in waits:
        return
    assert found.reason.until == found.next_date > TODAY
    assert judge(item, procedure, found.next_date, calendar).level == found.next_level
    assert judge(item, procedure, found.next_date - timedelta(days=1), calendar).level is None
