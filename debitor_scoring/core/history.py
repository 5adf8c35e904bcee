"""What a customer did with its invoices: the only facts behind the score.

An observation is one receivable line of a posted invoice. Lines settled only by a credit note,
disputed or excluded lines are no observations and never get here.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Settled:
    """A line, or a share of it, that was paid or written off.

    :param due: the banking day on which payment was due (§ 193 BGB: already moved)
    :param settled_on: day of the payment that settled it, or of the write-off
    :param share: part of the line's amount paid then, above 0 up to 1
    :param written_off: it was lost; counts as the latest bucket whatever the day
    """

    line_id: int
    due: date
    settled_on: date
    share: float = 1.0
    written_off: bool = False

    @property
    def days_late(self) -> int:
        """Return the days from due to settled; negative is early.

        >>> Settled(1, date(2026, 3, 2), date(2026, 3, 12)).days_late
        10
        """
        return (self.settled_on - self.due).days


@dataclass(frozen=True, slots=True)
class Overdue:
    """A line, or the rest of it, that is open and was due before the day of the score."""

    line_id: int
    due: date
    share: float = 1.0

    def days_late(self, today: date) -> int:
        """Return the days that it is overdue so far."""
        return (today - self.due).days


@dataclass(frozen=True, slots=True)
class PaymentHistory:
    """All observations of one commercial partner in one company, in any order."""

    settled: tuple[Settled, ...] = ()
    overdue: tuple[Overdue, ...] = ()
