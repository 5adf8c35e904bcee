"""What the money comes to: sums, discount, charges, differences, currencies, instalments."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from matching_samples import (
    HUBER,
    MAIER,
    TODAY,
    a_payment,
    an_item,
    assert_booked,
    assert_waits,
    decide,
    rules,
)

from debitor_camt.core.matching.subsets import find_subsets
from debitor_camt.core.statement import Kind

ITEM = an_item(amount="100.00")
WITH_DISCOUNT = an_item(amount="100.00", discount="2.00", discount_until=TODAY)
SMALL = rules(difference_amount="1.00", difference_percent="1")


def test_the_whole_account_is_paid():
    items = [an_item(f"RE/2026/{one:05d}", amount=f"{one}.17") for one in range(10, 40)]
    total = sum(item.residual for item in items)

    assert_booked(decide(a_payment(payer=HUBER, amount=str(total)), *items), *items)


def test_the_only_sum_of_few_items_is_booked():
    items = [
        an_item(f"RE/2026/{one:05d}", amount=amount)
        for one, amount in enumerate(("101.13", "207.29", "411.83"), 1)
    ]

    decision = decide(a_payment(payer=HUBER, amount="308.42"), *items)

    assert_booked(decision, *items[:2], strategy="sum")


def test_two_sums_of_the_amount_tie():
    amounts = ("100.00", "200.00", "150.00", "150.00", "77.00")
    items = [an_item(f"RE/2026/{one:05d}", amount=amount) for one, amount in enumerate(amounts, 1)]

    assert decide(a_payment(payer=HUBER, amount="300.00"), *items).automatic is None


def test_a_sum_of_many_items_may_be_chance_and_waits():
    items = [an_item(f"RE/2026/{one:05d}", amount=f"{one * 7}.13") for one in range(1, 15)]

    decision = decide(a_payment(payer=HUBER, amount="21.26"), *items[:1], *items[1:])

    assert decision.automatic is None


def test_more_than_the_text_names_waits():
    items = ITEM, an_item("RE/2026/00013", amount="100.00")

    decision = decide(a_payment("RE/2026/00012", payer=HUBER, amount="200.00"), *items)

    assert_waits(decision, "amount_differs")


def test_less_than_the_text_names_waits():
    items = ITEM, an_item("RE/2026/00013", amount="50.00")

    decision = decide(a_payment("RE/2026/00012, RE/2026/00013", amount="50.00"), *items)

    assert decision.automatic is None


def test_items_of_two_partners_wait():
    items = ITEM, an_item("RE/2026/00013", amount="50.00", partner_id=MAIER)

    decision = decide(a_payment("RE/2026/00012, RE/2026/00013", amount="150.00"), *items)

    assert_waits(decision, "several_partners", *items)


@pytest.mark.parametrize("text", ["RE/2026/00012", ""])
@pytest.mark.parametrize(("days", "grace"), [(0, 0), (-5, 0), (3, 3)])
def test_discount_within_its_days_and_grace(text, days, grace):
    payment = a_payment(
        text, payer=HUBER, amount="98.00", booking_date=TODAY + timedelta(days=days)
    )

    decision = decide(payment, WITH_DISCOUNT, rules=rules(discount_grace_days=grace))

    assert_booked(decision, WITH_DISCOUNT, outcome="discount", remainder="-2.00")
    assert decision.automatic.deductions == ((WITH_DISCOUNT.id, Decimal("2.00")),)


def test_discount_after_its_days_waits_and_says_so():
    payment = a_payment("RE/2026/00012", amount="98.00", booking_date=TODAY + timedelta(days=4))

    decision = decide(payment, WITH_DISCOUNT, rules=rules(discount_grace_days=3))

    assert_waits(decision, "discount_late", WITH_DISCOUNT)
    assert decision.proposals[0].parts == ((WITH_DISCOUNT.id, Decimal("98.00")),)


def test_discount_without_a_booking_date_waits():
    payment = a_payment("RE/2026/00012", amount="98.00", booking_date=None)

    assert_waits(decide(payment, WITH_DISCOUNT), "discount_late")


@pytest.mark.parametrize(
    ("amount", "is_booked"), [("97.96", True), ("98.05", True), ("97.94", False)]
)
def test_discount_has_a_tolerance(amount, is_booked):
    payment = a_payment("RE/2026/00012", amount=amount)

    decision = decide(payment, WITH_DISCOUNT, rules=rules(discount_tolerance="0.05"))

    assert (decision.automatic is not None) == is_booked
    if is_booked:
        deducted = sum(amount for _item, amount in decision.automatic.deductions)
        assert deducted == -decision.automatic.remainder


def test_discount_of_one_of_two_invoices():
    items = WITH_DISCOUNT, an_item("RE/2026/00013", amount="50.00")
    payment = a_payment("RE/2026/00012 + RE/2026/00013", amount="148.00")

    assert_booked(decide(payment, *items), *items, outcome="discount", remainder="-2.00")


def test_discount_of_one_and_not_of_the_other_when_both_have_one():
    other = an_item("RE/2026/00013", amount="50.00", discount="1.00", discount_until=TODAY)
    payment = a_payment("RE/2026/00012 + RE/2026/00013", amount="149.00")

    decision = decide(payment, WITH_DISCOUNT, other)

    assert_booked(decision, WITH_DISCOUNT, other, outcome="discount", remainder="-1.00")
    assert decision.automatic.deductions == ((13, Decimal("1.00")),)


def test_charges_that_the_bank_states_are_added():
    payment = a_payment("RE/2026/00012", amount="95.00", charges="5.00")

    assert_booked(decide(payment, ITEM), ITEM, outcome="charges", remainder="-5.00")


def test_charges_are_what_the_ordered_amount_lost():
    payment = a_payment(
        "RE/2026/00012", amount="95.00", original_amount="100.00", original_currency="EUR"
    )

    assert_booked(decide(payment, ITEM), ITEM, outcome="charges", remainder="-5.00")


def test_charges_may_be_left_to_a_person():
    payment = a_payment("RE/2026/00012", amount="95.00", charges="5.00")

    assert_waits(decide(payment, ITEM, rules=rules(allow_charges=False)), "amount_differs", ITEM)


def test_stated_charges_that_are_no_part_of_the_amount_change_nothing():
    payment = a_payment("RE/2026/00012", amount="100.00", charges="5.00")

    assert_booked(decide(payment, ITEM), ITEM)


@pytest.mark.parametrize(("amount", "remainder"), [("99.50", "-0.50"), ("100.90", "0.90")])
def test_a_small_difference_of_a_named_invoice(amount, remainder):
    payment = a_payment("RE/2026/00012", amount=amount, payer=HUBER)

    decision = decide(payment, ITEM, rules=SMALL)

    assert_booked(decision, ITEM, outcome="small_difference", remainder=remainder)


def test_a_small_difference_of_somebody_unknown_waits():
    payment = a_payment("RE/2026/00012", amount="99.50", party="Egon Olsen")

    assert_waits(decide(payment, ITEM, rules=SMALL), "amount_differs", ITEM)


def test_a_small_difference_is_booked_where_a_reference_vouches():
    item = an_item(amount="100.00", references=("RF18539007547034",))
    payment = a_payment(structured=("RF18539007547034",), amount="99.50", party="Egon Olsen")

    decision = decide(payment, item, rules=SMALL)

    assert_booked(decision, item, outcome="small_difference", remainder="-0.50")


@pytest.mark.parametrize(
    ("amount", "residual"),
    [("98.90", "100.00"), ("9.50", "10.00"), ("101.01", "100.00")],
)
def test_a_difference_over_the_cap_in_amount_or_percent_waits(amount, residual):
    item = an_item(amount=residual)

    decision = decide(a_payment("RE/2026/00012", amount=amount, payer=HUBER), item, rules=SMALL)

    assert_waits(decision, "amount_differs", item)


def test_a_small_difference_needs_more_than_a_known_payer():
    assert decide(a_payment(payer=HUBER, amount="99.50"), ITEM, rules=SMALL).automatic is None


def test_too_little_waits_and_never_settles_more_than_was_paid():
    decision = decide(a_payment("RE/2026/00012", amount="40.00"), ITEM)

    assert_waits(decision, "amount_differs", ITEM)
    assert decision.proposals[0].parts == ((ITEM.id, Decimal("40.00")),)


def test_too_little_is_booked_where_the_journal_allows_it():
    decision = decide(
        a_payment("RE/2026/00012", payer=HUBER, amount="40.00"),
        ITEM,
        rules=rules(allow_partial=True),
    )

    assert_booked(decision, (ITEM.id, "40.00"), outcome="partial")


def test_too_much_waits_with_what_is_left():
    decision = decide(a_payment("RE/2026/00012", amount="140.00"), ITEM)

    assert_waits(decision, "amount_differs", ITEM)
    assert decision.proposals[0].remainder == Decimal("40.00")
    assert decision.proposals[0].outcome == "overpaid"


def test_a_named_credit_note_is_netted():
    credit = an_item("GS/2026/00003", amount="-30.00")
    payment = a_payment("RE/2026/00012 abzgl. GS/2026/00003", amount="70.00")

    assert_booked(decide(payment, ITEM, credit), ITEM, credit)


def test_a_credit_note_that_makes_the_amount_exact_is_netted():
    credit = an_item("GS/2026/00003", amount="-30.00")
    payment = a_payment("RE/2026/00012 abz. Gutschrift", amount="70.00")

    assert_booked(decide(payment, ITEM, credit), ITEM, credit)


def test_the_account_net_of_a_credit_note_is_paid():
    credit = an_item("GS/2026/00003", amount="-30.00")

    assert_booked(decide(a_payment(payer=HUBER, amount="70.00"), ITEM, credit), ITEM, credit)


def test_claims_are_paid_with_their_invoice():
    fee = an_item("MG/1", amount="5.00", is_claim=True)
    interest = an_item("ZI/2", amount="1.23", is_claim=True)
    payment = a_payment("RE/2026/00012 mit Mahngebühr", amount="106.23")

    assert_booked(decide(payment, ITEM, fee, interest), ITEM, fee, interest)


def test_a_claim_does_not_vouch_for_the_number_of_an_invoice():
    """Where many owe the amount of the invoice, a slip in the number would hit one of them."""
    fee = an_item("F/5", amount="5.00", is_claim=True, partner_id=MAIER)
    invoice = an_item(amount="238.00", partner_id=MAIER)
    same = [an_item(f"RE/2026/{n:05d}", amount="238.00") for n in range(20, 30)]
    fees = [an_item(f"F/{n}", amount="5.00", is_claim=True) for n in range(900, 903)]
    payment = a_payment("RE/2026/00012", amount="243.00", party="Hans Wimmer")

    assert_booked(decide(payment, invoice, fee), invoice, fee)
    assert_waits(decide(payment, invoice, fee, *same, *fees), "unknown_payer")


def test_an_invoice_is_paid_without_its_claims():
    fee = an_item("MG/1", amount="5.00", is_claim=True)

    assert_booked(decide(a_payment("RE/2026/00012", amount="100.00"), ITEM, fee), ITEM)


def instalments(*amounts):
    return [
        an_item(
            amount=amount, id=place, move_id=1, due=date(2026, 3, 1) + timedelta(days=30 * place)
        )
        for place, amount in enumerate(amounts, 1)
    ]


def test_one_instalment_of_several():
    lines = instalments("30.00", "70.00")

    assert_booked(decide(a_payment("RE/2026/00012", amount="70.00"), *lines), lines[1])


def test_of_equal_instalments_the_oldest_is_paid():
    lines = instalments("40.00", "40.00", "40.00")

    assert_booked(decide(a_payment("RE/2026/00012", amount="40.00"), *lines[::-1]), lines[0])
    assert_booked(decide(a_payment("RE/2026/00012", amount="80.00"), *lines[::-1]), *lines[:2])
    assert_booked(decide(a_payment(payer=HUBER, amount="40.00"), *lines[::-1]), lines[0])


def test_all_instalments_at_once():
    lines = instalments("30.00", "70.00")

    assert_booked(decide(a_payment("RE/2026/00012", amount="100.00"), *lines), *lines)


def test_money_out_settles_payables_and_credit_notes():
    bill = an_item("BILL/2026/00007", amount="-119.00")

    assert_booked(decide(a_payment("BILL/2026/00007", amount="-119.00"), bill), bill)
    assert_booked(decide(a_payment(payer=HUBER, amount="-119.00"), bill), bill)


def test_money_in_settles_no_payable_and_money_out_no_receivable():
    bill = an_item("BILL/2026/00007", amount="-119.00")

    assert decide(a_payment("BILL/2026/00007", amount="119.00"), bill).automatic is None
    assert decide(a_payment("RE/2026/00012", amount="-100.00"), ITEM).automatic is None


def test_money_out_with_charges_on_top():
    bill = an_item("BILL/2026/00007", amount="-100.00")
    payment = a_payment("BILL/2026/00007", amount="-105.00", charges="5.00")

    assert_booked(decide(payment, bill), bill, outcome="charges", remainder="-5.00")


def test_the_ordered_amount_settles_an_item_in_its_currency():
    item = an_item(amount="130.00", currency="USD")
    payment = a_payment(
        "RE/2026/00012", amount="119.00", original_amount="130.00", original_currency="USD"
    )

    decision = decide(payment, item)

    assert_booked(decision, item)
    assert decision.automatic.currency == "USD"


@pytest.mark.parametrize("text", ["RE/2026/00012", "Rechnung 202600012"])
def test_the_figure_of_a_named_item_in_another_currency_pays_no_other_item(text):
    named, twin = an_item(currency="USD"), an_item("RE/2026/00031")

    assert_booked(decide(a_payment("Danke", payer=HUBER), twin, named), twin)
    assert_waits(decide(a_payment(text, payer=HUBER), named, twin), "named_not_paid", twin)


def test_a_stranger_s_item_in_another_currency_that_is_named_waits_too():
    named, twin = an_item(currency="USD", partner_id=MAIER), an_item("RE/2026/00931")

    assert_waits(
        decide(a_payment("RE/2026/00012", payer=HUBER), named, twin), "named_not_paid", twin
    )


def test_an_amount_never_settles_an_item_in_another_currency():
    item = an_item(amount="119.00", currency="USD")

    assert decide(a_payment("RE/2026/00012", payer=HUBER), item).automatic is None


@pytest.mark.parametrize(
    ("facts", "why_not"),
    [
        ({"amount": "0"}, "not_a_payment"),
        ({"kind": Kind.CHARGE}, "not_a_payment"),
        ({"status": "PDNG"}, "not_booked"),
        ({"is_reversal": True}, "returned"),
        ({"return_reason": "AC04"}, "returned"),
    ],
)
def test_what_is_no_booked_payment_is_not_matched(facts, why_not):
    decision = decide(a_payment("RE/2026/00012", **{"amount": "100.00", **facts}), ITEM)

    assert (decision.why_not, decision.proposals) == (why_not, ())


def test_a_payment_over_the_journals_cap_waits():
    decision = decide(
        a_payment("RE/2026/00012", amount="100.00"), ITEM, rules=rules(max_auto_amount="99.99")
    )

    assert_waits(decision, "over_cap", ITEM)


def test_evidence_below_the_journals_threshold_waits():
    payment = a_payment(payer=HUBER, amount="100.00")

    assert_waits(decide(payment, ITEM, rules=rules(auto_threshold=95)), "weak_evidence", ITEM)


def test_a_search_for_sums_gives_up_after_its_steps():
    amounts = [Decimal(2) ** place for place in range(40)]

    found = find_subsets(amounts, Decimal("0.5"), steps=100)
    assert found.found == ()
    assert not find_subsets([Decimal(1)] * 30, Decimal("15.5"), steps=1000).is_complete


def test_a_guess_is_never_booked_however_low_the_threshold():
    item = an_item(amount="731.19")

    decision = decide(
        a_payment(party="Egon Olsen", amount="731.19"), item, rules=rules(auto_threshold=1)
    )

    assert_waits(decision, "weak_evidence", item)


def test_instalments_do_not_vouch_for_each_other():
    instalments = [an_item(id=n, move_id=5, amount="33.00", partner_id=MAIER) for n in (1, 2, 3)]
    same = [an_item(f"RE/2026/{n:05d}", amount="99.00") for n in range(20, 30)]
    payment = a_payment("RE/2026/00012", amount="99.00", party="Hans Wimmer")

    assert_booked(decide(payment, *instalments), *instalments)
    assert_waits(decide(payment, *instalments, *same), "unknown_payer")


def test_a_small_difference_is_none_where_another_invoice_is_meant():
    large, small = an_item(amount="979.40"), an_item("2026067010", amount="29.90")
    payment = a_payment("RE/2026/00012 + 2026067010", payer=HUBER, amount="979.32")

    assert decide(payment, large, rules=SMALL).automatic.outcome == "small_difference"
    assert decide(payment, large, small, rules=SMALL).automatic is None


def test_an_invoice_of_later_is_not_paid_before_its_twin():
    twin, later = an_item(), an_item("RE/2026/00072", date=TODAY + timedelta(days=20))
    payment = a_payment("RE/2026/00072", payer=HUBER, booking_date=TODAY)

    assert_booked(decide(payment, later), later)
    assert_waits(decide(payment, later, twin), "tie", later)
