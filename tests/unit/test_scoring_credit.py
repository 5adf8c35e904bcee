"""Limit, advice and hold: what a class means for an order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_samples import MODEL

from debitor_scoring.core.advice import ClassTerms, advise
from debitor_scoring.core.hold import needs_release
from debitor_scoring.core.limit import suggested_limit
from debitor_scoring.core.model import RISK_CLASSES

MONEY = st.decimals(0, 10**7, places=2)
TERMS = {
    "d": ClassTerms(payment_term_id=7, prepayment_percent=Decimal(30)),
    "c": ClassTerms(payment_term_id=8),
    "e": ClassTerms(prepayment_percent=Decimal(100), needs_release=True),
}


def limit(risk_class="c", billing=3000, term=30, delay=0, highest=0):
    return suggested_limit(Decimal(billing), term, delay, Decimal(highest), risk_class, MODEL)


@pytest.mark.parametrize(
    ("risk_class", "expected"), [("a", 4500), ("b", 3750), ("c", 3000), ("d", 2250), ("e", 1500)]
)
def test_the_limit_is_what_is_usually_open_times_the_factor_of_the_class(risk_class, expected):
    assert limit(risk_class) == expected


def test_who_pays_later_has_more_open_at_once():
    assert limit(delay=15) == 4500


def test_a_balance_that_was_carried_before_may_be_carried_again():
    assert limit(highest=9999) == 9999


def test_a_customer_not_rated_gets_no_limit():
    assert limit("new") is None


def test_a_customer_who_pays_in_advance_needs_no_limit():
    assert limit(term=0, delay=-20) == 0


@given(MONEY, st.integers(0, 120), st.integers(-60, 120), MONEY)
def test_a_worse_class_never_has_a_higher_limit(billing, term, delay, highest):
    limits = [limit(one, billing, term, delay, highest) for one in RISK_CLASSES]
    assert limits == sorted(limits, reverse=True)


def advice(risk_class="b", requested=1000, still_open=0, limit=None):
    return advise(
        risk_class,
        TERMS,
        Decimal(requested),
        Decimal(still_open),
        None if limit is None else Decimal(limit),
    )


@pytest.mark.parametrize(
    ("risk_class", "kind"), [("b", "none"), ("c", "terms"), ("d", "prepayment"), ("e", "talk")]
)
def test_the_advice_is_what_the_company_set_for_the_class(risk_class, kind):
    assert advice(risk_class).kind == kind


def test_an_order_over_the_limit_is_advised_the_prepayment_that_brings_it_below():
    found = advice(requested=1000, still_open=4800, limit=5000)
    assert (found.kind, found.prepayment_percent, found.beyond_limit) == ("prepayment", 80, 800)


def test_the_higher_prepayment_of_class_and_limit_is_advised():
    assert advice("d", still_open=4100, limit=5000).prepayment_percent == 30
    assert advice("d", still_open=4500, limit=5000).prepayment_percent == 50


def test_a_limit_that_is_gone_before_the_order_calls_for_accounting():
    found = advice(still_open=6000, limit=5000)
    assert (found.kind, found.prepayment_percent) == ("talk", 100)


@given(MONEY, MONEY, MONEY)
def test_an_advised_prepayment_keeps_the_order_below_the_limit(requested, still_open, limit):
    found = advice("b", requested, still_open, limit)
    on_credit = requested * (100 - found.prepayment_percent) / 100
    assert still_open + on_credit <= limit or found.prepayment_percent in (0, 100)
    assert 0 <= found.prepayment_percent <= 100


def hold(order=1000, still_open=0, limit=None, released=None, of_class=False):
    as_money = (None if one is None else Decimal(one) for one in (limit, released))
    return needs_release("d", of_class, Decimal(still_open), Decimal(order), *as_money)


def test_without_a_limit_and_a_class_that_waits_an_order_goes():
    assert hold(still_open=10**6) == ()


def test_an_order_up_to_the_limit_goes_and_a_cent_more_waits():
    assert hold(order=1000, still_open=4000, limit=5000) == ()
    [reason] = hold(order="1000.01", still_open=4000, limit=5000)
    assert reason.code == "over_limit"
    assert reason.values == {"open": "4000", "order": "1000.01", "limit": "5000", "beyond": "0.01"}


def test_a_limit_of_zero_is_nothing_on_credit():
    assert [reason.code for reason in hold(order=1, limit=0)] == ["over_limit"]


def test_class_and_limit_are_both_told():
    assert [one.code for one in hold(still_open=5000, limit=5000, of_class=True)] == [
        "class",
        "over_limit",
    ]


def test_a_release_holds_up_to_its_amount():
    assert hold(still_open=5000, limit=5000, of_class=True, released=1000) == ()
    assert hold(order=1001, still_open=5000, limit=5000, released=1000)


def test_an_order_of_nothing_never_waits():
    assert hold(order=0, still_open=9, limit=0, of_class=True) == ()
