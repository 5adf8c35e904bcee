"""What lowered a debt, so that whoever reads a table of interest can follow its principal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ChangeKind(StrEnum):
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Change:
    """``amount`` taken off a debt on a ``day``, by the document of this ``number``."""

    day: date
    amount: Decimal
    kind: ChangeKind = ChangeKind.ENTRY
    number: str = ""
