"""What happens on which day, before a single record exists.

Pure: `make_plan` turns customers and a seed into invoices, payments and credit notes.
Amounts are left to Odoo, which computes taxes: a payment is a share of an instalment.
Each customer has a random source of its own, so that a change of one leaves the others
as they were.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .habits import Bill, Payment, bank_day, payments_of
from .people import CUSTOMERS
from .products import fill_basket

DAYS = 548
# Customers who never paid at all are new ones, else the company had stopped delivering.
NEWCOMER_DAYS = 110
INSOLVENT_DAYS = 150
# Weeks whose bank data were imported; older payments were entered by hand.
BANK_DAYS = 42
# The last transfers that no one has assigned yet.
WAITING_DAYS = 4


@dataclass(frozen=True)
class Term:
    """A payment term: days to each due day and its percentage."""

    key: str
    name: str
    german: str
    french: str
    dues: tuple[tuple[int, int], ...]
    discount_days: int = 0
    discount_percent: int = 0


TERMS = {
    term.key: term
    for term in (
        Term("net7", "7 days net", "7 Tage netto", "7 jours net", ((7, 100),)),
        Term("net14", "14 days net", "14 Tage netto", "14 jours net", ((14, 100),)),
        Term("net30", "30 days net", "30 Tage netto", "30 jours net", ((30, 100),)),
        Term("skonto", "10 days 2 %, 30 days net", "10 Tage 2 % Skonto, 30 Tage netto",
             "10 jours 2 %, 30 jours net", ((30, 100),), 10, 2),
        Term("instalments", "30 % immediately, 70 % within 30 days",
             "30 % sofort, 70 % in 30 Tagen", "30 % immédiatement, 70 % à 30 jours",
             ((0, 30), (30, 70))),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Invoice:
    """An invoice to be written; ``lines`` are (product code, quantity)."""

    key: str
    ref: str
    day: date
    lines: tuple[tuple[str, int], ...]
    sent: bool = True
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True)
class Credit:
    """A credit note: 100 percent take the whole invoice back, less a part of its dearest line.

    Where ``allocated`` is false the credit stays open, as it happens when nobody
    tells the accounts what it belongs to.
    """

    invoice: str
    day: date
    reason: str
    percent: int = 100
    allocated: bool = True

    @property
    def cancels(self):
        return self.percent == 100


@dataclass(frozen=True)
class OnAccount:
    """Money that came without an invoice to it: a down payment or a double transfer."""

    ref: str
    day: date
    amount: str
    memo: str


@dataclass
class Plan:
    """All that happens up to and including ``today``."""

    today: date
    invoices: list[Invoice] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    on_account: list[OnAccount] = field(default_factory=list)

    @property
    def start(self):
        return self.today - timedelta(days=DAYS)

    @property
    def bank_start(self):
        return self.today - timedelta(days=BANK_DAYS)


def make_plan(today, seed, customers=CUSTOMERS):
    """Return the story of all customers up to ``today``."""
    plan = Plan(today)
    for customer in customers:
        rng = random.Random(f"{seed}/{customer.ref}")
        invoices = _invoices_of(customer, today, rng)
        credits = _credits_of(customer, invoices, today, rng)
        plan.invoices += _without_payments_of_cancelled(invoices, credits)
        plan.credits += credits
    plan.invoices.sort(key=lambda invoice: (invoice.day, invoice.key))
    plan.credits.sort(key=lambda credit: (credit.day, credit.invoice))
    plan.on_account = _money_on_account(today)
    return plan


def _invoices_of(customer, today, rng):
    days = sorted(_invoice_day(customer, today, rng) for _ in range(customer.count))
    return [_invoice(customer, number, day, today, rng) for number, day in enumerate(days, start=1)]


def _invoice_day(customer, today, rng):
    """A working day, yesterday at the latest.

    Newcomers have bought lately only, and nobody delivers to a bankrupt.
    """
    first = NEWCOMER_DAYS if customer.habit == "never" else DAYS
    last = INSOLVENT_DAYS - 60 if customer.habit == "insolvent" else 4
    return min(bank_day(today - timedelta(days=rng.randint(last, first))), today)


def _invoice(customer, number, day, today, rng):
    lines = fill_basket(customer.trade, customer.size, rng)
    payments = payments_of(customer.habit, _bill(customer, day, today), rng)
    # Nobody pays what never came; three of a hundred are forgotten, then sent on inquiry.
    forgotten = rng.random() < 0.03 and (today - day).days < 75
    return Invoice(
        key=f"{customer.ref}-{number:03d}",
        ref=customer.ref,
        day=day,
        lines=lines,
        sent=not forgotten,
        payments=() if forgotten else tuple(p for p in payments if p.day < today),
    )


def _bill(customer, day, today):
    term = TERMS[customer.term]
    return Bill(
        day=day,
        dues=tuple(day + timedelta(days=days) for days, _percent in term.dues),
        discount_until=day + timedelta(days=term.discount_days) if term.discount_days else None,
        ends=today - timedelta(days=INSOLVENT_DAYS),
    )


def _credits_of(customer, invoices, today, rng):
    """Three kinds: an invoice taken back, a settled complaint, a bonus nobody allocated."""
    credits = []
    for invoice in invoices:
        day = bank_day(invoice.day + timedelta(days=rng.randint(3, 9)))
        chance = rng.random()
        if day >= today or len(TERMS[customer.term].dues) > 1 or not invoice.sent:
            continue
        if chance < 0.012:
            credits.append(Credit(invoice.key, day, "Storno: falscher Rechnungsempfänger"))
        elif chance < 0.03:
            credits.append(Credit(invoice.key, day, "Nachlass wegen Kratzern", percent=10))
        elif chance < 0.06 and (today - day).days < 120:
            credits.append(
                Credit(invoice.key, day, "Rückgabe Ersatzteile", percent=25, allocated=False)
            )
    return credits


def _without_payments_of_cancelled(invoices, credits):
    """Nobody pays an invoice that was taken back."""
    cancelled = {credit.invoice for credit in credits if credit.cancels}
    return [
        replace(invoice, payments=()) if invoice.key in cancelled else invoice
        for invoice in invoices
    ]


def _money_on_account(today):
    """Four transfers that belong to no invoice; written out, for the reader to find them."""

    def ago(days):
        return bank_day(today - timedelta(days=days))

    return [
        OnAccount("10016", ago(63), "1500.00", "Akonto Ahrweiler Spedition"),
        OnAccount("10029", ago(49), "742.56", "Doppelzahlung, bitte verrechnen"),
        OnAccount("10039", ago(21), "300.00", "Anzahlung Reparatur"),
        OnAccount("10050", ago(34), "450.00", "Acompte commande Moreau"),
    ]
