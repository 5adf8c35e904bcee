from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitor_camt.core.reading.division import DetailAmounts, divide
from debitor_camt.core.statement import Kind


def amounts(*places, sign=None, charges="0"):
    return DetailAmounts(
        tuple(None if one is None else Decimal(one) for one in places), sign, Decimal(charges)
    )


def split(entry, *details, charges="0"):
    return [
        (str(part.amount), part.kind.value)
        for part in divide(Decimal(entry), details, Decimal(charges))
    ]


def test_an_entry_without_details_is_one_payment():
    assert split("12.30") == [("12.30", "payment")]


def test_a_single_detail_without_amount_takes_the_entry():
    assert split("-12.30", amounts(None, None)) == [("-12.30", "payment")]


def test_details_take_the_sign_of_their_entry():
    assert split("-3", amounts("1"), amounts("2")) == [("-1", "payment"), ("-2", "payment")]


def test_a_batch_with_a_return_takes_the_details_own_signs():
    found = split("80", amounts("100", sign=1), amounts("20", sign=-1))
    assert found == [("100", "payment"), ("-20", "payment")]


def test_the_place_whose_amounts_add_up_wins():
    assert split("7", amounts("0.04", "3"), amounts("9", "4")) == [
        ("3", "payment"),
        ("4", "payment"),
    ]


@pytest.mark.parametrize(
    ("entry", "parts"), [("98", ["100", "-2"]), ("-102", ["-100", "-2"])], ids=["in", "out"]
)
def test_what_the_bank_took_is_a_charge_of_its_own(entry, parts):
    detail = amounts("100", charges="2")
    assert split(entry, detail) == [(parts[0], "payment"), (parts[1], "charge")]


def test_charges_of_the_entry_count_too():
    assert split("98", amounts("60"), amounts("40"), charges="2")[-1] == ("-2", "charge")


def test_charges_that_are_no_part_of_the_entry_make_no_line():
    assert split("100", amounts("100", charges="2")) == [("100", "payment")]


def test_a_missing_detail_is_a_difference_of_its_own():
    assert split("48.42", amounts("23.1"), amounts("23.2")) == [
        ("23.1", "payment"),
        ("23.2", "payment"),
        ("2.12", "difference"),
    ]


def test_details_that_repeat_the_entry_are_one_payment():
    [part] = divide(Decimal("9.96"), [amounts("9.96"), amounts("9.96")])
    assert (part.amount, part.details) == (Decimal("9.96"), (0, 1))


def test_details_without_amounts_share_what_is_left():
    parts = divide(Decimal(10), [amounts("4"), amounts(None), amounts(None)])
    assert [(part.amount, part.details) for part in parts] == [(4, (0,)), (6, (1, 2))]


money = st.none() | st.decimals(min_value="0.01", max_value=10**6, places=2)
details = st.lists(
    st.builds(
        DetailAmounts,
        st.tuples(money, money),
        st.sampled_from([None, 1, -1]),
        st.decimals(min_value=0, max_value=10, places=2),
    ),
    max_size=6,
)


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=2), details)
def test_parts_always_add_up_and_no_detail_is_lost(entry, given_details):
    parts = divide(entry, given_details)
    assert sum(part.amount for part in parts) == entry
    named = [number for part in parts for number in part.details]
    assert sorted(named) == list(range(len(given_details)))
    assert all(part.details or part.kind is not Kind.PAYMENT or not given_details for part in parts)
