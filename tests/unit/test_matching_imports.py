"""Many payments of one import, and what must always hold."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_samples import (
    HUBER,
    HUBER_IBAN,
    MAIER,
    MAIER_IBAN,
    a_payment,
    an_index,
    an_item,
    assert_booked,
    assert_waits,
    rules,
)

from debitor_camt.core.matching import (
    STRATEGIES,
    Evidence,
    MatchRules,
    Outcome,
    Proposal,
    Rank,
    Strategy,
    match,
    match_all,
)

RULES = rules(
    difference_amount="1.00",
    difference_percent="1",
    discount_grace_days=3,
    discount_tolerance="0.05",
)


def test_a_second_payment_of_an_invoice_says_whose_it_follows():
    item = an_item()
    payments = [a_payment("RE/2026/00012", key=key) for key in ("first", "second")]

    first, second = match_all(payments, an_index(item), MatchRules())

    assert_booked(first, item)
    assert_waits(second, "already_paid", item)
    assert second.proposals[0].conflicts == (Evidence("already_paid", "first"),)


def test_what_an_earlier_statement_settled_is_taken():
    items = an_item(), an_item("RE/2026/00013")
    named, unnamed = a_payment("RE/2026/00012", key="2"), a_payment(payer=HUBER, key="3")

    again, other = match_all(
        [named, unnamed], an_index(*items), MatchRules(), taken={items[0].id: "1"}
    )

    assert Evidence("already_paid", "1") in again.proposals[0].conflicts
    assert_booked(other, items[1])


def test_a_payment_that_names_the_item_comes_before_one_that_does_not():
    item = an_item()
    unnamed, named = a_payment(payer=HUBER, key="1"), a_payment("RE/2026/00012", key="2")

    without, with_name = match_all([unnamed, named], an_index(item), MatchRules())

    assert_booked(with_name, item)
    assert without.automatic is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_others_leave_can_be_decided(order):
    items = an_item(), an_item("RE/2026/00013")
    named = a_payment("RE/2026/00012", payer=HUBER, key="1")
    unnamed = a_payment(payer=HUBER, key="2")

    decisions = match_all([(named, unnamed)[one] for one in order], an_index(*items), MatchRules())

    assert_booked(decisions[order.index(0)], items[0])
    assert_booked(decisions[order.index(1)], items[1])


def test_an_addon_adds_a_strategy():
    item = an_item(partner_id=99)

    def by_thursday(payment, index, rules):
        yield Proposal(
            parts=((item.id, item.residual),),
            partner_id=99,
            strategy="thursday",
            evidence=(Evidence("thursday"),),
            remainder=Decimal(0),
            outcome=Outcome.EXACT,
            score=99,
            currency="EUR",
            rank=Rank.PAYER,
        )

    strategies = (*STRATEGIES, Strategy("thursday", Rank.PAYER, by_thursday))
    decision = match(a_payment("?"), an_index(item), MatchRules(), strategies)

    assert_booked(decision, item, strategy="thursday")


def test_only_so_many_proposals_are_returned():
    items = [an_item(f"RE/2026/{number:05d}") for number in range(10)]

    decision = match(a_payment(payer=HUBER), an_index(*items), rules(max_proposals=3))

    assert len(decision.proposals) == 3


# ---------------------------------------------------------------------------
# What must always hold
# ---------------------------------------------------------------------------

AMOUNTS = st.sampled_from([Decimal(one) for one in ["50.00", "49.00", "99.50", "100.00", "150.00"]])
NUMBERS = st.integers(1, 30)


@st.composite
def open_items(draw, partners=(HUBER, MAIER)):
    count = draw(st.integers(1, 7))
    items = []
    for number in range(1, count + 1):
        amount = draw(AMOUNTS) * draw(st.sampled_from((1, 1, 1, -1)))
        facts = {}
        if amount > 0 and draw(st.booleans()):
            facts = {"discount": amount / 50, "discount_until": a_payment().booking_date}
        items.append(
            an_item(
                f"RE/2026/{number:05d}",
                amount=str(amount),
                move_id=number // 2,
                partner_id=draw(st.sampled_from(partners)),
                is_claim=draw(st.booleans()),
                **facts,
            )
        )
    return items


@st.composite
def payments(draw):
    text = " ".join(f"RE/2026/{draw(NUMBERS):05d}" for _ in range(draw(st.integers(0, 3))))
    amount = draw(AMOUNTS) * draw(st.sampled_from((1, 2, -1, Decimal("0.98"), Decimal("1.005"))))
    return a_payment(
        text or draw(st.sampled_from(("", "danke", "12", "Rechnung 3"))),
        amount=str(amount.quantize(Decimal("0.01"))),
        party_iban=draw(st.sampled_from((None, HUBER_IBAN, MAIER_IBAN))),
        charges=draw(st.sampled_from(("0.00", "1.00"))),
        key=draw(st.uuids()).hex,
    )


@given(open_items(), payments(), st.randoms())
def test_the_order_of_items_does_not_matter(items, payment, chance):
    shuffled = list(items)
    chance.shuffle(shuffled)

    assert match(payment, an_index(*items), RULES) == match(payment, an_index(*shuffled), RULES)


@given(open_items(), payments())
def test_amounts_add_up_and_no_item_gets_more_than_is_open(items, payment):
    residuals = {item.id: item.residual for item in items}

    for proposal in match(payment, an_index(*items), RULES).proposals:
        assert (
            sum(amount for _item, amount in proposal.parts) + proposal.remainder == payment.amount
        )
        assert len(set(proposal.item_ids)) == len(proposal.parts)
        for item_id, amount in proposal.parts:
            assert 0 < amount / residuals[item_id] <= 1
        assert 0 < proposal.score <= 100


@given(open_items(), payments())
def test_only_what_is_exact_by_rule_is_booked(items, payment):
    automatic = match(payment, an_index(*items), RULES).automatic
    if automatic is None:
        return

    assert not automatic.conflicts
    assert automatic.score >= RULES.auto_threshold
    total = abs(sum(amount for _item, amount in automatic.parts))
    rest = abs(automatic.remainder)
    allowed = {
        Outcome.EXACT: rest == 0,
        Outcome.DISCOUNT: rest == sum(amount for _item, amount in automatic.deductions),
        Outcome.CHARGES: rest == payment.charges,
        Outcome.SMALL_DIFFERENCE: rest <= 1 and rest * 100 <= total,
    }
    assert allowed.get(automatic.outcome, False)


@given(open_items(partners=(HUBER,)), payments(), AMOUNTS)
def test_a_strangers_item_never_makes_another_item_booked(items, payment, amount):
    strangers = an_item("RE/2026/77777", amount=str(amount), partner_id=55)
    before = match(payment, an_index(*items), RULES).automatic
    after = match(payment, an_index(*items, strangers), RULES).automatic

    if after is not None and before is not None:
        assert after.parts == before.parts
    assert after is None or strangers.id not in after.item_ids


@settings(max_examples=50)
@given(open_items(), st.lists(payments(), max_size=6))
def test_no_item_is_booked_twice_in_an_import(items, some):
    booked = [
        item_id
        for decision in match_all(some, an_index(*items), RULES)
        if decision.automatic is not None
        for item_id in decision.automatic.item_ids
    ]

    assert len(booked) == len(set(booked))
