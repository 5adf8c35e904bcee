"""Credits that nobody has allocated yet lessen what bears interest, from their own days on."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

_ZERO = Decimal(0)


def spread_credits(
    open_amounts: Iterable[tuple[int, Decimal]], credits: Iterable[tuple[date, Decimal]]
) -> dict[int, list[tuple[date, Decimal]]]:
    """Return ``{item id: [(day, amount), …]}``: which item each credit covers.

    :param open_amounts: what is open of each item, the oldest item first, as § 366 (2) BGB
        has it for a payment that names none
    :param credits: day and amount of each credit, both positive

    >>> found = spread_credits([(1, Decimal(30)), (2, Decimal(80))], [(date(2026, 3, 1), Decimal(50))])
    >>> {item: [str(amount) for _day, amount in parts] for item, parts in found.items()}
    {1: ['30'], 2: ['20']}
    """
    covered: dict[int, list[tuple[date, Decimal]]] = {}
    items = iter(open_amounts)
    item_id, room = next(items, (0, _ZERO))
    for day, left in sorted(credits):
        while left > 0:
            while room <= 0:
                following = next(items, None)
                if following is None:
                    return covered
                item_id, room = following
            part = min(left, room)
            covered.setdefault(item_id, []).append((day, part))
            left -= part
            room -= part
    return covered
