"""Who gets the notice: dunning contact, invoice address, commercial partner."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of a debtor; ``type`` as in Odoo's address types."""

    id: int
    type: str
    lang: str = ""
    email: str = ""
    has_address: bool = False


_ORDER = ("dunning", "invoice")


def choose_recipient(partner: Contact, contacts: Sequence[Contact]) -> Contact:
    """Return the first contact of the first type in order, else the partner itself."""
    for wanted in _ORDER:
        matches = [contact for contact in contacts if contact.type == wanted]
        if matches:
            return min(matches, key=lambda contact: contact.id)
    return partner
