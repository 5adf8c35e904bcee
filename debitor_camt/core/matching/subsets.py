"""Which of several amounts add up to a sum: a search that knows when to give up.

>>> find_subsets([Decimal(40), Decimal(60), Decimal(70), Decimal(35)], Decimal(100))
Subsets(found=((0, 1),), is_complete=True)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Subsets:
    """Places of amounts that add up, at most ``limit``; ``is_complete``: there are no more."""

    found: tuple[tuple[int, ...], ...]
    is_complete: bool


class _Search:
    """Depth first with the largest amounts first; stops at ``limit`` results or steps."""

    def __init__(self, amounts: Sequence[Decimal], limit: int, steps: int) -> None:
        self.order = sorted(range(len(amounts)), key=lambda place: (-amounts[place], place))
        self.amounts = [amounts[place] for place in self.order]
        self.rest = [Decimal(0)] * (len(amounts) + 1)
        for place in range(len(amounts) - 1, -1, -1):
            self.rest[place] = self.rest[place + 1] + self.amounts[place]
        self.limit = limit
        self.steps = steps
        self.found: list[tuple[int, ...]] = []
        self.chosen: list[int] = []

    def run(self, place: int, missing: Decimal) -> bool:
        """Search from ``place`` on; return False once it is to end."""
        self.steps -= 1
        if self.steps < 0:
            return False
        if not missing:
            self.found.append(tuple(sorted(self.order[one] for one in self.chosen)))
            return len(self.found) < self.limit
        for following in range(place, len(self.amounts)):
            if self.rest[following] < missing:
                return True
            if self.amounts[following] > missing:
                continue
            self.chosen.append(following)
            goes_on = self.run(following + 1, missing - self.amounts[following])
            self.chosen.pop()
            if not goes_on:
                return False
        return True


def find_subsets(
    amounts: Sequence[Decimal], target: Decimal, limit: int = 2, steps: int = MOST_STEPS
) -> Subsets:
    """Return which positive amounts add up to ``target``, which is positive, too.

    :param limit: stop after so many; 2 tells whether the first is the only one
    :param steps: stop after so much work, whatever the number of amounts
    """
    search = _Search(amounts, limit, steps)
    is_complete = search.run(0, target)
    return Subsets(tuple(search.found), is_complete)
