"""Which journal the account of a statement belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from .checks import Code, Finding
from .statement import Account


@dataclass(frozen=True, slots=True)
class JournalAccount:
    """The bank account of a journal; ``number`` as somebody has entered it."""

    journal_id: int
    number: str
    currency: str


def normalise(number: str) -> str:
    """Return an account number without what people put between its characters.

    >>> normalise("de89 3704-0044 0532 0130 00")
    'DE89370400440532013000'
    """
    return "".join(character for character in number if character.isalnum()).upper()


def find_journal(
    account: Account, currency: str | None, journals: Sequence[JournalAccount]
) -> JournalAccount | Finding:
    """Return the one journal of an account in the statement's currency, or why there is none.

    :param currency: the statement's, None where the file doesn't say
    :param journals: all that the company could mean
    """
    if not account.number:
        return Finding(Code.NO_ACCOUNT)
    found = [one for one in journals if _is_same(account, one.number)]
    if not found:
        return Finding(Code.UNKNOWN_ACCOUNT, account=account.number, currency=currency or "")
    fitting = [one for one in found if currency in (None, one.currency)]
    if len(fitting) == 1:
        return fitting[0]
    values = {"account": account.number, "currency": currency or ""}
    if fitting:
        return Finding(Code.AMBIGUOUS_ACCOUNT, **values)
    return Finding(Code.WRONG_CURRENCY, **values, journal_currency=found[0].currency)


def _is_same(account: Account, number: str) -> bool:
    """Return whether both are one account; a national number is an IBAN without its head."""
    theirs, ours = normalise(account.number), normalise(number)
    if not ours:
        return False
    return theirs == ours or (account.iban is None and ours[:2].isalpha() and theirs == ours[4:])
