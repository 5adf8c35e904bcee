"""When an invoice will be paid, as far as the customer's history tells."""

from dataclasses import dataclass
from datetime import date, timedelta

from .distribution import get_days_beyond
from .score import Score

_PARTS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class PaymentForecast:
    """The day on which money is expected.

    Of ten such invoices one is paid before ``earliest`` and one after ``latest``.
    """

    expected: date
    earliest: date
    latest: date


def expected_payment_date(due: date, score: Score, today: date) -> PaymentForecast:
    """Return when an open invoice is expected to be paid, never before ``today``.

    An item already overdue uses the part of the distribution beyond its age.

    :param due: the banking day on which it is due
    """
    age = (today - due).days
    if age > 0:
        days = [get_days_beyond(score.masses, age, part) for part in _PARTS]
    else:
        days = [score.low_days, score.expected_days, score.high_days]
    earliest, expected, latest = (max(due + timedelta(days=day), today) for day in days)
    return PaymentForecast(expected, earliest, latest)
