"""The rules by which open items are dunned."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from .errors import ProcedureError


class Grouping(StrEnum):
    """How many letters a debtor gets."""

    DEBTOR = "debtor"
    LEVEL = "level"
    INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of the ladder.

    ``days_after_due`` is negative for a reminder before the due date. ``minimum`` is
    the least sum, in company currency, of the debtor's items at this level or above.
    ``deadline_days`` 0 sets no new deadline.
    """

    id: int
    rank: int
    days_after_due: int
    min_days_since_last: int = 0
    minimum: Decimal = Decimal(0)
    deadline_days: int = 0

    @property
    def is_before_due(self) -> bool:
        return self.days_after_due < 0


@dataclass(frozen=True, slots=True)
class Procedure:
    """A ladder of levels, lowest first, with the rules that hold for all of them."""

    id: int
    levels: tuple[Level, ...]
    grace_days: int = 0
    minimum: Decimal = Decimal(0)
    pause_days: int = 0
    grouping: Grouping = Grouping.DEBTOR
    holds_never_sent: bool = False

    def next_level(self, rank: int) -> Level | None:
        """Return the lowest level above ``rank``; a level is never skipped."""
        return next((level for level in self.levels if level.rank > rank), None)

    def rank_of(self, level_id: int, rank: int) -> int:
        """Return where a level stands today; ``rank`` is where it stood when it was reached.

        A level put in between moves the ones above it: an item keeps its level, not its number.
        """
        return next((level.rank for level in self.levels if level.id == level_id), rank)

    def level_at(self, rank: int) -> Level | None:
        """Return the highest level not above ``rank``."""
        return next((level for level in reversed(self.levels) if level.rank <= rank), None)


def check_levels(levels: Sequence[Level]) -> None:
    """Raise ProcedureError unless days rise from level to level and no number is negative.

    ``values`` of the error: ``rank`` (1-based position) and the two numbers that clash.
    """
    for level in levels:
        if min(level.min_days_since_last, level.deadline_days) < 0 or level.minimum < 0:
            raise ProcedureError("negative", rank=level.rank)
    for lower, upper in pairwise(levels):
        if upper.days_after_due <= lower.days_after_due:
            raise ProcedureError(
                "days_order",
                rank=upper.rank,
                days=upper.days_after_due,
                previous=lower.days_after_due,
            )
