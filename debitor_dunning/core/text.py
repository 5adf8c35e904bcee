"""Texts with a few plain placeholders such as ``{partner}``."""

import re
from collections.abc import Mapping

from .errors import PlaceholderError

PLACEHOLDERS = (
    "partner",
    "salutation",
    "company",
    "date",
    "deadline",
    "amount",
    "invoices",
    "level",
    "days",
    "responsible",
)

_FIELD = re.compile(r"\{([^{}]*)\}")


def check_text(text: str, known: tuple[str, ...] = PLACEHOLDERS) -> None:
    """Raise PlaceholderError (values: ``placeholder``) where ``text`` can't be filled in."""
    for name in _FIELD.findall(text):
        if name not in known:
            raise PlaceholderError("unknown", placeholder="{" + name + "}")
    rest = _FIELD.sub("", text)
    for brace in "{}":
        if brace in rest:
            raise PlaceholderError("brace", placeholder=brace)


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its placeholders replaced.

    Only names are looked up, so that a text can't reach into objects as
    ``str.format`` would let it.

    >>> fill_text("Please pay {amount}.", {"amount": "12.00 €"})
    'Please pay 12.00 €.'
    """
    check_text(text, tuple(values))
    return _FIELD.sub(lambda match: values[match.group(1)], text)
