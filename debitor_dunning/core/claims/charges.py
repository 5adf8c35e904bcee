"""Which fee and which lump sums a notice may claim from this debtor, and what it may not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .default_start import DefaultStart
from .party import Party

_ZERO = Decimal(0)


class ClaimKind(StrEnum):
    FEE = "fee"
    LUMP_SUM = "lump_sum"
    INTEREST = "interest"


class Correction(StrEnum):
    """Why a charge that the level asks for is left out."""

    CONSUMER_LUMP_SUM = "consumer_lump_sum"
    LUMP_SUM_CLAIMED = "lump_sum_claimed"
    NOT_IN_DEFAULT = "not_in_default"
    FIRST_REMINDER = "first_reminder"


@dataclass(frozen=True, slots=True)
class LevelCharges:
    """What a dunning level charges; amounts in the notice's currency, 0 for nothing."""

    fee_consumer: Decimal = _ZERO
    fee_business: Decimal = _ZERO
    lump_sum: Decimal = _ZERO

    def fee(self, party: Party) -> Decimal:
        return self.fee_consumer if party.is_consumer else self.fee_business


@dataclass(frozen=True, slots=True)
class ChargedItem:
    """A dunned item. ``start`` is when default began without the notice that is being made."""

    item_id: int
    invoice_id: int
    start: DefaultStart | None
    has_lump_sum: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """A claim beside the items; a fee belongs to the notice and names no item."""

    kind: ClaimKind
    amount: Decimal
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Charges:
    """What is charged, and what was left out and why: ``(kind, correction, item id)``."""

    claims: tuple[Charge, ...]
    corrections: tuple[tuple[ClaimKind, Correction, int | None], ...]


def decide_charges(
    level: LevelCharges, party: Party, items: Iterable[ChargedItem], today: date
) -> Charges:
    """Return fee and lump sums of a notice that goes out ``today``.

    A reminder that itself puts the debtor into default is no damage of default and costs
    nothing. The lump sum is due for each late invoice once, and from no consumer
    (§ 288 (5) BGB).
    """
    items = tuple(items)
    late = tuple(item for item in items if item.start is not None and item.start.day <= today)
    claims: list[Charge] = []
    corrections: list[tuple[ClaimKind, Correction, int | None]] = []
    fee = level.fee(party)
    if fee and late:
        claims.append(Charge(ClaimKind.FEE, fee))
    elif fee:
        corrections.append((ClaimKind.FEE, Correction.FIRST_REMINDER, None))
    if level.lump_sum:
        charged: set[int] = set()
        for item in items:
            if item.invoice_id in charged:
                continue
            obstacle = _lump_sum_obstacle(item, party, item in late)
            if obstacle is None:
                charged.add(item.invoice_id)
                claims.append(Charge(ClaimKind.LUMP_SUM, level.lump_sum, item.item_id))
            else:
                corrections.append((ClaimKind.LUMP_SUM, obstacle, item.item_id))
    return Charges(tuple(claims), tuple(corrections))


def _lump_sum_obstacle(item: ChargedItem, party: Party, is_late: bool) -> Correction | None:
    if party.is_consumer:
        return Correction.CONSUMER_LUMP_SUM
    if item.has_lump_sum:
        return Correction.LUMP_SUM_CLAIMED
    return None if is_late else Correction.NOT_IN_DEFAULT
