"""From an entry's record to its transactions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..statement import Account, Kind, Status, Transaction
from .division import DetailAmounts, divide
from .fields import (
    account_paths,
    first,
    own_sign,
    parse_amount,
    read_account_number,
    read_currency,
    read_day,
    read_reference,
    read_signed,
)
from .records import Record

_ZERO = Decimal("0.00")
# Where a detail's amount may stand: with itself, as booked, converted, as ordered.
_PLACES = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
_RATES = tuple(f"AmtDtls/{place}/CcyXchg/XchgRate" for place in ("InstdAmt", "TxAmt", "CntrValAmt"))
_REASONS = tuple(
    f"RtrInf/{reason}/{code}" for code in ("Cd", "Prtry") for reason in ("Rsn", "RtrRsn")
)
# What tells entries apart to which the bank gives no reference.
_FEATURES = (
    "Refs/EndToEndId",
    *_PLACES,
    *(f"RltdPties/{role}/{name}" for role in ("Dbtr", "Cdtr") for name in ("Nm", "Pty/Nm")),
    *(f"RltdPties/{role}Acct/Id/IBAN" for role in ("Dbtr", "Cdtr")),
    "RmtInf/Ustrd",
)
_CODES = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
_MISSING_CURRENCY = "XXX"  # ISO 4217: no currency involved


@dataclass(frozen=True, slots=True)
class _Role:
    """Where a detail names one of its two sides."""

    names: tuple[str, ...]
    ultimate: tuple[str, ...]
    iban: str
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> "_Role":
        side = f"RltdPties/{name}"
        iban, numbers = account_paths(f"{side}Acct")
        return cls(
            names=(f"{side}/Nm", f"{side}/Pty/Nm", f"{side}/Agt/FinInstnId/Nm"),
            ultimate=(f"RltdPties/Ultmt{name}/Nm", f"RltdPties/Ultmt{name}/Pty/Nm"),
            iban=iban,
            numbers=numbers,
        )


_DEBTOR, _CREDITOR = _Role.of("Dbtr"), _Role.of("Cdtr")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry says of itself, before its details; ``account`` is the number of its account."""

    account: str
    amount: Decimal
    currency: str
    status: str
    booking_date: date | None
    value_date: date | None
    reference: str | None
    is_reversal: bool


def read_entry(record: Record, number: int, account: Account) -> Entry:
    """Return what an entry's record says of the entry as a whole.

    :param number: which entry of its statement it is, from 1, for messages
    :raise InvalidEntry: amount, sign or a date can't be read
    """
    return Entry(
        account=account.number,
        amount=read_signed(record, number),
        currency=read_currency(record, "Amt") or account.currency or _MISSING_CURRENCY,
        status=first(record, "Sts", "Sts/Cd", "Sts/Prtry") or Status.BOOKED.value,
        booking_date=read_day(record, "BookgDt", number),
        value_date=read_day(record, "ValDt", number),
        reference=first(record, "AcctSvcrRef"),
        is_reversal=first(record, "RvslInd") in ("true", "1"),
    )


def read_features(record: Record, entry: Entry) -> Iterator[str]:
    """Yield what an entry is known by: the bank's own reference, else all that it says."""
    yield entry.currency
    yield str(entry.booking_date or entry.value_date)
    yield f"{entry.amount.normalize():f}"
    details: Sequence[Record] = record.get("TxDtls", ())
    reference = read_reference(record, "AcctSvcrRef")
    if reference is None and len(details) == 1:
        reference = read_reference(details[0], "Refs/AcctSvcrRef")
    if reference is not None:
        yield reference
        return
    for detail in details:
        for path in _FEATURES:
            yield "".join("".join(detail.get(path, ())).split())
        yield from _structured(detail.get("Strd", ()))
    if not details:
        yield "".join((first(record, "AddtlNtryInf") or "").split())


def make_transactions(record: Record, entry: Entry, key: str) -> Iterator[Transaction]:
    """Yield the transactions of an entry, which add up to it."""
    details: Sequence[Record] = record.get("TxDtls") or _find_stray_details(record)
    amounts = [_amounts(detail, entry.currency) for detail in details]
    parts = divide(entry.amount, amounts, _charges(record, entry.currency))
    for position, part in enumerate(parts):
        own = [details[index] for index in part.details]
        if part.kind is not Kind.PAYMENT:
            values = _supplement(record)
        elif len(own) == 1:
            values = _payment(own[0], record, entry, part.amount, is_single=len(details) == 1)
        else:
            values = _collective(own, record, entry, part.amount)
        yield Transaction(
            amount=part.amount,
            currency=entry.currency,
            booking_date=entry.booking_date,
            value_date=entry.value_date,
            status=entry.status,
            kind=part.kind,
            is_reversal=entry.is_reversal,
            entry_key=key,
            key=f"{key}-{position}",
            **({"reference": entry.reference} | values),
        )


def _find_stray_details(record: Record) -> Sequence[Record]:
    """Return the entry itself where it says, against the schema, what its details should say."""
    return (record,) if "RmtInf/Ustrd" in record or "Refs/EndToEndId" in record else ()


def _amounts(detail: Record, currency: str) -> DetailAmounts:
    return DetailAmounts(
        tuple(_amount_in(detail, place, currency) for place in _PLACES),
        own_sign(detail),
        _charges(detail, currency),
    )


def _amount_in(record: Record, path: str, currency: str) -> Decimal | None:
    """Return an amount that isn't zero and is in this currency, or in none that is named."""
    if path not in record or (read_currency(record, path) or currency) != currency:
        return None
    return parse_amount(first(record, path)) or None


