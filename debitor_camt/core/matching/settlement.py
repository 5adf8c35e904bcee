"""The arithmetic of a payment against the items it is said to settle.

Tried in this order: to the cent, with early discount, short by the bank's charges, within
the small difference that the journal allows, too little, too much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from .index import age
from .model import ZERO, MatchRules, OpenItem, Outcome
from .payment import Payment

_HUNDRED = Decimal(100)
# More discounts than these are taken all together or not at all.
_MOST_SINGLE_DISCOUNTS = 4


@dataclass(frozen=True, slots=True)
class Settlement:
    """Parts, remainder and outcome as in ``Proposal``; ``is_late``: discount after its days."""

    parts: tuple[tuple[int, Decimal], ...]
    remainder: Decimal
    outcome: Outcome
    currency: str
    deductions: tuple[tuple[int, Decimal], ...] = ()
    is_late: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether every item is settled by the payment or a discount, nothing left over."""
        return self.outcome in (Outcome.EXACT, Outcome.DISCOUNT, Outcome.CHARGES)


def settle(items: Sequence[OpenItem], payment: Payment, rules: MatchRules) -> Settlement | None:
    """Return how the payment settles all of the items; None if it can't settle any.

    Items are of one currency, in which the payment has an amount; money in settles
    receivables and may be net of credit notes, money out the other way round.
    """
    amounts = _amounts(items, payment)
    if amounts is None:
        return None
    clear = _settle_clear(items, payment, rules, *amounts)
    return clear or _settle_with_rest(items, payment, rules, *amounts)


def settle_clear(
    items: Sequence[OpenItem], payment: Payment, rules: MatchRules
) -> Settlement | None:
    """Return the settlement to the cent, with discount or short by charges, if it is one."""
    amounts = _amounts(items, payment)
    found = _settle_clear(items, payment, rules, *amounts) if amounts else None
    return found if found and found.is_clear else None


def _amounts(items: Sequence[OpenItem], payment: Payment) -> tuple[Decimal, Decimal] | None:
    """Return what was paid and the items' sum; None if that is no settlement."""
    currency = items[0].currency
    paid = payment.amount_in(currency)
    if paid is None or any(item.currency != currency for item in items):
        return None
    total = sum((item.residual for item in items), ZERO)
    return (paid, total) if total * payment.sign > 0 else None


def _settle_clear(
    items: Sequence[OpenItem],
    payment: Payment,
    rules: MatchRules,
    paid: Decimal,
    total: Decimal,
) -> Settlement | None:
    currency = items[0].currency
    if paid == total:
        return Settlement(_in_full(items), ZERO, Outcome.EXACT, currency)
    gap = (total - paid) * payment.sign
    # The bank's charges make money in less and money out more.
    if gap == payment.charges_in(currency) * payment.sign:
        return Settlement(_in_full(items), paid - total, Outcome.CHARGES, currency)
    return _settle_discounted(items, payment, rules, paid, total) if gap > 0 else None


def _settle_discounted(
    items: Sequence[OpenItem], payment: Payment, rules: MatchRules, paid: Decimal, total: Decimal
) -> Settlement | None:
    discounted = [item for item in items if item.discount]
    if not discounted:
        return None
    gap = (total - paid) * payment.sign
    currency = items[0].currency
    is_late = False
    for some in _choices(discounted):
        deducted = sum((item.discount or ZERO for item in some), ZERO)
        if abs(gap - deducted) > rules.discount_tolerance:
            continue
        if all(is_in_time(item, payment, rules) for item in some):
            deductions = _deductions(some, gap)
            return Settlement(_in_full(items), paid - total, Outcome.DISCOUNT, currency, deductions)
        is_late = True
    if not is_late:
        return None
    parts = _in_part(items, payment, paid)
    return Settlement(parts, ZERO, Outcome.PARTIAL, currency, is_late=True)


def _deductions(items: Sequence[OpenItem], gap: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """Return each item's discount; cents within the tolerance are the last one's."""
    amounts = [item.discount or ZERO for item in items]
    amounts[-1] += gap - sum(amounts, ZERO)
    return tuple((item.id, amount) for item, amount in zip(items, amounts, strict=True))


def _choices(discounted: list[OpenItem]) -> Iterator[Sequence[OpenItem]]:
    """Yield which discounts may have been taken: all, else all but one, and so on."""
    yield discounted
    if 1 < len(discounted) <= _MOST_SINGLE_DISCOUNTS:
        for count in range(len(discounted) - 1, 0, -1):
            yield from combinations(discounted, count)


def is_in_time(item: OpenItem, payment: Payment, rules: MatchRules) -> bool:
    """Tell whether the payment came within the discount's days and the grace."""
    if item.discount_until is None or payment.day is None:
        return False
    return payment.day <= item.discount_until + timedelta(days=rules.discount_grace_days)


def _settle_with_rest(
    items: Sequence[OpenItem], payment: Payment, rules: MatchRules, paid: Decimal, total: Decimal
) -> Settlement | None:
    currency = items[0].currency
    gap = (total - paid) * payment.sign
    if abs(gap) <= rules.difference_amount and (
        abs(gap) * _HUNDRED <= abs(total) * rules.difference_percent
    ):
        return Settlement(_in_full(items), paid - total, Outcome.SMALL_DIFFERENCE, currency)
    if gap < 0:
        return Settlement(_in_full(items), paid - total, Outcome.OVERPAID, currency)
    if any(item.residual * payment.sign < 0 for item in items):
        return None
    return Settlement(_in_part(items, payment, paid), ZERO, Outcome.PARTIAL, currency)


def _in_full(items: Sequence[OpenItem]) -> tuple[tuple[int, Decimal], ...]:
    return tuple((item.id, item.residual) for item in items)


def _in_part(
    items: Sequence[OpenItem], payment: Payment, paid: Decimal
) -> tuple[tuple[int, Decimal], ...]:
    """Spread what was paid over the items, the oldest first."""
    parts = []
    left = abs(paid)
    for item in sorted(items, key=age):
        part = min(left, abs(item.residual))
        if part:
            parts.append((item.id, part * payment.sign))
        left -= part
    return tuple(parts)
