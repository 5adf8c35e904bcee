"""All open items of a company, so that a payment finds its own in a few look-ups.

Built once for each import. Nothing here walks over all items after that: a look-up costs
the same among a thousand as among a million.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import nsmallest
from itertools import islice, takewhile
from operator import itemgetter
from typing import TypeVar

from .collector import held_collector
from .model import MemoryEntry, OpenItem, Payer, SettledNumber
from .names import loosen, name_tokens, normalise_name, shares_word, similarity
from .numbering import Numbering, padded_digits
from .once import once
from .text import compact, fold, tokenise

# An account that pays for more partners than this is a clearing account.
_MOST_PARTNERS_OF_AN_IBAN = 3
# Words of names in more partners than this say nothing about who it is.
_COMMON_WORD = 200
# A word of a name that so many partners have vouches for none of them: «Gebr.», «Bau».
_TELLING_WORD = 20
_MOST_NAMESAKES = 20
_MOST_SIMILAR = 20
_CACHED_ACCOUNTS = 20_000

K = TypeVar("K")
V = TypeVar("V")
Multi = dict[str, "OpenItem | list[OpenItem]"]


class PartnerAccount:
    """The open items of one partner, the oldest first."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self.items = sorted(items, key=age)
        self._digits: dict[int, tuple[str, str]] = {}

    @once
    def by_amount(self) -> dict[Decimal, list[OpenItem]]:
        result: dict[Decimal, list[OpenItem]] = {}
        for item in self.items:
            result.setdefault(item.residual, []).append(item)
        return result

    @once
    def _discounted(self) -> tuple[list[Decimal], list[OpenItem]]:
        """Residuals less discount in order, and their items."""
        net = [
            (item.residual - item.discount.copy_sign(item.residual), item.id, item)
            for item in self.items
            if item.discount
        ]
        net.sort(key=itemgetter(0, 1))
        return [one[0] for one in net], [one[2] for one in net]

    def settled_by(
        self, amount: Decimal, charges: Decimal, tolerance: Decimal
    ) -> dict[int, OpenItem]:
        """Return items that an amount may settle alone: in full, with charges or discount."""
        found = {item.id: item for item in self.by_amount.get(amount, ())}
        if charges:
            found |= {item.id: item for item in self.by_amount.get(amount + charges, ())}
        amounts, items = self._discounted
        if amounts:
            start = bisect_left(amounts, amount - tolerance)
            end = bisect_right(amounts, amount + tolerance)
            found |= {item.id: item for item in items[start:end]}
        return found

    @once
    def by_digits(self) -> dict[str, list[OpenItem]]:
        """Items by all digits of their number, and by its last group, without zeros ahead."""
        result: dict[str, list[OpenItem]] = {}
        for item in self.items:
            groups = [token.text for token in tokenise(fold(item.number)) if token.is_number]
            if groups:
                for digits in {"".join(groups), groups[-1].lstrip("0")}:
                    result.setdefault(digits, []).append(item)
        return result

    def digits_of(self, item: OpenItem) -> tuple[str, str]:
        """Return prefix and digits of one of the items' numbers, for ``is_near_number``."""
        digits = self._digits.get(item.id)
        if digits is None:
            digits = self._digits[item.id] = padded_digits(item.number)
        return digits


def age(item: OpenItem) -> tuple[date, date, int]:
    """Return what sorts the oldest item first: due date, date, id; undated ones are last."""
    return item.due or item.date or date.max, item.date or date.max, item.id


