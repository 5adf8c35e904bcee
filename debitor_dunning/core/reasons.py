"""Why an open item is, or is not, on a notice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Code(StrEnum):
    """One code for each sentence that a user can read about an open item."""

    REACHED = "reached"
    CREDIT = "credit"
    REPEATED = "repeated"
    NO_PROCEDURE = "no_procedure"
    NO_LEVELS = "no_levels"
    NO_DUE_DATE = "no_due_date"
    NO_RATE = "no_rate"
    EXCLUDED = "excluded"
    BLOCKED = "blocked"
    ON_NOTICE = "on_notice"
    IN_PAYMENT = "in_payment"
    NEVER_SENT = "never_sent"
    NOT_DUE = "not_due"
    GRACE = "grace"
    DEADLINE_RUNNING = "deadline_running"
    TOO_SOON = "too_soon"
    PAUSE = "pause"
    LAST_LEVEL = "last_level"
    BELOW_LEVEL_MINIMUM = "below_level_minimum"
    BELOW_MINIMUM = "below_minimum"
    COVERED_BY_CREDIT = "covered_by_credit"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with the facts that its sentence needs.

    ``until`` is the first day on which the item could move on, if a date is all
    that it waits for (of a block: its last day); ``detail`` is free text of a person (a block's reason) or a
    number of a document; ``amount`` and ``limit`` are in company currency.
    """

    code: Code
    until: date | None = None
    detail: str = ""
    amount: Decimal | None = None
    limit: Decimal | None = None
