"""What is in the books already: by key, and across kinds of messages."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from debitor_camt.core.known import (
    Entry,
    TakenEntry,
    claim,
    find_news,
    find_replaced,
    group_entries,
    needs_details,
    recognise,
)
from debitor_camt.core.statement import MessageKind, Transaction

DAY = date(2026, 3, 2)
REPORT, STATEMENT, NOTIFICATION = (
    MessageKind.REPORT,
    MessageKind.STATEMENT,
    MessageKind.NOTIFICATION,
)


def a_payment(amount="100.00", entry="E1", key=None, day=DAY, **facts):
    return Transaction(
        amount=Decimal(amount),
        currency="EUR",
        booking_date=day,
        entry_key=entry,
        key=key or f"{entry}-0",
        **facts,
    )


def an_entry(amount="100.00", key="E1", **facts):
    (entry,) = group_entries([a_payment(amount, key, **facts)])
    return entry


def taken(amount="100.00", key="T1", kind=NOTIFICATION, day=DAY, references=(), e2e=(), **facts):
    return TakenEntry(
        key=key,
        kind=kind,
        day=day,
        amount=Decimal(amount),
        references=frozenset(references),
        end_to_end=frozenset(e2e),
        **facts,
    )


def test_an_entry_is_the_sum_of_its_transactions():
    found = group_entries(
        [
            a_payment("100.00", reference="R1"),
            a_payment("20.50", end_to_end="X"),
            a_payment("7.00", "E2"),
        ]
    )
    assert [(one.key, one.amount) for one in found] == [
        ("E1", Decimal("120.50")),
        ("E2", Decimal("7.00")),
    ]
    assert (found[0].references, found[0].end_to_end) == ({"R1"}, {"X"})


# By key ----------------------------------------------------------------------


def test_the_same_key_in_the_same_kind_of_message_is_a_repetition():
    there = taken(key="E1", kind=STATEMENT)
    found = recognise([an_entry()], [there], STATEMENT)
    assert found["E1"].taken is there
    assert not found["E1"].is_claim


def test_the_same_key_from_another_kind_is_a_claim_the_first_time_only():
    first = recognise([an_entry()], [taken(key="E1")], STATEMENT)
    assert first["E1"].is_claim
    second = recognise([an_entry()], [taken(key="E1", claimed_by="E1")], STATEMENT)
    assert not second["E1"].is_claim


def test_what_an_entry_has_claimed_is_known_when_its_file_comes_again():
    there = taken(key="T1", claimed_by="E1")
    found = recognise([an_entry()], [there], STATEMENT)
    assert found["E1"].taken is there
    assert not found["E1"].is_claim


def test_an_unknown_entry_is_new():
    assert recognise([an_entry()], [taken(amount="99.99")], STATEMENT) == {}


# Against the balances ---------------------------------------------------------


def news(*entries, opening="10.00", before="10.00", kind=STATEMENT):
    there = [
        taken(str(one.amount), one.key, kind=kind, references=one.references) for one in entries
    ]
    known = recognise(entries, there, STATEMENT)
    return find_news(entries, known, opening and Decimal(opening), before and Decimal(before))


def test_what_looks_known_is_new_where_the_statement_begins_at_the_end_of_the_last():
    entry = an_entry()
    assert news(entry) == [entry]
    assert news(entry, opening="11.00") == []
    assert news(entry, opening=None, before=None) == []
    assert news() == []


def test_balances_say_nothing_of_what_adds_up_to_nothing_or_has_a_reference():
    assert news(an_entry("5.00", "E1"), an_entry("-5.00", "E2")) == []
    assert news(an_entry(reference="R1")) == []


def test_what_another_kind_of_message_told_is_known_whatever_the_balances():
    assert news(an_entry(), kind=NOTIFICATION) == []


# Across kinds ----------------------------------------------------------------


def test_an_entry_claims_one_of_another_kind_with_its_day_and_amount():
    found = recognise([an_entry()], [taken()], STATEMENT)
    assert found["E1"].taken.key == "T1"
    assert found["E1"].is_claim


def test_within_one_kind_nothing_is_claimed():
    assert recognise([an_entry()], [taken(kind=STATEMENT)], STATEMENT) == {}


def test_another_day_another_amount_or_another_reference_is_another_payment():
    entry = an_entry(reference="R1")
    for other in (
        taken(day=date(2026, 3, 3)),
        taken(amount="100.01"),
        taken(references=["R2"]),
    ):
        assert recognise([entry], [other], STATEMENT) == {}


def test_a_reference_that_one_side_lacks_does_not_speak_against_it():
    assert recognise([an_entry(reference="R1")], [taken()], STATEMENT)
    assert recognise([an_entry()], [taken(references=["R2"])], STATEMENT)


def test_end_to_end_ids_that_differ_speak_against_it():
    assert recognise([an_entry(end_to_end="A")], [taken(e2e=["B"])], STATEMENT) == {}


def test_two_equal_payments_claim_two_and_a_third_is_new():
    entries = [an_entry(key=f"E{number}") for number in range(3)]
    there = [taken(key="T1"), taken(key="T2")]
    found = recognise(entries, there, STATEMENT)
    assert sorted(one.taken.key for one in found.values()) == ["T1", "T2"]


def test_what_was_claimed_before_is_not_claimed_again():
    assert recognise([an_entry()], [taken(claimed_by="E7")], STATEMENT) == {}


def test_those_that_share_a_reference_come_first():
    entries = [an_entry(key="E1"), an_entry(key="E2", reference="R")]
    there = [taken(key="T1", references=["R"]), taken(key="T2")]
    found = recognise(entries, there, STATEMENT)
    assert {key: one.taken.key for key, one in found.items()} == {"E1": "T2", "E2": "T1"}


def test_what_is_known_by_key_is_not_free_for_a_claim():
    there = taken(key="E1")
    found = recognise([an_entry(key="E2"), an_entry(key="E1")], [there], STATEMENT)
    assert list(found) == ["E1"]


# Previews --------------------------------------------------------------------


def test_a_report_and_a_notification_may_both_be_previews_of_one_entry():
    previews = [taken(key="P1", kind=REPORT), taken(key="P2", kind=NOTIFICATION)]
    found = find_replaced([an_entry()], previews)
    assert [one.key for one in found["E1"]] == ["P1", "P2"]


def test_a_pending_entry_is_found_by_its_reference_whatever_its_day():
    previews = [taken(key="P1", kind=REPORT, day=None, e2e=["X"])]
    assert find_replaced([an_entry(end_to_end="X")], previews)
    assert not find_replaced([an_entry()], previews)


def test_a_preview_with_the_same_key_is_replaced_before_any_other():
    previews = [taken(key="P1", kind=REPORT), taken(key="E1", kind=REPORT)]
    found = find_replaced([an_entry()], previews)
    assert [one.key for one in found["E1"]] == ["E1"]


# Details ---------------------------------------------------------------------


def test_a_sum_is_replaced_by_its_details_if_they_add_up():
    entry = an_entry("30.00")
    details = [a_payment("10.00"), a_payment("20.00")]
    assert needs_details(entry, details)
    assert not needs_details(entry, details[:1])


def test_a_single_detail_serves_only_where_the_statement_names_nothing():
    named = a_payment(party="Maier", remittance=("RE 1",))
    assert needs_details(an_entry(), [named])
    assert not needs_details(an_entry(party="Maier"), [named])
    assert not needs_details(an_entry(), [a_payment()])


def test_an_entry_with_details_of_its_own_keeps_them():
    (entry,) = group_entries([a_payment("10.00"), a_payment("20.00")])
    assert not needs_details(entry, [a_payment("10.00"), a_payment("20.00")])


# What always holds -----------------------------------------------------------

AMOUNTS = st.sampled_from(["10.00", "20.00"])
REFERENCES = st.sampled_from([None, "A", "B"])


@given(
    st.lists(st.tuples(AMOUNTS, REFERENCES), max_size=6),
    st.lists(st.tuples(AMOUNTS, REFERENCES), max_size=6),
)
def test_nothing_is_claimed_twice_and_no_more_than_is_there(ours, theirs):
    entries = [
        an_entry(amount, f"E{number}", reference=reference)
        for number, (amount, reference) in enumerate(ours)
    ]
    free = [
        taken(amount, f"T{number}", references=filter(None, [reference]))
        for number, (amount, reference) in enumerate(theirs)
    ]
    found = claim(entries, free)
    claimed = [one.key for one in found.values()]
    assert len(claimed) == len(set(claimed))
    by_key: dict[str, Entry] = {one.key: one for one in entries}
    for key, one in found.items():
        entry = by_key[key]
        assert (entry.day, entry.amount) == (one.day, one.amount)
        assert not entry.references or not one.references or entry.references == one.references


@given(st.lists(AMOUNTS, min_size=1, max_size=6))
def test_a_file_that_comes_again_brings_nothing_new(amounts):
    entries = [an_entry(amount, f"E{number}") for number, amount in enumerate(amounts)]
    there = [taken(str(one.amount), one.key, kind=STATEMENT) for one in entries]
    assert len(recognise(entries, there, STATEMENT)) == len(entries)
