"""How a payment is split between an invoice and the claims that came with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

_ZERO = Decimal(0)


class Part(StrEnum):
    COSTS = "costs"
    INTEREST = "interest"
    PRINCIPAL = "principal"


# § 367 (1) BGB; § 497 (3) BGB and many a company's goodwill take the principal first.
BY_LAW = (Part.COSTS, Part.INTEREST, Part.PRINCIPAL)
PRINCIPAL_FIRST = (Part.PRINCIPAL, Part.COSTS, Part.INTEREST)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each part gets, and what is left of the payment when all is covered."""

    costs: Decimal
    interest: Decimal
    principal: Decimal
    surplus: Decimal


def allocate(
    payment: Decimal, owed: Mapping[Part, Decimal], order: Sequence[Part] = BY_LAW
) -> Allocation:
    """Return how a payment covers what is owed, one part after the other.

    :raise ValueError: a payment below zero covers nothing

    >>> allocate(Decimal(100), {Part.COSTS: Decimal(40), Part.PRINCIPAL: Decimal(500)})
    Allocation(costs=Decimal('40'), interest=Decimal('0'), principal=Decimal('60'), surplus=Decimal('0'))
    """
    if payment < 0:
        raise ValueError(f"{payment} is no payment")
    left = payment
    covered: dict[Part, Decimal] = {}
    for part in order:
        covered[part] = min(left, owed.get(part, _ZERO))
        left -= covered[part]
    return Allocation(covered[Part.COSTS], covered[Part.INTEREST], covered[Part.PRINCIPAL], left)
