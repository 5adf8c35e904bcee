from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.claims.change import Change
from debitor_dunning.core.claims.netting import spread_credits

amounts = st.decimals("0.01", "1000", places=2)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
credit_lists = st.lists(st.builds(Change, days, amounts), max_size=6)


@given(st.lists(amounts, max_size=6), credit_lists)
def test_nothing_is_covered_twice_and_nothing_is_lost(open_amounts, credits):
    items = list(enumerate(open_amounts))

    covered = spread_credits(items, credits)

    for item_id, amount in items:
        assert sum(part.amount for part in covered.get(item_id, ())) <= amount
    total = sum((part.amount for parts in covered.values() for part in parts), Decimal(0))
    assert total == min(sum(open_amounts), sum(credit.amount for credit in credits))


@given(st.lists(amounts, min_size=2, max_size=6), credit_lists)
def test_an_item_is_only_covered_when_the_older_ones_are(open_amounts, credits):
    covered = spread_credits(list(enumerate(open_amounts)), credits)

    for item_id in covered:
        for older in range(item_id):
            assert sum(part.amount for part in covered[older]) == open_amounts[older]


def test_a_credit_counts_from_its_own_day():
    early, late = date(2026, 1, 5), date(2026, 2, 5)

    covered = spread_credits(
        [(1, Decimal(50)), (2, Decimal(50))],
        [Change(late, Decimal(40), number="RG/2"), Change(early, Decimal(40), number="RG/1")],
    )

    assert covered == {
        1: [Change(early, Decimal(40), number="RG/1"), Change(late, Decimal(10), number="RG/2")],
        2: [Change(late, Decimal(30), number="RG/2")],
    }
