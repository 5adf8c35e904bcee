"""Credits that nobody has allocated yet lessen what bears interest, from their own days on."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from .change import Change

_ZERO = Decimal(0)


def spread_credits(
    open_amounts: Iterable[tuple[int, Decimal]], credits: Iterable[Change]
) -> dict[int, list[Change]]:
    """Return ``{item id: [Change, …]}``: which item each credit covers, and how much of it.

    :param open_amounts: what is open of each item, the oldest item first, as § 366 (2) BGB
        has it for a payment that names none
    :param credits: with amounts above zero

    >>> from datetime import date
    >>> credit = Change(date(2026, 3, 1), Decimal(50))
    >>> found = spread_credits([(1, Decimal(30)), (2, Decimal(80))], [credit])
    >>> {item: [str(one.amount) for one in parts] for item, parts in found.items()}
    {1: ['30'], 2: ['20']}
    """
    covered: dict[int, list[Change]] = {}
    items = iter(open_amounts)
    item_id, room = next(items, (0, _ZERO))
    for credit in sorted(credits, key=lambda one: (one.day, one.amount, one.number)):
        left = credit.amount
        while left > 0:
            while room <= 0:
                following = next(items, None)
                if following is None:
                    return covered
                item_id, room = following
            part = min(left, room)
            covered.setdefault(item_id, []).append(replace(credit, amount=part))
            left -= part
            room -= part
    return covered
