"""Structured references: what their check digits vouch for.

A reference with a check digit in a form that nothing else has names its invoice even in the
middle of a text. One of plain digits does so only where the bank says it is a reference:
one of ten order numbers has a right check digit by chance.

>>> kind_of("RF18 5390 0754 7034"), kind_of("+++010/8068/17183+++"), kind_of("4711")
('RF', 'OGM', None)
"""

import re
from collections.abc import Iterator

from stdnum import iso11649, luhn
from stdnum.ch import esr

from .text import compact

_FI_WEIGHTS = (7, 3, 1)
_QRR_LENGTH = 27
_FI_LENGTHS = range(4, 21)
_KID_LENGTHS = range(4, 26)
_OGM_LENGTH = 12
_OGM_PRINTED = re.compile(r"([+*]{3})\s?(\d{3})\s?/\s?(\d{4})\s?/\s?(\d{5})\s?\1")
_RF_PRINTED = re.compile(r"\bRF\d{2}(?:[ ]?[A-Z0-9]{1,4}){1,6}")
_QRR_PRINTED = re.compile(r"\b\d{2}(?:[ ]?\d{5}){5}\b")
_SI_PRINTED = re.compile(r"\bSI\d{2}[ ]?\d+(?:-\d+){0,2}\b")
_SI_WEIGHTS = range(2, 14)

# Forms that nothing else has.
UNMISTAKABLE = frozenset({"RF", "QRR", "OGM", "SI"})


def kind_of(reference: str) -> str | None:
    """Return which check digit the reference has right, or None.

    RF (ISO 11649), QRR (Swiss QR-bill), OGM (Belgium), SI (Slovenia, model 01), and for
    plain digits FI (Finland, 7-3-1) or KID (Norway and Sweden, modulus 10 or 11).
    """
    plain = compact(reference)
    if plain.startswith("RF"):
        return "RF" if iso11649.is_valid(plain) else None
    if plain.startswith("SI01"):
        return "SI" if _is_slovenian(plain[4:]) else None
    if not plain.isdigit():
        return None
    if len(plain) == _QRR_LENGTH:
        return "QRR" if esr.is_valid(plain) else None
    if len(plain) == _OGM_LENGTH and _is_belgian(plain):
        return "OGM"
    if len(plain) in _FI_LENGTHS and _is_finnish(plain):
        return "FI"
    return "KID" if len(plain) in _KID_LENGTHS and _is_norwegian(plain) else None


def printed_references(folded: str) -> Iterator[str]:
    """Yield what may be a reference of an unmistakable form in a text, compact.

    Where an RF reference ends is not known when blanks group it: every end that has right
    check digits is yielded, the longest first.
    """
    for match in _OGM_PRINTED.finditer(folded):
        yield "".join(match.group(2, 3, 4))
    if "RF" in folded:
        for match in _RF_PRINTED.finditer(folded):
            yield from _valid_prefixes(match[0])
    for match in _QRR_PRINTED.finditer(folded):
        yield match[0].replace(" ", "")
    if "SI" in folded:
        for match in _SI_PRINTED.finditer(folded):
            yield compact(match[0])


def _valid_prefixes(printed: str) -> Iterator[str]:
    words = printed.split(" ")
    for count in range(len(words), 0, -1):
        reference = "".join(words[:count])
        if iso11649.is_valid(reference):
            yield reference


def _is_belgian(digits: str) -> bool:
    """OGM/VCS: the last two digits are the first ten modulo 97, 97 for 0."""
    return (int(digits[:10]) % 97 or 97) == int(digits[10:])


def _is_finnish(digits: str) -> bool:
    weighed = (
        _FI_WEIGHTS[place % 3] * int(digit) for place, digit in enumerate(reversed(digits[:-1]))
    )
    return -sum(weighed) % 10 == int(digits[-1])


def _is_norwegian(digits: str) -> bool:
    """KID: modulus 10 (Luhn) or modulus 11 with the weights 2 to 7."""
    if luhn.is_valid(digits):
        return True
    weighed = ((2 + place % 6) * int(digit) for place, digit in enumerate(reversed(digits[:-1])))
    return -sum(weighed) % 11 == int(digits[-1])


def _is_slovenian(digits: str) -> bool:
    """SI01: modulus 11 over all digits, 10 and 11 count as 0."""
    if not digits.isdigit() or not 2 <= len(digits) <= 13:
        return False
    weighed = (
        weight * int(digit)
        for weight, digit in zip(_SI_WEIGHTS, reversed(digits[:-1]), strict=False)
    )
    check = 11 - sum(weighed) % 11
    return int(digits[-1]) == (0 if check > 9 else check)
