"""When default begins, for whom, and why."""

from datetime import date

import pytest

from debitor_dunning.core.calendar import Calendar
from debitor_dunning.core.claims.default_start import (
    DefaultFacts,
    DefaultStart,
    StartReason,
    count_as_received,
    find_default_start,
)

CALENDAR = Calendar(holidays=frozenset({date(2026, 12, 25)}))
DUE = date(2026, 3, 2)  # a Monday


def start(**facts):
    return find_default_start(DefaultFacts(**{"due": DUE, **facts}), CALENDAR)


def starts(year, month, day, reason, received=None):
    return DefaultStart(date(year, month, day), reason, received)


def test_nothing_but_a_printed_due_date_begins_nothing():
    assert start() is None
    assert start(received=DUE) is None, "a consumer whom the invoice didn't warn"


def test_an_agreed_date_begins_it_the_day_after():
    assert start(is_agreed=True) == starts(2026, 3, 3, StartReason.AGREED_DATE)


@pytest.mark.parametrize(
    ("due", "first_day"),
    [
        (date(2026, 3, 7), date(2026, 3, 10)),  # Saturday: Monday is the last day
        (date(2026, 3, 8), date(2026, 3, 10)),
        (date(2026, 12, 25), date(2026, 12, 29)),  # a holiday before a weekend
    ],
)
def test_a_last_day_that_is_no_working_day_moves(due, first_day):
    assert start(due=due, is_agreed=True).day == first_day


def test_a_reminder_after_the_due_date_begins_it_the_day_after_it_came():
    reminded = (date(2026, 3, 20), date(2026, 4, 2))
    assert start(reminded=reminded) == starts(2026, 3, 21, StartReason.REMINDER)


def test_a_reminder_before_or_on_the_due_date_does_nothing():
    assert start(reminded=(date(2026, 2, 20), DUE)) is None
    moved = start(due=date(2026, 3, 7), reminded=(date(2026, 3, 9),))
    assert moved is None, "the last day to pay was that Monday"


def test_thirty_days_after_due_date_and_receipt():
    # 30 days after 2 March is 1 April, a Wednesday
    received = date(2026, 2, 1)
    begins = starts(2026, 4, 2, StartReason.THIRTY_DAYS, received)
    assert start(is_consumer=False, received=received) == begins
    assert start(warned=True, received=received) == begins
    late = start(is_consumer=False, received=date(2026, 3, 16))
    assert late.day == date(2026, 4, 16)


def test_an_invoice_counts_as_received_when_the_post_has_brought_it():
    # due at once: four days in the post, and then 30 days to 5 April, a Sunday, so to the 6th
    received = count_as_received(DUE, 4)
    begins = starts(2026, 4, 7, StartReason.THIRTY_DAYS, date(2026, 3, 6))
    assert start(is_consumer=False, received=received) == begins
    assert start(is_consumer=False, received=count_as_received(DUE, 0)).day == date(2026, 4, 2)


def test_the_first_of_several_reasons_counts():
    facts = {"is_consumer": False, "received": DUE, "reminded": (date(2026, 5, 1),)}
    assert start(**facts).reason is StartReason.THIRTY_DAYS
    assert start(**facts, is_agreed=True).reason is StartReason.AGREED_DATE


def test_a_person_knows_better():
    assert start(is_agreed=True, manual=date(2026, 6, 1)) == starts(2026, 6, 1, StartReason.MANUAL)


def test_a_day_set_by_hand_does_not_come_before_an_instalment_is_due():
    early = date(2026, 2, 20)
    assert start(manual=early) == starts(2026, 3, 3, StartReason.MANUAL)
    assert start(due=date(2026, 3, 7), manual=early).day == date(2026, 3, 10), "Monday is the last"
    assert start(due=date(2026, 1, 5), manual=early).day == early
