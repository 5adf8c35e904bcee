"""Fees and lump sums, and the guard that keeps them from consumers."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.claims.allocation import BY_LAW, PRINCIPAL_FIRST, Part, allocate
from debitor_dunning.core.claims.charges import (
    ChargedItem,
    ClaimKind,
    Correction,
    LevelCharges,
    decide_charges,
)
from debitor_dunning.core.claims.default_start import DefaultStart, StartReason
from debitor_dunning.core.claims.party import Evidence, PartyKind, classify

TODAY = date(2026, 3, 18)
LATE = DefaultStart(date(2026, 3, 1), StartReason.AGREED_DATE)
BY_THIS_NOTICE = DefaultStart(date(2026, 3, 19), StartReason.REMINDER)
LEVEL = LevelCharges(Decimal(0), Decimal("7.50"), Decimal(40))
BUSINESS = classify(None, has_vat_number=True, is_company=False)
CONSUMER = classify(None, has_vat_number=False, is_company=False)


def item(number=1, invoice=None, start=LATE, **more):
    return ChargedItem(number, invoice or number, start, **more)


def decide(*items, party=BUSINESS, level=LEVEL):
    return decide_charges(level, party, items, TODAY)


def amounts(charges, kind):
    return [charge.amount for charge in charges.claims if charge.kind is kind]


def test_who_says_nothing_is_a_consumer():
    assert CONSUMER.is_consumer
    assert CONSUMER.evidence is Evidence.NOTHING
    assert classify(None, False, True).evidence is Evidence.COMPANY
    stated = classify(PartyKind.CONSUMER, has_vat_number=True, is_company=True)
    assert (stated.is_consumer, stated.evidence) == (True, Evidence.STATED)


def test_a_business_in_default_pays_fee_and_lump_sum():
    charges = decide(item())
    assert amounts(charges, ClaimKind.FEE) == [Decimal("7.50")]
    assert amounts(charges, ClaimKind.LUMP_SUM) == [Decimal(40)]
    assert charges.corrections == ()


def test_a_consumer_never_pays_the_lump_sum():
    charges = decide(item(), party=CONSUMER)
    assert charges.claims == ()
    assert charges.corrections == ((ClaimKind.LUMP_SUM, Correction.CONSUMER_LUMP_SUM, 1),)


def test_the_reminder_that_brings_default_about_costs_nothing():
    charges = decide(item(start=None), item(2, start=BY_THIS_NOTICE))
    assert charges.claims == ()
    assert (ClaimKind.FEE, Correction.FIRST_REMINDER, None) in charges.corrections
    assert (ClaimKind.LUMP_SUM, Correction.NOT_IN_DEFAULT, 1) in charges.corrections


def test_the_fee_is_one_for_a_notice():
    assert amounts(decide(item(1), item(2)), ClaimKind.FEE) == [Decimal("7.50")]


def test_the_lump_sum_is_one_for_an_invoice_and_never_again():
    charges = decide(item(1, invoice=9), item(2, invoice=9), item(3, has_lump_sum=True))
    assert amounts(charges, ClaimKind.LUMP_SUM) == [Decimal(40)]
    assert charges.corrections == ((ClaimKind.LUMP_SUM, Correction.LUMP_SUM_CLAIMED, 3),)


sums = st.decimals("0", "99999", places=2)


@given(sums, sums, sums, sums, st.sampled_from([BY_LAW, PRINCIPAL_FIRST]))
def test_no_cent_of_a_payment_is_lost_or_doubled(payment, costs, interest, principal, order):
    owed = {Part.COSTS: costs, Part.INTEREST: interest, Part.PRINCIPAL: principal}
    split = allocate(payment, owed, order)
    assert split.costs + split.interest + split.principal + split.surplus == payment
    assert 0 <= split.costs <= costs
    assert 0 <= split.interest <= interest
    assert 0 <= split.principal <= principal
    assert split.surplus == 0 or split.costs + split.interest + split.principal == sum(
        owed.values()
    )


def test_the_order_decides_what_is_left():
    owed = {Part.COSTS: Decimal(40), Part.INTEREST: Decimal(10), Part.PRINCIPAL: Decimal(500)}
    assert allocate(Decimal(500), owed, BY_LAW).principal == Decimal(450)
    assert allocate(Decimal(500), owed, PRINCIPAL_FIRST).principal == Decimal(500)