@dataclass(slots=True)
class _People:
    """Who pays: partners by IBAN, customer number and name."""

    payers: dict[int, Payer] = field(default_factory=dict)
    ibans: dict[str, set[int]] = field(default_factory=dict)
    numbers: dict[str, set[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    loose_names: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, list[int]] = field(default_factory=dict)
    remembered: dict[str, set[int]] = field(default_factory=dict)
    printed: list[tuple[str, int]] = field(default_factory=list)  # folded names, sorted
    shared: set[str] = field(default_factory=set)


class OpenItemIndex:
    """Look-ups over open items and payers.

    ``currency`` is that of the journal; items in other currencies are found, too, and match
    the original amount of a payment.
    """

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.numbering = Numbering()
        self.items: dict[int, OpenItem] = {}
        self.numbers: Multi = {}
        self.references: Multi = {}
        self.end_to_end: Multi = {}
        self.mandates: dict[str, set[int]] = {}
        self.amounts: dict[Decimal, OpenItem | list[OpenItem]] = {}
        self.settled: dict[str, int | None] = {}
        self.knows_settled = False
        self._of_partner: dict[int, OpenItem | list[OpenItem]] = {}
        self._accounts: dict[int, PartnerAccount] = {}
        self._people = _People()

    @classmethod
    def build(
        cls,
        items: Iterable[OpenItem],
        payers: Iterable[Payer],
        memory: Iterable[MemoryEntry],
        currency: str,
        settled: Iterable[SettledNumber] | None = None,
    ) -> "OpenItemIndex":
        """Return the index of a company's open items.

        :param settled: numbers of paid invoices; with them a slip of the fingers can be told
            from a payment that comes twice, without them no misspelt number is booked
        """
        index = cls(currency)
        with held_collector():
            for item in items:
                index._add_item(item)
            for payer in payers:
                index._add_payer(payer)
            index._people.printed.sort()
            for entry in memory:
                index._add_memory(entry)
            index._add_settled(settled)
            index._detect_shared()
        return index

    # ------------------------------------------------------------------
    # Building
    # ------------------------------------------------------------------

    def _add_item(self, item: OpenItem) -> None:
        self.items[item.id] = item
        key = self.numbering.learn(item.number)
        if key is not None:
            _add(self.numbers, key, item)
        plain = compact(item.number) if item.references else ""
        for reference in item.references:
            code = compact(reference)
            if len(code) > 3 and code != plain:
                _add(self.references, code, item)
        if item.end_to_end:
            _add(self.end_to_end, compact(item.end_to_end), item)
        if item.mandate and item.partner_id is not None:
            self.mandates.setdefault(compact(item.mandate), set()).add(item.partner_id)
        _add(self.amounts, item.residual, item)
        if item.partner_id is not None:
            _add(self._of_partner, item.partner_id, item)

    def _add_payer(self, payer: Payer) -> None:
        people = self._people
        people.payers[payer.partner_id] = payer
        name = normalise_name(payer.name)
        if payer.is_shared:
            people.shared.update(map(compact, payer.ibans))
            people.shared.add(name)
            return
        for iban in payer.ibans:
            people.ibans.setdefault(compact(iban), set()).add(payer.partner_id)
        if payer.number:
            people.numbers.setdefault(compact(payer.number), set()).add(payer.partner_id)
        if not name:
            return
        people.names.setdefault(name, []).append(payer.partner_id)
        people.printed.append((fold(payer.name), payer.partner_id))
        loose = loosen(name)
        people.loose_names.setdefault(loose, []).append(payer.partner_id)
        for word in set(loose.split()):
            partners = people.words.setdefault(word, [])
            if len(partners) <= _COMMON_WORD:
                partners.append(payer.partner_id)

    def _add_memory(self, entry: MemoryEntry) -> None:
        payer = self._people.payers.get(entry.partner_id)
        if payer is None or not payer.is_shared:
            self._people.remembered.setdefault(entry.key, set()).add(entry.partner_id)

    def _add_settled(self, settled: Iterable[SettledNumber] | None) -> None:
        self.knows_settled = settled is not None
        for one in settled or ():
            key = self.numbering.learn(one.number)
            if key is not None and key not in self.numbers:
                self.settled[key] = one.partner_id

    def _detect_shared(self) -> None:
        people = self._people
        for key, partners in people.remembered.items():
            if len(partners | people.ibans.get(key, set())) > _MOST_PARTNERS_OF_AN_IBAN:
                people.shared.add(key)

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    def account(self, partner_id: int) -> PartnerAccount:
        account = self._accounts.get(partner_id)
        if account is None:
            if len(self._accounts) >= _CACHED_ACCOUNTS:
                self._accounts.clear()
            account = PartnerAccount(_all(self._of_partner, partner_id))
            self._accounts[partner_id] = account
        return account

    def numbered(self, key: str) -> list[OpenItem]:
        return _all(self.numbers, key)

    def referenced(self, code: str) -> list[OpenItem]:
        return _all(self.references, code)

    def with_end_to_end(self, code: str) -> list[OpenItem]:
        return _all(self.end_to_end, code)

    def with_residual(self, residual: Decimal) -> list[OpenItem]:
        return _all(self.amounts, residual)

    def __contains__(self, key: object) -> bool:
        """Tell whether a number's key is known, open or paid."""
        return key in self.numbers or key in self.settled

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def payer(self, partner_id: int | None) -> Payer | None:
        return self._people.payers.get(partner_id) if partner_id is not None else None

    def is_shared(self, key: str) -> bool:
        """Tell whether an IBAN or normalised name pays for many."""
        return key in self._people.shared

    def with_iban(self, iban: str) -> set[int]:
        return self._people.ibans.get(iban, set()) | self._people.remembered.get(iban, set())

    def remembered(self, key: str) -> set[int]:
        return self._people.remembered.get(key, set())

    def with_customer_number(self, number: str) -> set[int]:
        return self._people.numbers.get(number, set())

    def named(self, name: str) -> list[int]:
        """Return who is called exactly so, a few at most; none if there are too many."""
        found = self._people.names.get(name, [])
        return found if len(found) <= _MOST_NAMESAKES else []

    def loosely_named(self, name: str) -> list[int]:
        """Return who is called so when umlauts are plain vowels."""
        found = self._people.loose_names.get(loosen(name), [])
        return found if len(found) <= _MOST_NAMESAKES else []

    def beginning_with(self, folded: str) -> list[int]:
        """Return whose name begins so, as banks cut it; none if there are too many."""
        printed = self._people.printed
        start = bisect_left(printed, (folded, 0))
        found = takewhile(lambda one: one[0].startswith(folded), islice(printed, start, None))
        partners = [partner_id for _name, partner_id in islice(found, _MOST_NAMESAKES + 1)]
        return partners if len(partners) <= _MOST_NAMESAKES else []

    def similarly_named(self, words: tuple[str, ...]) -> list[tuple[float, int]]:
        """Return (similarity, partner) for names that share a word that isn't common."""
        shared: dict[int, int] = {}
        for word in words:
            partners = self._people.words.get(word, [])
            if len(word) > 2 and len(partners) <= _COMMON_WORD:
                for one in partners:
                    shared[one] = shared.get(one, 0) + len(word)
        likest = nsmallest(_MOST_SIMILAR, shared, key=lambda one: (-shared[one], one))
        scored = [(self.similarity(words, one), one) for one in likest]
        return sorted(scored, key=lambda pair: (-pair[0], pair[1]))

    def similarity(self, words: tuple[str, ...], partner_id: int | None) -> float:
        payer = self.payer(partner_id)
        return similarity(words, name_tokens(payer.name)) if payer else 0.0

    def shares_word(self, words: tuple[str, ...], partner_id: int | None) -> bool:
        """Tell whether a name has a word in common with a partner's that few others have."""
        payer = self.payer(partner_id)
        telling = tuple(
            word for word in words if len(self._people.words.get(word, ())) <= _TELLING_WORD
        )
        return bool(payer) and shares_word(telling, name_tokens(payer.name if payer else ""))


def _add(index: "dict[K, V | list[V]]", key: K, value: V) -> None:
    """Add to the values of a key; a single one needs no list, which halves the memory."""
    before = index.get(key)
    if before is None:
        index[key] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        index[key] = [before, value]


def _all(index: "dict[K, V | list[V]]", key: K) -> list[V]:
    found = index.get(key)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]
