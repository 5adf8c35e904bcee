"""The demo company's story, as far as it is told without Odoo."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from demo_company.habits import HABITS, Bill, bank_day, payments_of
from demo_company.people import CUSTOMERS, account_number, iban
from demo_company.plan import TERMS, make_plan
from demo_company.products import PRODUCTS, TRADES

TODAY = date(2026, 11, 23)
BILL = Bill(date(2026, 6, 1), (date(2026, 7, 1),), discount_until=date(2026, 6, 11))


@pytest.fixture(scope="module")
def plan():
    return make_plan(TODAY, seed=19)


def test_same_seed_and_day_tell_the_same_story(plan):
    again = make_plan(TODAY, seed=19)
    assert (again.invoices, again.credits, again.on_account) == (
        plan.invoices,
        plan.credits,
        plan.on_account,
    )


def test_another_seed_tells_another_story(plan):
    assert make_plan(TODAY, seed=20).invoices != plan.invoices


def test_a_customer_more_leaves_the_others_as_they_were(plan):
    fewer = make_plan(TODAY, seed=19, customers=CUSTOMERS[:-1])
    refs = {customer.ref for customer in CUSTOMERS[:-1]}
    assert fewer.invoices == [one for one in plan.invoices if one.ref in refs]


def test_story_is_as_long_as_promised(plan):
    assert 900 <= len(plan.invoices) <= 1200
    assert min(one.day for one in plan.invoices) >= plan.start
    assert max(one.day for one in plan.invoices) <= TODAY


def test_nothing_is_paid_before_it_is_written_or_after_the_story(plan):
    for invoice in plan.invoices:
        for payment in invoice.payments:
            assert invoice.day <= payment.day < TODAY


def test_nobody_pays_a_cancelled_or_forgotten_invoice(plan):
    cancelled = {credit.invoice for credit in plan.credits if credit.cancels}
    assert cancelled
    assert not any(one.payments for one in plan.invoices if one.key in cancelled or not one.sent)


def test_credits_follow_their_invoice(plan):
    days = {invoice.key: invoice.day for invoice in plan.invoices}
    assert all(credit.day > days[credit.invoice] for credit in plan.credits)
    assert any(not credit.allocated for credit in plan.credits)


@pytest.mark.parametrize("today", [date(2025, 1, 1), date(2026, 2, 28), date(2028, 2, 29)])
def test_story_can_be_told_on_any_day(today):
    assert len(make_plan(today, seed=1).invoices) > 900


@pytest.mark.parametrize("habit", sorted(HABITS))
def test_payments_are_on_bank_days_in_order(habit):
    for seed in range(50):
        payments = payments_of(habit, BILL, random.Random(seed))
        assert [one.day for one in payments] == sorted(one.day for one in payments)
        assert all(one.day == bank_day(one.day) for one in payments)


def test_habits_keep_their_distance_from_the_due_day():
    limits = {"punctual": (-4, 5), "late": (-4, 13), "slow": (15, 59), "reminder": (20, 56)}
    for habit, (least, greatest) in limits.items():
        for seed in range(50):
            for payment in payments_of(habit, BILL, random.Random(seed)):
                assert least <= (payment.day - BILL.dues[0]).days <= greatest


def test_discount_is_taken_in_time_only():
    found = [payments_of("early", BILL, random.Random(seed))[0] for seed in range(50)]
    assert any(one.discount for one in found)
    assert all(one.day <= BILL.discount_until for one in found if one.discount)


def test_insolvent_customer_stops_paying():
    bill = Bill(BILL.day, BILL.dues, ends=BILL.dues[0])
    assert all(not payments_of("insolvent", bill, random.Random(seed)) for seed in range(50))


def test_collective_customer_pays_on_two_days_a_month():
    days = {payments_of("collective", Bill(d, (d + timedelta(30),)), None)[0].day
            for d in (date(2026, 3, 1) + timedelta(n) for n in range(60))}  # fmt: skip
    assert len(days) <= 6


def test_numbers_of_customers_are_unique_and_their_words_known():
    assert max(Counter(one.ref for one in CUSTOMERS).values()) == 1
    assert {one.habit for one in CUSTOMERS} == set(HABITS)
    assert {one.term for one in CUSTOMERS} <= set(TERMS)
    assert {one.trade for one in CUSTOMERS} == set(TRADES)


def test_mail_addresses_reach_nobody():
    addresses = [one.email for customer in CUSTOMERS for one in (customer, *customer.contacts)]
    assert all(address.endswith(".example") for address in addresses if address)


def test_baskets_hold_known_products():
    known = {product.code for product in PRODUCTS}
    assert all(
        code in known
        for trade in TRADES.values()
        for _weight, basket in trade
        for code, *_ in basket
    )


def test_account_numbers_have_right_check_digits():
    assert iban("DE", "370400440532013000") == "DE89370400440532013000"
    for customer in CUSTOMERS:
        number = account_number(customer)
        if number:
            rotated = number[4:] + number[:4]
            assert int("".join(str(int(char, 36)) for char in rotated)) % 97 == 1
