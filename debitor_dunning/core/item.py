"""What a run judges: the open items of one debtor."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Block:
    """A dunning block that holds on the day of the run."""

    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A receivable line with a residual.

    ``residual`` is in the item's currency and ``residual_company`` in the company's;
    both are positive when the debtor owes and negative for a credit note or an
    unallocated payment; ``total`` is what it was before any payment. ``level_id`` is the
    highest level that a sent notice gave this item and ``rank`` its position, 0 for none;
    ``deadline`` and ``notified_on`` belong to that notice. ``notice`` names a notice that is under way with this item. ``in_payment``: a
    payment is registered that is not booked yet.
    """

    id: int
    move_id: int
    partner_id: int
    currency_id: int
    due: date | None
    residual: Decimal
    residual_company: Decimal
    total: Decimal = Decimal(0)
    rank: int = 0
    level_id: int = 0
    notified_on: date | None = None
    deadline: date | None = None
    block: Block | None = None
    excluded: bool = False
    never_sent: bool = False
    has_rate: bool = True
    in_payment: bool = False
    notice: str = ""

    @property
    def is_credit(self) -> bool:
        return self.residual < 0
