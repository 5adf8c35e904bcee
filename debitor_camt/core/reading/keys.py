"""Keys by which an entry is known again in every file that holds it."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from ..statement import Account

_DIGITS = 32


class KeyMaker:
    """Gives the entries of one statement their keys.

    An entry's key is made of account, day, amount and the bank's own reference, or, where the
    bank gives none, of what the entry says. Entries that are alike in all of this are told
    apart by counting them: two equal payments of a day are two.
    """

    def __init__(self, account: Account) -> None:
        self._account = account.number
        self._seen: Counter[str] = Counter()

    def make_key(self, features: Iterable[str]) -> str:
        """Return the key of the next entry with these features."""
        said = "\x1f".join((self._account, *features))
        digest = hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]
        number = self._seen[digest]
        self._seen[digest] = number + 1
        return f"{digest}.{number}" if number else digest