def _charges(record: Record, currency: str) -> Decimal:
    """Return what was charged; each record of version 02 is a charge, later ones hold them."""
    total = _ZERO
    for charges in record.get("Chrgs", ()):
        single = [*charges.get("Rcrd", ())] or [charges]
        for charge in single:
            path = "Amt" if "Amt" in charge else "TtlChrgsAndTaxAmt"
            amount = _amount_in(charge, path, currency) or _ZERO
            total += -amount if own_sign(charge) == 1 else amount
    return total


def _supplement(record: Record) -> dict[str, Any]:
    return {"bank_code": _bank_code(record), "additional": first(record, "AddtlNtryInf")}


def _collective(
    details: Sequence[Record], record: Record, entry: Entry, amount: Decimal
) -> dict[str, Any]:
    """Describe one transaction for details whose own amounts nobody knows, or for none at all."""
    payments = [_payment(one, record, entry, amount, is_single=False) for one in details]
    parties = {(one["party"], one["party_iban"]) for one in payments}
    party, iban = parties.pop() if len(parties) == 1 else (None, None)
    joined = {
        name: tuple(dict.fromkeys(text for one in payments for text in one[name]))
        for name in ("remittance", "structured", "documents")
    }
    return joined | {
        "bank_code": _bank_code(record),
        "additional": _join(first(record, "AddtlNtryInf"), *_tell_apart(payments)),
        "end_to_end": _shared(payments, "end_to_end"),
        "mandate": _shared(payments, "mandate"),
        "party": party,
        "party_iban": iban,
        "return_reason": next(filter(None, (one["return_reason"] for one in payments)), None),
        "charges": _charges(record, entry.currency),
    }


def _shared(payments: Sequence[dict[str, Any]], name: str) -> Any:
    """Return the one value that the payments have, if it is one."""
    values = {one[name] for one in payments} - {None}
    return values.pop() if len(values) == 1 else None


def _tell_apart(payments: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what only some of the payments say, so that a person sees it."""
    for name in ("party", "end_to_end", "mandate"):
        values = dict.fromkeys(one[name] for one in payments if one[name])
        if len(values) > 1:
            yield ", ".join(values)


def _join(*texts: str | None) -> str | None:
    """Return texts in one, without those that another one holds already."""
    kept: list[str] = []
    for text in filter(None, texts):
        if not any(text in other for other in kept):
            kept.append(text)
    return "\n".join(kept) or None


def _payment(
    detail: Record, record: Record, entry: Entry, amount: Decimal, *, is_single: bool
) -> dict[str, Any]:
    role, other = (_CREDITOR, _DEBTOR) if amount < 0 else (_DEBTOR, _CREDITOR)
    party = first(detail, *role.names)
    if entry.is_reversal and party is None:
        # Money that goes back names the one whom it once came from.
        role, party = other, first(detail, *other.names)
    iban, number = read_account_number(detail, role.iban, role.numbers)
    original, original_currency = _original(detail, record if is_single else {}, entry.currency)
    ultimate = first(detail, *role.ultimate)
    opposite: dict[str, Any] = {}
    if iban and iban == entry.account:
        # A returned debit keeps the roles of the debit: the account's owner is its creditor.
        role = _DEBTOR if role is _CREDITOR else _CREDITOR
        opposite_iban, opposite_number = read_account_number(detail, role.iban, role.numbers)
        opposite = {
            "is_own_party": True,
            "opposite": first(detail, *role.names, *role.ultimate),
            "opposite_iban": opposite_iban or opposite_number,
        }
    strd: Sequence[Record] = detail.get("Strd", ())
    return opposite | {
        "reference": first(detail, "Refs/AcctSvcrRef") or entry.reference,
        "end_to_end": read_reference(detail, "Refs/EndToEndId"),
        "mandate": read_reference(detail, "Refs/MndtId"),
        "remittance": tuple(detail.get("RmtInf/Ustrd", ())),
        "structured": tuple(_structured(strd)),
        "documents": tuple(_documents(strd)),
        "party": party or ultimate,
        "party_iban": iban or number,
        "ultimate_party": ultimate,
        "bank_code": _bank_code(detail) or _bank_code(record),
        "return_reason": first(detail, *_REASONS),
        "charges": _charges(detail, entry.currency)
        or (_charges(record, entry.currency) if is_single else _ZERO),
        "original_amount": original,
        "original_currency": original_currency,
        "rate": parse_amount(first(detail, *_RATES)),
        "additional": _join(first(detail, "AddtlTxInf"), first(record, "AddtlNtryInf")),
    }


def _structured(strd: Sequence[Record]) -> Iterator[str]:
    for record in strd:
        yield from record.get("CdtrRefInf/Ref", ())
        yield from record.get("CdtrRefInf/CdtrRef", ())


def _documents(strd: Sequence[Record]) -> Iterator[str]:
    for record in strd:
        yield from record.get("RfrdDocInf/Nb", ())
        yield from record.get("RfrdDocInf/RfrdDocNb", ())
        yield from record.get("AddtlRmtInf", ())


def _bank_code(record: Record) -> str | None:
    """Return domain, family and sub-family, e.g. ``PMNT-RCDT-ESCT``, else the bank's own code."""
    parts = [values[0] for path in _CODES if (values := record.get(path))]
    return "-".join(parts) or first(record, "BkTxCd/Prtry/Cd")


def _original(detail: Record, record: Record, currency: str) -> tuple[Decimal | None, str | None]:
    """Return what was ordered and in which currency, where it isn't the account's."""
    for source in (detail, record):
        for path in reversed(_PLACES):
            found = read_currency(source, path)
            if found and found != currency and (amount := parse_amount(first(source, path))):
                return amount, found
    return None, None
