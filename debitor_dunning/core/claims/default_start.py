"""From which day a debtor is in default with an item, and why (§ 286 BGB)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..calendar import Calendar

_ONE_DAY = timedelta(days=1)
_THIRTY_DAYS = timedelta(days=30)


class StartReason(StrEnum):
    """Why default began; where two reasons name one day, the one listed first is given."""

    MANUAL = "manual"
    AGREED_DATE = "agreed_date"
    REMINDER = "reminder"
    THIRTY_DAYS = "thirty_days"


@dataclass(frozen=True, slots=True)
class DefaultFacts:
    """What is known of an item.

    ``received`` is the day on which the invoice reached the debtor, ``reminded`` the days on
    which reminders did. A due date merely printed on the invoice is no agreed one. A
    consumer is in default without a reminder only where the invoice ``warned`` of it.
    ``manual`` is a day that a person set for the invoice.
    """

    due: date
    received: date | None = None
    reminded: tuple[date, ...] = ()
    is_agreed: bool = False
    is_consumer: bool = True
    warned: bool = False
    manual: date | None = None


@dataclass(frozen=True, slots=True)
class DefaultStart:
    """The first day of default, which bears interest (§ 187 (1) BGB), and its reason.

    ``received``: on which day the invoice counts as received, where the 30 days depend on it.
    """

    day: date
    reason: StartReason
    received: date | None = None


def find_default_start(facts: DefaultFacts, calendar: Calendar) -> DefaultStart | None:
    """Return when default began or will begin as things stand, or None while nothing does it.

    A last day on a weekend or holiday is followed by the next working day (§ 193 BGB). Nobody
    is in default with what isn't due yet: a day set by hand holds for a whole invoice, and for
    each of its instalments not before the instalment was due.
    """
    if facts.manual is not None:
        first = calendar.next_working_day(facts.due) + _ONE_DAY
        return DefaultStart(max(facts.manual, first), StartReason.MANUAL)
    return min(_starts(facts, calendar), key=lambda start: start.day, default=None)


def _starts(facts: DefaultFacts, calendar: Calendar) -> Iterator[DefaultStart]:
    due = calendar.next_working_day(facts.due)
    if facts.is_agreed:
        yield DefaultStart(due + _ONE_DAY, StartReason.AGREED_DATE)
    # A reminder that comes before the item is due does nothing.
    effective = [day for day in facts.reminded if day > due]
    if effective:
        yield DefaultStart(min(effective) + _ONE_DAY, StartReason.REMINDER)
    if facts.received is not None and (facts.warned or not facts.is_consumer):
        last = calendar.next_working_day(max(facts.due, facts.received) + _THIRTY_DAYS)
        yield DefaultStart(last + _ONE_DAY, StartReason.THIRTY_DAYS, facts.received)


def count_as_received(invoiced: date, days: int) -> date:
    """Return the day on which an invoice reached the debtor, for all that the creditor knows.

    The 30 days run from receipt, which the creditor has to prove (§ 286 (3) BGB). The law
    presumes no day for private letters; authorities reckon with four (§ 122 (2) AO).

    :param invoiced: the day on which it was made out
    :param days: that the post takes, 0 or more
    """
    return invoiced + timedelta(days=days)
