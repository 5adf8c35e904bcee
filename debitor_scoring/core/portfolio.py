"""How all customers of a company pay together: what is expected of one we know little about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import add

from .history import PaymentHistory
from .masses import sum_overdue, sum_settled
from .model import BUCKETS, GENERIC_MASSES, Masses, ScoringModel


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The decayed number of observations of all customers in each of the nine buckets.

    Settled lines count with their share decayed since the due date, open overdue lines with
    their share in full; so one statement with GROUP BY gives the masses.
    """

    masses: Masses = (0.0,) * BUCKETS

    @property
    def shares(self) -> Masses:
        """Return the share of each bucket, ten generic invoices included; their sum is 1.

        >>> [round(share, 2) for share in Portfolio().shares]
        [0.05, 0.1, 0.35, 0.2, 0.12, 0.09, 0.05, 0.03, 0.01]
        """
        masses = tuple(map(add, self.masses, GENERIC_MASSES))
        total = sum(masses)
        return tuple(mass / total for mass in masses)

    def get_prior(self, strength: float) -> Masses:
        """Return the masses of so many average invoices, which stand in for missing data."""
        return _get_prior(self, strength)

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[int, float]]) -> "Portfolio":
        """Return the portfolio of (bucket, mass) rows, as a grouping in SQL gives them.

        >>> Portfolio.from_rows([(2, 7.5), (8, 1.0), (2, 0.5)]).masses
        (0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
        """
        masses = [0.0] * BUCKETS
        for bucket, mass in rows:
            masses[bucket] += float(mass)
        return cls(tuple(masses))


def portfolio_of(
    histories: Iterable[PaymentHistory], model: ScoringModel, today: date
) -> Portfolio:
    """Return the portfolio of many histories on a day."""
    histories = tuple(histories)
    settled = sum_settled((one for each in histories for one in each.settled), model, today)
    overdue = sum_overdue((one for each in histories for one in each.overdue), today)
    return Portfolio(tuple(map(add, settled, overdue)))


@lru_cache(maxsize=64)
def _get_prior(portfolio: Portfolio, strength: float) -> Masses:
    return tuple(strength * share for share in portfolio.shares)
