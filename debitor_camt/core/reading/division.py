"""How a collective entry is divided into its details, so that they always add up to it.

Banks give a detail's amount in up to four places, repeat the entry's amount in each detail,
leave amounts out, or give them in another currency. The first place whose amounts add up
wins; what is missing in the end becomes a transaction of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..statement import Kind

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DetailAmounts:
    """What a detail says of its amount, in the entry's currency and without sign.

    ``places`` has one amount, or None, for each place in which banks write it; ``sign`` is
    the detail's own, None where it has none; ``charges`` are positive for what was taken.
    """

    places: tuple[Decimal | None, ...]
    sign: int | None = None
    charges: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an entry: the details that it stands for, by position, and its amount."""

    details: tuple[int, ...]
    amount: Decimal
    kind: Kind = Kind.PAYMENT


def divide(
    entry: Decimal, details: Sequence[DetailAmounts], charges: Decimal = _ZERO
) -> list[Part]:
    """Return parts that add up to ``entry``.

    :param entry: the entry's signed amount
    :param charges: what the entry itself says it was charged
    """
    if not details:
        return [Part((), entry)]
    charged = sum((detail.charges for detail in details), charges)
    for amounts in _views(entry, details):
        rest = entry - sum(amounts)
        if rest == 0:
            return _whole(amounts)
        if charged and rest == -charged:
            return [*_whole(amounts), Part((), rest, Kind.CHARGE)]
    if len(details) == 1 and not _best(details[0]):
        return [Part((0,), entry)]
    if _repeats_entry(entry, details):
        return [Part(tuple(range(len(details))), entry)]
    return _with_difference(entry, details)


def _views(entry: Decimal, details: Sequence[DetailAmounts]) -> Iterator[list[Decimal]]:
    """Yield complete lists of signed amounts, the most trusted place and sign first."""
    sign = -1 if entry < 0 else 1
    has_own_signs = any(detail.sign not in (None, sign) for detail in details)
    for place in range(len(details[0].places)):
        amounts = [detail.places[place] for detail in details]
        if not all(amounts):
            continue
        plain = [amount for amount in amounts if amount is not None]
        if has_own_signs:
            yield [
                amount * (detail.sign or sign)
                for amount, detail in zip(plain, details, strict=True)
            ]
        yield [amount * sign for amount in plain]


def _whole(amounts: Sequence[Decimal]) -> list[Part]:
    return [Part((number,), amount) for number, amount in enumerate(amounts)]


def _best(detail: DetailAmounts) -> Decimal | None:
    return next((amount for amount in detail.places if amount), None)


def _repeats_entry(entry: Decimal, details: Sequence[DetailAmounts]) -> bool:
    return len(details) > 1 and all(_best(detail) == abs(entry) for detail in details)


def _with_difference(entry: Decimal, details: Sequence[DetailAmounts]) -> list[Part]:
    """Keep the amounts that are known; details without one share what is left."""
    sign = -1 if entry < 0 else 1
    parts, unknown, left = [], [], entry
    for number, detail in enumerate(details):
        best = _best(detail)
        if best is None:
            unknown.append(number)
            continue
        amount = best * (detail.sign or sign)
        parts.append(Part((number,), amount))
        left -= amount
    if unknown:
        parts.append(Part(tuple(unknown), left))
    elif left:
        parts.append(Part((), left, Kind.DIFFERENCE))
    return parts
