"""Single values of a record, typed."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ..errors import InvalidEntry
from ..placeholders import is_placeholder
from .records import Record

# As the schemas have it: a decimal of at least zero, in plain digits.
_AMOUNT = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})|-0{1,18}(?:\.0{0,18})?")
_SIGNS = {"CRDT": 1, "DBIT": -1}
_CURRENCY = re.compile(r"[A-Z]{3}")
_ISO_DATE = 10  # yyyy-mm-dd


def first(record: Record, *paths: str) -> str | None:
    """Return the first text under the first of the paths that has one."""
    for path in paths:
        if values := record.get(path):
            return str(values[0])
    return None


def read_reference(record: Record, *paths: str) -> str | None:
    """Return a reference that was really given: the first that is no placeholder."""
    for path in paths:
        for value in record.get(path, ()):
            if not is_placeholder(value):
                return str(value)
    return None


def parse_amount(text: str | None) -> Decimal | None:
    """Return an amount, which ISO 20022 writes without a minus sign; None if it is none.

    >>> parse_amount(".6"), parse_amount("1,50"), parse_amount("-1.50"), parse_amount("")
    (Decimal('0.6'), None, None, None)
    """
    if text is None or not _AMOUNT.fullmatch(text):
        return None
    return abs(Decimal(text))


def read_signed(record: Record, entry: int) -> Decimal:
    """Return the entry's amount with its sign; only ``CdtDbtInd`` gives it.

    :raise InvalidEntry: there is no readable amount or sign
    """
    amount = parse_amount(first(record, "Amt"))
    if amount is None:
        raise InvalidEntry("amount", entry=entry, text=first(record, "Amt") or "–")
    return amount * read_sign(record, entry)


def read_sign(record: Record, entry: int) -> int:
    indicator = first(record, "CdtDbtInd") or "–"
    if indicator not in _SIGNS:
        raise InvalidEntry("sign", entry=entry, text=indicator)
    return _SIGNS[indicator]


def own_sign(record: Record) -> int | None:
    """Return 1 for a credit, -1 for a debit, None where the record doesn't say."""
    return _SIGNS.get(first(record, "CdtDbtInd") or "")


def read_currency(record: Record, path: str) -> str | None:
    """Return the currency of the amount under ``path`` if it looks like one."""
    values = record.get(f"{path}@Ccy")
    return _as_currency(values[0]) if values else None


@lru_cache(maxsize=500)
def _as_currency(text: str) -> str | None:
    currency = text.upper()
    return currency if _CURRENCY.fullmatch(currency) else None


def read_day(record: Record, path: str, entry: int | None = None) -> date | None:
    """Return the day of ``path/Dt`` or ``path/DtTm`` as the bank wrote it, without its zone.

    :raise InvalidEntry: there is text that is no date
    """
    text = first(record, f"{path}/Dt", f"{path}/DtTm", path)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:_ISO_DATE])
    except ValueError as error:
        raise InvalidEntry("date", entry=entry, text=text) from error


def read_account_number(
    record: Record, iban_path: str, other_paths: Sequence[str]
) -> tuple[str | None, str | None]:
    """Return (IBAN, other number) of an account; see ``account_paths``."""
    iban = first(record, iban_path)
    return (normalize_iban(iban) if iban else None), first(record, *other_paths)


def account_paths(account: str) -> tuple[str, tuple[str, ...]]:
    """Return where the IBAN of an account stands, and where another number does."""
    others = ("Othr/Id", "BBAN", "PrtryAcct/Id", "UPIC")
    return f"{account}/Id/IBAN", tuple(f"{account}/Id/{other}" for other in others)


def normalize_iban(text: str) -> str:
    """Return an IBAN without blanks and signs, in capitals.

    >>> normalize_iban("de44 5001 0517 5407 3249 31")
    'DE44500105175407324931'
    """
    return "".join(filter(str.isalnum, text)).upper()
