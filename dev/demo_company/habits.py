"""How customers pay: from the terms of a bill to the days and shares of its payments.

Pure: chance is an argument. What lies after the last day of the story is cut off by
the caller, so that a habit needs no clock.
"""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
# Days on which no bank books in Germany, whatever the year (month, day).
_BANK_HOLIDAYS = frozenset({(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)})


@dataclass(frozen=True)
class Bill:
    """What a habit knows of an invoice: its day, due days and the end of the discount.

    ``dues`` has one day per instalment; ``ends`` is the day from which an insolvent
    customer pays nothing any more.
    """

    day: date
    dues: tuple[date, ...]
    discount_until: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Payment:
    """A share of an instalment's open rest that is paid on a day.

    ``share`` 1 settles the rest; ``discount`` settles it with the agreed deduction.
    """

    day: date
    instalment: int = 0
    share: float = 1.0
    discount: bool = False


def bank_day(day):
    """The first day not before ``day`` on which banks book."""
    while day.weekday() >= _SATURDAY or (day.month, day.day) in _BANK_HOLIDAYS:
        day += timedelta(days=1)
    return day


def _after(due, least, greatest, bill, rng):
    """A bank day between ``least`` and ``greatest`` days after ``due``, not before the bill."""
    return bank_day(max(due + timedelta(days=rng.randint(least, greatest)), bill.day))


def _whole(bill, rng, least, greatest):
    return [
        Payment(_after(due, least, greatest, bill, rng), number)
        for number, due in enumerate(bill.dues)
    ]


def early(bill, rng):
    """Takes the early discount nearly always, else pays on the due day."""
    if bill.discount_until is None or rng.random() < 0.1:
        return punctual(bill, rng)
    earliest = bill.day + (bill.discount_until - bill.day) / 2
    days = (bill.discount_until - earliest).days
    day = bank_day(earliest + timedelta(days=rng.randint(0, days)))
    return [Payment(day, discount=day <= bill.discount_until)]


def punctual(bill, rng):
    """Pays around the due day, never noticeably late."""
    return _whole(bill, rng, -4, 1)


def late(bill, rng):
    """Pays every other bill five to ten days late, the rest on time."""
    return _whole(bill, rng, 5, 10) if rng.random() < 0.5 else punctual(bill, rng)


def forgetful(bill, rng):
    """Pays on time, but every seventh bill is forgotten until a letter comes."""
    return reminder(bill, rng) if rng.random() < 1 / 7 else punctual(bill, rng)


def unsteady(bill, rng):
    """Pays every other bill on time, and weeks late when money is short."""
    return slow(bill, rng) if rng.random() < 0.5 else punctual(bill, rng)


def slow(bill, rng):
    """Pays twenty to forty days late, every fifth time in two parts."""
    if rng.random() < 0.8:
        return _whole(bill, rng, 20, 40)
    return [
        payment
        for number, due in enumerate(bill.dues)
        for payment in (
            Payment(_after(due, 15, 22, bill, rng), number, share=0.5),
            Payment(_after(due, 38, 55, bill, rng), number),
        )
    ]


def reminder(bill, rng):
    """Pays only when reminded: mostly after the first letter, else after the second."""
    return _whole(bill, rng, 20, 27) if rng.random() < 0.6 else _whole(bill, rng, 37, 52)


def collective(bill, rng):
    """Pays everything that is due in one transfer on the 10th and the 25th.

    It is in good time: the pay day before the due day is the one that counts.
    """
    return [
        Payment(max(_pay_day_before(due), bank_day(bill.day)), number)
        for number, due in enumerate(bill.dues)
    ]


def _pay_day_before(due):
    for back in range(31):
        day = due - timedelta(days=back)
        if day.day in (10, 25):
            return bank_day(day)
    raise AssertionError("there is a 10th and a 25th in any 31 days")


def disputing(bill, rng):
    """Complains about every tenth bill: keeps a part back, for good."""
    if rng.random() < 0.9:
        return _whole(bill, rng, 2, 9)
    return [Payment(_after(bill.dues[0], 4, 12, bill, rng), share=0.7)]


def insolvent(bill, rng):
    """Pays like a slow customer until the money ends."""
    paid = _whole(bill, rng, 6, 18)
    return [payment for payment in paid if bill.ends is None or payment.day < bill.ends]


def never(bill, rng):
    """Has not paid yet."""
    return []


HABITS = {
    habit.__name__: habit
    for habit in (
        early, punctual, late, forgetful, unsteady, slow, reminder, collective, disputing, insolvent,
        never,
    )
}  # fmt: skip


def payments_of(habit, bill, rng):
    """The payments of a bill, in order of days."""
    return sorted(HABITS[habit](bill, rng), key=lambda payment: (payment.day, payment.instalment))
