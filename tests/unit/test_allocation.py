from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.claims.allocation import BY_LAW, PRINCIPAL_FIRST, Part, allocate

amounts = st.decimals(min_value=0, max_value=10_000, places=2)


def test_a_payment_below_zero_is_refused():
    with pytest.raises(ValueError, match="-50"):
        allocate(Decimal(-50), {Part.COSTS: Decimal(40)})


@given(amounts, st.fixed_dictionaries(dict.fromkeys(Part, amounts)))
@pytest.mark.parametrize("order", [BY_LAW, PRINCIPAL_FIRST])
def test_nothing_of_a_payment_is_lost_and_no_part_gets_more_than_is_owed(order, payment, owed):
    split = allocate(payment, owed, order)

    assert split.costs + split.interest + split.principal + split.surplus == payment
    assert all(0 <= getattr(split, part) <= owed[part] for part in Part)
    assert not split.surplus or all(getattr(split, part) == owed[part] for part in Part)
