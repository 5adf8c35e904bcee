"""May a statement go into the books, and into which?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from debitor_camt.core.accounts import JournalAccount, find_journal
from debitor_camt.core.checks import (
    BLOCKING,
    Code,
    Finding,
    Ledger,
    check_entries,
    check_statement,
    get_period,
)
from debitor_camt.core.statement import Account, Balance, Kind, Statement, Transaction

DAY = date(2026, 3, 2)
IBAN = "DE89370400440532013000"
EMPTY = Ledger(currency="EUR")


def a_payment(amount="100.00", day=DAY, currency="EUR", **facts):
    return Transaction(amount=Decimal(amount), currency=currency, booking_date=day, **facts)


def a_statement(*amounts, opening="1000.00", closing=None, transactions=None, **facts):
    """Return a statement whose balances agree unless ``closing`` says otherwise."""
    transactions = transactions or [a_payment(amount) for amount in amounts]
    total = sum((one.amount for one in transactions if one.is_booked), Decimal(0))
    if opening is not None and closing is None:
        closing = Decimal(opening) + total
    vals = {
        "id": "S1",
        "account": Account(iban=IBAN),
        "currency": "EUR",
        "transactions": tuple(transactions),
        "opening": None if opening is None else Balance("OPBD", Decimal(opening), "EUR", DAY),
        "closing": None if closing is None else Balance("CLBD", Decimal(closing), "EUR", DAY),
        "entry_sum": total,
        "entry_count": len(transactions),
    }
    return Statement(**vals | facts)


def codes(statement, ledger=EMPTY, **facts):
    return [one.code for one in check_statement(statement, ledger, **facts)]


# Journals --------------------------------------------------------------------

EUR = JournalAccount(1, "DE89 3704 0044 0532 0130 00", "EUR")
USD = JournalAccount(2, IBAN, "USD")


def test_a_journal_is_found_by_its_iban_however_it_is_written():
    assert find_journal(Account(iban=IBAN), "EUR", [EUR]) is EUR


def test_of_several_journals_with_one_iban_the_currency_decides():
    assert find_journal(Account(iban=IBAN), "USD", [EUR, USD]) is USD


def test_two_journals_with_iban_and_currency_are_ambiguous():
    found = find_journal(Account(iban=IBAN), "EUR", [EUR, replace(EUR, journal_id=3)])
    assert found.code is Code.AMBIGUOUS_ACCOUNT
    assert find_journal(Account(iban=IBAN), None, [EUR, USD]).code is Code.AMBIGUOUS_ACCOUNT


def test_a_journal_in_another_currency_is_not_taken():
    found = find_journal(Account(iban=IBAN), "CHF", [EUR])
    assert (found.code, found.values["journal_currency"]) == (Code.WRONG_CURRENCY, "EUR")


def test_an_unknown_account_and_none_at_all_are_told_apart():
    assert find_journal(Account(iban="DE00"), "EUR", [EUR]).code is Code.UNKNOWN_ACCOUNT
    assert find_journal(Account(), "EUR", [EUR]).code is Code.NO_ACCOUNT


def test_a_national_number_is_found_in_the_iban_of_a_journal():
    assert find_journal(Account(other="370400440532013000"), "EUR", [EUR]) is EUR
    other = find_journal(Account(other="0532013000"), "EUR", [EUR])
    assert other.code is Code.UNKNOWN_ACCOUNT


def test_a_journal_without_an_account_number_matches_nothing():
    assert find_journal(Account(other="-"), "EUR", [JournalAccount(1, "", "EUR")]).code in BLOCKING


# Sums ------------------------------------------------------------------------


def test_a_statement_that_adds_up_has_no_findings():
    assert codes(a_statement("100.00", "-20.00")) == []


def test_a_statement_that_does_not_add_up_says_by_how_much():
    (found,) = check_statement(a_statement("100.00", closing="1100.01"), EMPTY)
    assert found == Finding(
        Code.UNBALANCED, expected="1100.00", closing="1100.01", amount="0.01", currency="EUR"
    )


def test_without_a_balance_nothing_can_be_said_of_it():
    assert codes(a_statement("100.00", opening=None)) == []
    assert codes(replace(a_statement("100.00"), closing=None)) == []


def test_pending_entries_don_t_count_for_the_balance():
    pending = a_payment("5.00", status="PDNG")
    assert codes(a_statement(transactions=[a_payment(), pending])) == []


def test_the_number_of_entries_announced_is_compared():
    assert codes(a_statement("1.00", announced_count=2)) == [Code.ENTRY_COUNT]
    assert codes(a_statement("1.00", announced_count=1)) == []


def test_details_that_don_t_add_up_to_their_entry_are_shown():
    parts = [a_payment("90.00"), a_payment("10.00", kind=Kind.DIFFERENCE)]
    found = check_statement(a_statement(transactions=parts), EMPTY)
    assert [(one.code, one.values["amount"]) for one in found] == [(Code.DETAIL_SUM, "10.00")]


def test_transactions_that_lose_a_part_of_the_entries_are_never_booked():
    lost = a_statement("100.00", entry_sum=Decimal("120.00"), closing="1120.00")
    (found,) = check_statement(lost, EMPTY)
    assert found.code is Code.ENTRY_SUM
    assert found.is_blocking


# Entries ---------------------------------------------------------------------


def test_an_entry_in_another_currency_than_the_journal_is_not_booked():
    dollars = a_statement(transactions=[a_payment(currency="USD")])
    assert codes(dollars) == [Code.FOREIGN_ENTRY]


def test_an_amount_finer_than_the_currency_is_not_rounded_silently():
    assert codes(a_statement("0.001")) == [Code.TOO_PRECISE]
    assert codes(a_statement("0.10000")) == []


def test_an_entry_without_any_day_has_that_of_its_statement():
    undated = a_payment(day=None)
    one_day = a_statement(transactions=[undated], from_day=DAY, to_day=DAY)
    assert codes(one_day) == []
    assert codes(replace(one_day, from_day=date(2026, 3, 1))) == [Code.NO_DATE]
    assert codes(a_statement(transactions=[replace(undated, value_date=DAY)])) == []


def test_an_entry_is_not_booked_where_nothing_has_a_day():
    nowhere = a_statement(transactions=[a_payment(day=None)], opening=None)
    (found,) = check_statement(nowhere, EMPTY)
    assert found.code is Code.NO_PERIOD
    assert found.is_blocking


def test_what_lies_in_a_locked_period_is_not_booked():
    locked = replace(EMPTY, locked_until=DAY)
    (found,) = check_entries(a_statement("1.00"), locked)
    assert (found.code, found.values) == (
        Code.LOCKED,
        {"day": "2026-03-02", "until": "2026-03-02"},
    )
    assert check_entries(a_statement("1.00"), replace(locked, locked_until=date(2026, 3, 1))) == []


def test_pending_entries_keep_nothing_from_being_booked():
    pending = a_payment(day=None, status="PDNG", currency="USD")
    assert codes(a_statement(transactions=[a_payment(), pending])) == []


# The statement before --------------------------------------------------------

AFTER = Ledger(currency="EUR", closing=Decimal("1000.00"), closing_day=date(2026, 3, 1))


def test_the_first_statement_of_a_journal_has_no_gap():
    assert codes(a_statement("1.00", opening="77.00")) == []


def test_a_statement_that_begins_where_the_last_one_ended_has_no_gap():
    assert codes(a_statement("1.00"), AFTER) == []


def test_a_gap_says_how_much_is_missing():
    (found,) = check_statement(a_statement("1.00", opening="1250.00"), AFTER)
    assert (found.code, found.values["amount"]) == (Code.GAP, "250.00")


def test_an_overlap_of_which_everything_is_known_is_none():
    overlapping = a_statement("60.00", "40.00", opening="940.00")
    assert codes(overlapping, AFTER, known_sum=Decimal("60.00")) == []


def test_an_overlap_that_does_not_fit_is_one():
    overlapping = a_statement("60.00", "40.00", opening="940.00")
    assert codes(overlapping, AFTER, known_sum=Decimal("40.00")) == [Code.OVERLAP]
    later = replace(AFTER, closing_day=date(2026, 3, 5))
    assert codes(a_statement("1.00", opening="940.00"), later) == [Code.OVERLAP]


# Period ----------------------------------------------------------------------


def test_the_period_comes_from_the_best_that_the_statement_says():
    statement = a_statement("1.00", from_day=date(2026, 3, 1), to_day=date(2026, 3, 31))
    assert get_period(statement) == (date(2026, 3, 1), date(2026, 3, 31))
    assert get_period(a_statement("1.00", opening=None)) == (DAY, DAY)
    assert get_period(a_statement(opening=None)) == (None, None)


# What always holds -----------------------------------------------------------

CENTS = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))


@given(st.lists(CENTS, max_size=8), CENTS, CENTS)
def test_exactly_statements_with_a_wrong_balance_are_unbalanced(amounts, opening, error):
    right = Decimal(opening) + sum(amounts, Decimal(0))
    statement = a_statement(*amounts, opening=opening, closing=right + error)
    assert (Code.UNBALANCED in codes(statement)) == (error != 0)
