"""What others show of a customer, each as one number: higher is worse.

A customer without history gets the mean of all, as far as the figure has one. Chances come
from a logistic fit on the time before the test, in favour of the rivals: ours has no such fit.
"""

from collections import defaultdict
from itertools import pairwise
from math import exp

from debitor_scoring.core.quality import fit_logistic

# Paydex: points by days beyond terms, straight between them (Dun & Bradstreet's table).
_PAYDEX = ((-30, 100), (-15, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30))
_PAYDEX_END = (120, 20)
TO_PAY = "days to pay (OCA)"
# Figures that name no days late: no error in days.
NO_DAYS = frozenset({"Odoo's DSO", "share late", "Paydex-like"})
_OUTLIER = 365.0


class Rivals:
    """The figures of all rivals on the day of a `Known`."""

    def __init__(self, known):
        self._known = known
        self._sums = {}
        self._taken = defaultdict(int)
        self._all = _Sums()
        self._first = {}
        self._billed = defaultdict(float)

    def add_invoice(self, invoice):
        """Note an invoice once it has been predicted."""
        self._first.setdefault(invoice.customer, invoice.invoiced)
        self._billed[invoice.customer] += invoice.amount

    def get_figures(self, invoice):
        """Return name → number for an invoice about to be written."""
        customer = invoice.customer
        self._take(customer)
        own = self._sums.get(customer) or self._all
        return {
            "mean days late": own.mean_late,
            TO_PAY: own.mean_to_pay,
            "Odoo's DSO": self._get_dso(customer),
            "share late": own.share_late,
            "last invoice": own.last_late,
            "Paydex-like": -own.paydex,
        }

    def _take(self, customer):
        settled = self._known.settled[customer]
        for one in settled[self._taken[customer] :]:
            self._sums.setdefault(customer, _Sums()).add(one)
            self._all.add(one)
        self._taken[customer] = len(settled)

    def _get_dso(self, customer):
        """Open part of all that was billed, times the days since the first invoice."""
        billed = self._billed[customer]
        if not billed:
            return 0.0
        still_open = sum(one.amount for one in self._known.get_open(customer))
        return still_open / billed * (self._known.today - self._first[customer]).days


class _Sums:
    def __init__(self):
        self.count = self.late = 0
        self.days = self.to_pay = self.amount = self.points = 0.0
        self.last_late = 0

    def add(self, invoice):
        self.count += 1
        self.late += invoice.days_late > 0
        self.days += invoice.days_late
        self.to_pay += (invoice.paid - invoice.invoiced).days
        self.amount += invoice.amount
        self.points += invoice.amount * _get_paydex(invoice.days_late)
        self.last_late = invoice.days_late

    @property
    def mean_late(self):
        return self.days / self.count if self.count else 0.0

    @property
    def mean_to_pay(self):
        return self.to_pay / self.count if self.count else 30.0

    @property
    def share_late(self):
        return self.late / self.count if self.count else 0.5

    @property
    def paydex(self):
        return self.points / self.amount if self.amount else 80.0


def _get_paydex(days):
    table = (*_PAYDEX, _PAYDEX_END)
    if days <= table[0][0]:
        return table[0][1]
    for (first, high), (last, low) in pairwise(table):
        if days <= last:
            return high + (low - high) * (days - first) / (last - first)
    return _PAYDEX_END[1]


def make_chance(values, happened):
    """Return a function from a figure to a chance, fitted by logistic regression."""
    clipped = [min(max(value, -_OUTLIER), _OUTLIER) for value in values]
    mean = sum(clipped) / len(clipped)
    spread = (sum((value - mean) ** 2 for value in clipped) / len(clipped)) ** 0.5 or 1.0
    intercept, slope = fit_logistic([(value - mean) / spread for value in clipped], happened)

    def get_chance(value):
        odds = intercept + slope * (min(max(value, -_OUTLIER), _OUTLIER) - mean) / spread
        return 1 / (1 + exp(-min(max(odds, -30.0), 30.0)))

    return get_chance
