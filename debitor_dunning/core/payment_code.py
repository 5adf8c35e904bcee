"""The payment code on a letter: what a banking app reads to fill in a transfer.

Source: European Payments Council, EPC069-12, «Quick Response Code: Guidelines to Enable
Data Capture for the Initiation of an SEPA Credit Transfer», version 002.

>>> code = PaymentCode("Muster GmbH", "DE89 3704 0044 0532 0130 00", Decimal("12.5"), "RE/7")
>>> payment_code_payload(code).splitlines()[5:8]
['Muster GmbH', 'DE89370400440532013000', 'EUR12.50']
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from .errors import PaymentCodeError

NAME_LENGTH = 70
TEXT_LENGTH = 140
PAYLOAD_BYTES = 331
SMALLEST = Decimal("0.01")
LARGEST = Decimal("999999999.99")

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CHECK_MODULUS = 97


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """A SEPA transfer to ``name``; ``amount`` is in euros, ``text`` is free text."""

    name: str
    iban: str
    amount: Decimal
    text: str = ""
    bic: str = ""


def payment_code_payload(code: PaymentCode) -> str:
    """Return the text that the QR code holds.

    :raise PaymentCodeError: one of the data is missing, malformed or too long; ``code``
        names it
    """
    bic = compact(code.bic)
    _require(not bic or _BIC.fullmatch(bic), "bic", code.bic)
    _require(_fits(code.name, NAME_LENGTH) and code.name.strip(), "name", code.name)
    _require(is_iban(code.iban), "iban", code.iban)
    _require(_is_amount(code.amount), "amount", code.amount)
    _require(_fits(code.text, TEXT_LENGTH), "text", code.text)
    lines = (
        "BCD",
        "002",  # the BIC may be left out
        "1",  # UTF-8
        "SCT",
        bic,
        code.name,
        compact(code.iban),
        f"EUR{code.amount:.2f}",
        "",  # purpose
        "",  # structured reference, instead of free text
        code.text,
    )
    payload = "\n".join(lines).rstrip("\n")
    _require(len(payload.encode()) <= PAYLOAD_BYTES, "size", payload)
    return payload


def is_iban(number: str) -> bool:
    """Tell whether ``number`` is an IBAN with right check digits (ISO 13616).

    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE88 3704 0044 0532 0130 00")
    (True, False)
    """
    iban = compact(number)
    if not _IBAN.fullmatch(iban):
        return False
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return int(digits) % _CHECK_MODULUS == 1


def group_iban(number: str) -> str:
    """Return an IBAN in groups of four, as people read and type it."""
    iban = compact(number)
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def compact(number: str) -> str:
    return re.sub(r"\s", "", number or "").upper()


def _is_amount(amount: Decimal) -> bool:
    return amount.is_finite() and SMALLEST <= amount <= LARGEST and amount == round(amount, 2)


def _fits(text: str, length: int) -> bool:
    return len(text) <= length and not _CONTROL.search(text)


def _require(holds: object, code: str, value: object) -> None:
    if not holds:
        raise PaymentCodeError(code, value=value)
