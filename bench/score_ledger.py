"""A ledger of invoices from a CSV file, and what of it was known on a day.

Columns: customer, invoice_date, due_date, paid_date, amount; ISO dates, an empty paid_date is
open. The order of the rows doesn't matter.
"""

import csv
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from debitor_dunning.core.calendar import Calendar
from debitor_scoring.core.history import Overdue, PaymentHistory, Settled

COLUMNS = ("customer", "invoice_date", "due_date", "paid_date", "amount")
_SATURDAY = 5
# Where more payments than this are dated on weekends, they don't follow banking days, and
# § 193 BGB explains nothing. Holidays are no sign: they differ from country to country.
FEW_ON_WEEKENDS = 0.05


class InvalidLedger(Exception):
    """The file isn't of the form; the message names the line."""


@dataclass(frozen=True, slots=True)
class Invoice:
    number: int
    customer: str
    invoiced: date
    printed_due: date
    due: date
    paid: date | None
    amount: float

    @property
    def days_late(self):
        return None if self.paid is None else (self.paid - self.due).days


@dataclass(frozen=True, slots=True)
class Ledger:
    invoices: list
    uses_banking_days: bool
    weekend_share: float
    left_out: int

    @property
    def end(self):
        """The last day that anything is known of."""
        days = [one.invoiced for one in self.invoices]
        days += [one.paid for one in self.invoices if one.paid]
        return max(days)


def read_ledger(path, country="DE", due="auto"):
    """Return the ledger of a file, sorted by invoice date; credit notes are left out.

    :param due: «printed», «banking» (next banking day of the country), or «auto»: banking if
        the payments of the file keep off weekends themselves
    """
    rows = list(_read_rows(path))
    kept = [row for row in rows if row[-1] > 0]
    if not kept:
        raise InvalidLedger(f"{path}: no invoice in it")
    calendar = _get_calendar(country)
    paid = [row[4] for row in kept if row[4]]
    on_weekends = sum(day.weekday() >= _SATURDAY for day in paid) / max(len(paid), 1)
    is_banking = due == "banking" or (due == "auto" and on_weekends <= FEW_ON_WEEKENDS)
    invoices = [
        Invoice(
            number,
            customer,
            invoiced,
            printed,
            calendar.next_working_day(printed) if is_banking else printed,
            paid_on,
            amount,
        )
        for number, customer, invoiced, printed, paid_on, amount in kept
    ]
    invoices.sort(key=lambda one: (one.invoiced, one.number))
    return Ledger(invoices, is_banking, on_weekends, len(rows) - len(kept))


def _get_calendar(country):
    import holidays

    try:
        return Calendar(holidays.country_holidays(country))
    except NotImplementedError as error:
        raise InvalidLedger(f"--country {country}: {error}") from None


def _read_rows(path):
    """Yield (line, customer, invoiced, due, paid or None, amount)."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise InvalidLedger(f"{path}, line 1: no column {', '.join(sorted(missing))}")
            for row in reader:
                yield _as_row(path, reader.line_num, row)
    except UnicodeDecodeError as error:
        raise InvalidLedger(f"{path}: not UTF-8: {error}") from None
    except OSError as error:
        raise InvalidLedger(f"{path}: {error.strerror}") from None


def _as_row(path, line, row):
    def fail(what):
        raise InvalidLedger(f"{path}, line {line}: {what}") from None

    def read_day(name):
        try:
            return date.fromisoformat(row[name].strip())
        except ValueError:
            return fail(f"{name} «{row[name]}» is no ISO date")

    if any(row[name] is None for name in COLUMNS):
        fail(f"fewer than {len(COLUMNS)} values")
    if not row["customer"].strip():
        fail("no customer")
    try:
        amount = float(row["amount"])
    except ValueError:
        fail(f"amount «{row['amount']}» is no number")
    if amount != amount or abs(amount) == float("inf"):
        fail(f"amount «{row['amount']}» is no number")
    paid = read_day("paid_date") if row["paid_date"].strip() else None
    invoiced, due = read_day("invoice_date"), read_day("due_date")
    return line, row["customer"].strip(), invoiced, due, paid, amount


class Known:
    """What was known in the morning of a day: invoices and payments of the days before.

    Days may only be asked for in rising order. A payment in advance is known from its day.
    """

    def __init__(self, invoices):
        self.today = None
        self.settled = defaultdict(list)
        self._arriving = deque(sorted(invoices, key=lambda one: one.invoiced))
        paid = (one for one in invoices if one.paid)
        self._paying = deque(sorted(paid, key=lambda one: one.paid))
        self._open = defaultdict(dict)
        self._histories = defaultdict(list)
        self._all_settled = []

    def move_to(self, today):
        self.today = today
        while self._arriving and self._arriving[0].invoiced < today:
            one = self._arriving.popleft()
            if one.paid is None or one.paid >= today:
                self._open[one.customer][one.number] = one
        while self._paying and self._paying[0].paid < today:
            one = self._paying.popleft()
            self._open[one.customer].pop(one.number, None)
            self.settled[one.customer].append(one)
            self._histories[one.customer].append(Settled(one.number, one.due, one.paid))
            self._all_settled.append(self._histories[one.customer][-1])

    def get_open(self, customer):
        return self._open[customer].values()

    def get_history(self, customer):
        return PaymentHistory(
            tuple(self._histories[customer]), tuple(self._overdue(self.get_open(customer)))
        )

    def get_all(self):
        """Return the observations of all customers, as if they were one."""
        still_open = (one for by_number in self._open.values() for one in by_number.values())
        return PaymentHistory(tuple(self._all_settled), tuple(self._overdue(still_open)))

    def _overdue(self, invoices):
        for one in invoices:
            if one.due < self.today:
                yield Overdue(one.number, one.due)
