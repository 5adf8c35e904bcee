"""All items of one debtor: netting, minimum sums, grouping, letters."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from dunning_samples import (
    DOLLAR,
    TODAY,
    WORKDAYS,
    a_credit,
    a_level,
    a_procedure,
    a_proposal,
    an_item,
    assert_notice,
    calendars,
    debtors,
    procedures,
    reasons,
)
from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.calendar import Calendar
from debitor_dunning.core.item import Block
from debitor_dunning.core.procedure import Grouping
from debitor_dunning.core.proposal import deadline_of, propose
from debitor_dunning.core.reasons import Code


def only(proposal):
    [notice] = proposal.notices
    return notice


def test_nothing_open_gives_nothing():
    proposal = a_proposal()
    assert (proposal.notices, proposal.skipped) == ((), ())


def test_one_letter_with_the_highest_level_and_each_item_with_its_own():
    first = an_item(1, days_overdue=10)
    second = an_item(2, days_overdue=40, rank=1, notified_on=TODAY - timedelta(20))
    notice = only(a_proposal(first, second))
    assert_notice(notice, level=2, net="200", items=[2, 1])
    assert [line.level.rank for line in notice.lines] == [2, 1]


def test_the_two_instalments_of_an_invoice_are_judged_apart():
    first = an_item(1, move_id=5, days_overdue=30)
    second = an_item(2, move_id=5, days_overdue=-1)
    proposal = a_proposal(first, second)
    assert_notice(only(proposal), level=1, net="100", items=[1])
    assert reasons(proposal) == {2: Code.NOT_DUE}


# Credits ---------------------------------------------------------------------


def test_credits_are_shown_last_and_netted():
    notice = only(a_proposal(a_credit(1, amount="-30.00"), an_item(2)))
    assert_notice(notice, level=1, net="70.00", items=[2, 1])
    assert [line.level is None for line in notice.lines] == [False, True]


def test_credits_that_cover_all_stop_the_notice_and_say_so():
    proposal = a_proposal(an_item(1), a_credit(2, amount="-100.00"))
    assert proposal.notices == ()
    assert reasons(proposal) == {1: Code.COVERED_BY_CREDIT, 2: Code.CREDIT}
    [refusal] = [one for one in proposal.skipped if one.item.id == 1]
    assert refusal.reason.amount == Decimal("100.00")


def test_credits_alone_are_no_notice():
    assert reasons(a_proposal(a_credit(1))) == {1: Code.CREDIT}


def test_a_blocked_item_does_not_use_up_credits():
    blocked = an_item(1, block=Block("complaint"))
    proposal = a_proposal(blocked, an_item(2), a_credit(3))
    assert_notice(only(proposal), level=1, net="70.00", items=[2, 3])


def test_a_credit_in_another_currency_is_not_netted():
    proposal = a_proposal(an_item(1), a_credit(2, currency_id=DOLLAR))
    assert_notice(only(proposal), level=1, net="100", items=[1])
    assert reasons(proposal) == {2: Code.CREDIT}


# Minimum sums ----------------------------------------------------------------


def test_a_net_sum_below_the_minimum_makes_no_notice():
    proposal = a_proposal(
        an_item(1), a_credit(2, amount="-95.01"), procedure=a_procedure(minimum="5")
    )
    [refusal] = [one for one in proposal.skipped if one.item.id == 1]
    assert refusal.reason.code is Code.BELOW_MINIMUM
    assert (refusal.reason.amount, refusal.reason.limit) == (Decimal("4.99"), Decimal(5))


def test_a_net_sum_at_the_minimum_is_dunned():
    proposal = a_proposal(an_item(1, amount="5.00"), procedure=a_procedure(minimum="5"))
    assert_notice(only(proposal), level=1, net="5.00", items=[1])


def test_the_minimum_is_in_company_currency():
    item = an_item(1, amount="6.00", currency_id=DOLLAR, residual_company=Decimal("4.50"))
    proposal = a_proposal(item, procedure=a_procedure(minimum="5"))
    assert reasons(proposal) == {1: Code.BELOW_MINIMUM}


def test_below_a_levels_minimum_the_next_lower_level_applies():
    procedure = a_procedure(a_level(1, days=5), a_level(2, days=20, minimum="500"))
    old = an_item(1, days_overdue=60, rank=1, notified_on=TODAY - timedelta(30))
    notice = only(a_proposal(old, an_item(2), procedure=procedure))
    assert_notice(notice, level=1, net="200", items=[1, 2])
    assert [line.reason.code for line in notice.lines] == [Code.REPEATED, Code.REACHED]


def test_an_item_that_only_stays_at_its_level_is_not_reminded_again_and_again():
    procedure = a_procedure(a_level(1, days=5), a_level(2, days=20, minimum="500"))
    old = an_item(1, days_overdue=60, rank=1, notified_on=TODAY - timedelta(30))
    proposal = a_proposal(old, procedure=procedure)
    assert proposal.notices == ()
    assert reasons(proposal) == {1: Code.BELOW_LEVEL_MINIMUM}


def test_an_item_never_falls_below_the_level_that_it_has():
    procedure = a_procedure(
        a_level(1, days=5),
        a_level(2, days=20, minimum="500"),
        a_level(3, days=30, minimum="500"),
    )
    old = an_item(1, days_overdue=90, rank=2, notified_on=TODAY - timedelta(30))
    notice = only(a_proposal(old, an_item(2), procedure=procedure))
    assert [line.level.rank for line in notice.lines] == [2, 1]


def test_the_first_levels_minimum_leaves_the_item_out():
    procedure = a_procedure(a_level(1, days=5, minimum="150"))
    assert reasons(a_proposal(an_item(1), procedure=procedure)) == {1: Code.BELOW_LEVEL_MINIMUM}
    assert len(a_proposal(an_item(1), an_item(2), procedure=procedure).notices) == 1


def test_below_a_minimum_nobody_goes_back_to_a_reminder_before_the_due_date():
    procedure = a_procedure(a_level(1, days=-3), a_level(2, days=5, minimum="150"))
    item = an_item(1, rank=1, notified_on=TODAY - timedelta(30))
    assert reasons(a_proposal(item, procedure=procedure)) == {1: Code.BELOW_LEVEL_MINIMUM}


# Pause -----------------------------------------------------------------------


def test_between_two_notices_to_a_debtor_is_a_pause():
    procedure = a_procedure(pause_days=7)
    proposal = a_proposal(an_item(1), procedure=procedure, last=TODAY - timedelta(6))
    [refusal] = proposal.skipped
    assert (refusal.reason.code, refusal.reason.until) == (Code.PAUSE, TODAY + timedelta(1))
    assert a_proposal(an_item(1), procedure=procedure, last=TODAY - timedelta(7)).notices


def test_the_pause_does_not_hide_a_reason_that_an_item_has_anyway():
    proposal = a_proposal(
        an_item(1),
        an_item(2, block=Block("complaint")),
        procedure=a_procedure(pause_days=7),
        last=TODAY,
    )
    assert reasons(proposal) == {1: Code.PAUSE, 2: Code.BLOCKED}


# Letters ---------------------------------------------------------------------


def test_each_currency_gets_its_own_letter():
    proposal = a_proposal(an_item(1), an_item(2, currency_id=DOLLAR))
    assert [notice.currency_id for notice in proposal.notices] == [1, DOLLAR]


def test_one_letter_for_each_level_with_the_credits_on_the_largest():
    procedure = a_procedure(grouping=Grouping.LEVEL)
    old = an_item(1, amount="300", days_overdue=60, rank=1, notified_on=TODAY - timedelta(30))
    proposal = a_proposal(old, an_item(2), a_credit(3), procedure=procedure)
    first, second = proposal.notices
    assert_notice(first, level=1, net="100", items=[2])
    assert_notice(second, level=2, net="270", items=[1, 3])


def test_one_letter_for_each_invoice_holds_all_its_instalments():
    procedure = a_procedure(grouping=Grouping.INVOICE)
    items = [an_item(1, move_id=5), an_item(2, move_id=6), an_item(3, move_id=5)]
    proposal = a_proposal(*items, procedure=procedure)
    assert [[line.item.id for line in one.lines] for one in proposal.notices] == [[1, 3], [2]]


def test_credits_larger_than_any_single_letter_make_one_letter_for_all():
    procedure = a_procedure(grouping=Grouping.INVOICE)
    proposal = a_proposal(an_item(1), an_item(2), a_credit(3, amount="-150"), procedure=procedure)
    assert_notice(only(proposal), level=1, net="50", items=[1, 2, 3])


def test_a_single_letter_below_the_minimum_is_not_written():
    procedure = a_procedure(grouping=Grouping.INVOICE, minimum="5")
    proposal = a_proposal(an_item(1), an_item(2, amount="3"), procedure=procedure)
    assert_notice(only(proposal), level=1, net="100", items=[1])
    assert reasons(proposal) == {2: Code.BELOW_MINIMUM}


def test_credits_that_leave_less_than_the_minimum_on_a_letter_make_one_for_all():
    procedure = a_procedure(grouping=Grouping.INVOICE, minimum="5")
    proposal = a_proposal(
        an_item(1), an_item(2, amount="80"), a_credit(3, amount="-98"), procedure=procedure
    )
    assert_notice(only(proposal), level=1, net="82", items=[1, 2, 3])


def test_small_invoices_that_only_together_reach_the_minimum_share_a_letter():
    procedure = a_procedure(grouping=Grouping.INVOICE, minimum="5")
    proposal = a_proposal(an_item(1, amount="3"), an_item(2, amount="3"), procedure=procedure)
    assert_notice(only(proposal), level=1, net="6", items=[1, 2])


def test_a_reminder_before_the_due_date_never_shares_a_letter_with_overdue_items():
    procedure = a_procedure(a_level(1, days=-5), a_level(2, days=5))
    overdue = an_item(1, rank=1, notified_on=TODAY - timedelta(40))
    proposal = a_proposal(overdue, an_item(2, days_overdue=-3), a_credit(3), procedure=procedure)
    late, early = proposal.notices
    assert_notice(late, level=2, net="70", items=[1, 3])
    assert_notice(early, level=1, net="100", items=[2])


# Deadlines -------------------------------------------------------------------


def test_a_deadline_counts_from_the_day_after_the_letter():
    level = a_level(1, days=5, deadline_days=7)
    assert deadline_of(level, TODAY, WORKDAYS) == date(2026, 3, 25)


def test_a_deadline_on_a_weekend_or_holiday_moves_to_the_next_working_day():
    level = a_level(1, days=5, deadline_days=10)
    assert deadline_of(level, TODAY, WORKDAYS) == date(2026, 3, 30)
    calendar = Calendar(holidays=frozenset({date(2026, 3, 30)}))
    assert deadline_of(level, TODAY, calendar) == date(2026, 3, 31)


def test_no_deadline_days_set_no_deadline():
    assert deadline_of(a_level(1, days=5), TODAY, WORKDAYS) is None


def test_a_notice_has_the_deadline_of_its_highest_level():
    procedure = a_procedure(
        a_level(1, days=5, deadline_days=10), a_level(2, days=20, deadline_days=2)
    )
    old = an_item(1, days_overdue=60, rank=1, notified_on=TODAY - timedelta(30))
    notice = only(a_proposal(old, an_item(2), procedure=procedure))
    assert_notice(notice, level=2, net="200", items=[1, 2], deadline=date(2026, 3, 20))


# A person wants it now -------------------------------------------------------


def test_a_person_passes_over_days_pause_and_minimum_sums():
    procedure = a_procedure(a_level(1, days=5, minimum="500"), minimum="50", pause_days=7)
    item = an_item(1, amount="1.00", days_overdue=1)
    proposal = a_proposal(item, procedure=procedure, last=TODAY, forced=True)
    assert_notice(only(proposal), level=1, net="1.00", items=[1])


def test_a_person_can_not_dun_what_credits_cover():
    proposal = a_proposal(an_item(1), a_credit(2, amount="-100"), forced=True)
    assert reasons(proposal) == {1: Code.COVERED_BY_CREDIT, 2: Code.CREDIT}


# What always holds -----------------------------------------------------------

last_days = st.none() | st.dates(date(2026, 2, 1), TODAY)


@given(debtors(), procedures(), calendars, last_days, st.booleans(), st.randoms())
def test_a_proposal_does_not_depend_on_the_order_of_items(
    items, procedure, calendar, last, forced, random
):
    def by_item(proposal):
        return {one.item.id: one for one in proposal.skipped}

    one = propose(items, procedure, TODAY, calendar, last, forced=forced)
    shuffled = random.sample(items, len(items))
    other = propose(shuffled, procedure, TODAY, calendar, last, forced=forced)
    assert one.notices == other.notices
    assert by_item(one) == by_item(other)


@given(debtors(), procedures() | st.none(), calendars, last_days, st.booleans())
def test_each_item_is_on_one_notice_or_has_one_verdict(items, procedure, calendar, last, forced):
    proposal = propose(items, procedure, TODAY, calendar, last, forced=forced)
    found = Counter(line.item.id for notice in proposal.notices for line in notice.lines)
    found += Counter(verdict.item.id for verdict in proposal.skipped)
    assert found == Counter(item.id for item in items)


@given(debtors(), procedures(), calendars, last_days, st.booleans())
def test_a_notice_asks_for_something_and_for_no_less_than_the_minimum(
    items, procedure, calendar, last, forced
):
    proposal = propose(items, procedure, TODAY, calendar, last, forced=forced)
    for notice in proposal.notices:
        assert notice.net > 0
        assert forced or notice.net_company >= procedure.minimum
        assert len({line.item.currency_id for line in notice.lines}) == 1
        assert notice.level in [line.level for line in notice.lines]
        assert notice.level.rank == max(line.level.rank for line in notice.lines if line.level)


@given(debtors(), procedures(), calendars, last_days, st.booleans())
def test_a_level_is_neither_skipped_nor_taken_back(items, procedure, calendar, last, forced):
    proposal = propose(items, procedure, TODAY, calendar, last, forced=forced)
    for notice in proposal.notices:
        for line in notice.lines:
            if line.item.is_credit:
                assert line.level is None
                continue
            reached = procedure.next_level(line.item.rank)
            assert line.level.rank <= reached.rank
            assert line.level.rank >= min(line.item.rank, reached.rank)


@given(debtors(), procedures(), calendars, last_days)
def test_nothing_is_dunned_before_its_time(items, procedure, calendar, last):
    proposal = propose(items, procedure, TODAY, calendar, last)
    for notice in proposal.notices:
        assert last is None or (TODAY - last).days >= procedure.pause_days
        for line in notice.lines:
            if line.item.is_credit:
                continue
            assert line.item.deadline is None or line.item.deadline < TODAY
            if line.level.is_before_due:
                continue
            late = (TODAY - calendar.next_working_day(line.item.due)).days
            assert late >= 0
            assert not procedure.grace_days or late > procedure.grace_days


@given(debtors(), procedures(), calendars, last_days, st.booleans())
def test_what_is_held_is_never_on_a_notice(items, procedure, calendar, last, forced):
    proposal = propose(items, procedure, TODAY, calendar, last, forced=forced)
    for notice in proposal.notices:
        for line in notice.lines:
            assert not line.item.excluded
            assert not line.item.notice
            assert line.item.is_credit or line.item.block is None


@given(debtors(), procedures(), calendars, last_days)
def test_an_item_that_is_left_out_has_a_reason_other_than_reached(items, procedure, calendar, last):
    for verdict in propose(items, procedure, TODAY, calendar, last).skipped:
        assert verdict.level is None
        assert verdict.reason.code not in (Code.REACHED, Code.REPEATED)


@given(debtors(), procedures(), calendars)
def test_where_a_level_is_reached_a_letter_has_a_reason_of_its_own(items, procedure, calendar):
    for notice in propose(items, procedure, TODAY, calendar).notices:
        assert any(line.reason.code is Code.REACHED for line in notice.lines)
