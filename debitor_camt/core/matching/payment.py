"""What a payment says: who paid, what the text names, which amounts it may be.

Worked out once for each transaction; strategies ask it, and none of them reads the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..statement import Transaction
from .index import OpenItemIndex
from .model import ZERO, MatchRules, OpenItem
from .number_reader import Hit, Reading, Stray, other_readings, read_bare, read_numbers
from .numbering import padded_digits
from .once import once
from .payers import PayerClues
from .references import UNMISTAKABLE, kind_of, printed_references
from .text import Token, compact, fold, labels, mask, tokenise

_SHORTEST_HINT = 3


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits in the text that nothing explains: perhaps a number without its prefix."""

    text: str
    label: str
    place: int


class Payment:
    """One transaction as matching sees it.

    ``sign`` is 1 for money in and -1 for money out; ``taken`` maps ids of items to the key
    of the payment of the same import that settled them.
    """

    def __init__(
        self, transaction: Transaction, index: OpenItemIndex, taken: dict[int, str] | None = None
    ) -> None:
        self.transaction = transaction
        self.index = index
        self.taken = taken if taken is not None else {}
        self.amount = transaction.amount
        self.sign = -1 if transaction.amount < 0 else 1
        self._open: dict[int, list[OpenItem]] = {}
        self.day: date | None = transaction.booking_date or transaction.value_date

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def amount_in(self, currency: str) -> Decimal | None:
        """Return the amount, or what was ordered in another currency, with our sign."""
        one = self.transaction
        if currency == one.currency:
            return one.amount
        if currency == one.original_currency and one.original_amount is not None:
            return abs(one.original_amount) * self.sign
        return None

    def charges_in(self, currency: str) -> Decimal:
        """Return what the bank says is missing, positive: its charges, else from the order."""
        one = self.transaction
        if currency != one.currency:
            return Decimal(0)
        if one.charges:
            return one.charges
        if one.original_amount is not None and one.original_currency == one.currency:
            return max(abs(one.original_amount) - abs(one.amount), Decimal(0))
        return Decimal(0)

    def currencies(self) -> list[str]:
        """Return the currencies in which the payment has an amount, its own first."""
        one = self.transaction
        other = one.original_currency
        if other and other != one.currency and one.original_amount is not None:
            return [one.currency, other]
        return [one.currency]

    def open_items(self, partner_id: int) -> list[OpenItem]:
        """Return the partner's items that this payment could settle, the oldest first."""
        found = self._open.get(partner_id)
        if found is None:
            currencies = self.currencies()
            found = self._open[partner_id] = [
                one
                for one in self.index.account(partner_id).items
                if one.currency in currencies and one.id not in self.taken
            ]
        return found

    def fitting_items(
        self, partner_id: int, rules: MatchRules, before: Sequence[OpenItem] = ()
    ) -> list[OpenItem]:
        """Return the partner's items that what is left after ``before`` may settle alone."""
        account = self.index.account(partner_id)
        found: dict[int, OpenItem] = {}
        for currency in self.currencies():
            paid = self.amount_in(currency) or ZERO
            left = paid - sum((item.residual for item in before), ZERO)
            charges = self.charges_in(currency)
            found |= account.settled_by(left, charges, rules.discount_tolerance)
        return [item for item in found.values() if item.id not in self.taken]

    # ------------------------------------------------------------------
    # Text
    # ------------------------------------------------------------------

    @once
    def text(self) -> str:
        """The remittance, folded, a line break between its lines."""
        one = self.transaction
        lines = [*one.remittance, *one.documents]
        if not lines and not one.structured and one.additional:
            lines = [one.additional]
        return fold("\n".join([*lines, *one.structured]))

    @once
    def reading(self) -> Reading:
        """The text with our numbers: where blanks may cut some, what makes the amount."""
        numbering, known = self.index.numbering, self.index
        best = read_numbers(self.text, numbering, known)
        if self._makes_amount(best):
            return best
        for other in other_readings(best, numbering, known):
            if self._makes_amount(other):
                return other
            if len(other.named) > len(best.named):
                best = other
        return best

    def _makes_amount(self, reading: Reading) -> bool:
        items = [item for hit in reading.named for item in self.index.numbered(hit.key)]
        return bool(items) and sum(item.residual for item in items) == self.amount

    @once
    def references(self) -> list[tuple[str, str]]:
        """Structured references with right check digits: (compact, kind)."""
        found: dict[str, str] = {}
        for printed in self.transaction.structured:
            code = compact(printed)
            kind = kind_of(code)
            if kind:
                found[code] = kind
        for code in printed_references(self.text):
            kind = kind_of(code)
            if kind in UNMISTAKABLE:
                found[code] = kind
        return list(found.items())

    @once
    def collected(self) -> list[OpenItem]:
        """Items that we collected or paid with this end-to-end id."""
        code = compact(self.transaction.end_to_end or "")
        return [item for item in self.index.with_end_to_end(code) if self.can_settle(item)]

    @once
    def quoted(self) -> list[list[OpenItem]]:
        """For each reference and the end-to-end id the items that it may mean."""
        found = [self.index.referenced(code) for code, _kind in self.references]
        return [items for items in (*found, self.collected) if items]

    @once
    def named(self) -> list[OpenItem]:
        """Items whose full number the text has, each once."""
        found: dict[int, OpenItem] = {}
        for hit in self.reading.named:
            for item in self.index.numbered(hit.key):
                if self.can_settle(item):
                    found[item.id] = item
        return list(found.values())

    @once
    def named_elsewhere(self) -> list[tuple[OpenItem, bool]]:
        """Items that the text names, open in a currency that was not paid.

        With each, whether the text calls it an invoice or has its number with the prefix.
        """
        found: dict[int, tuple[OpenItem, bool]] = {}
        hits = [(hit.key, True) for hit in self.reading.named]
        bare = [(key, digits.label == "invoice") for digits, key, _count in self.bare_keys]
        for key, is_called in (*hits, *bare):
            items = self.index.numbered(key)
            if not any(self.can_settle(item) for item in items):
                found |= {item.id: (item, is_called) for item in items if item.id not in found}
        return list(found.values())

    @once
    def settled(self) -> list[tuple[Hit, int | None]]:
        """Numbers of paid invoices that the text names, with their partners."""
        settled = self.index.settled
        return [(one, settled[one.key]) for one in self.reading.named if one.key in settled]

    @once
    def strays(self) -> list[Stray]:
        """What is shaped like our numbers, and is none we know."""
        return self.reading.strays

    @once
    def who(self) -> PayerClues:
        """Who paid."""
        tokens = list(zip(self.masked_tokens, self.labels, strict=True))
        return PayerClues(self.transaction, self.index, tokens)

    @once
    def masked_tokens(self) -> list[Token]:
        text, taken = self.reading.text, self.reading.taken
        if not any(token.is_number and token.start not in taken for token in self.reading.tokens):
            return []  # all digits are explained
        for token in self.reading.tokens:
            if token.start in taken:
                blank = "~" * len(token.text)
                text = text[: token.start] + blank + text[token.end :]
        return tokenise(mask(text))

    @once
    def labels(self) -> list[str]:
        return labels(self.masked_tokens)

    @once
    def digits(self) -> list[Digits]:
        """Digits that are neither explained nor labelled as something else."""
        taken = self.reading.taken
        return [
            Digits(token.text, label, place)
            for place, (token, label) in enumerate(
                zip(self.masked_tokens, self.labels, strict=True)
            )
            if token.is_number and token.start not in taken and label not in ("other", "customer")
        ]

    @once
    def bare_keys(self) -> list[tuple[Digits, str, int]]:
        """Known keys that unexplained digits may be: (digits, key, count of digits)."""
        numbering, text = self.index.numbering, self.reading.text
        return [
            (digits, key, count)
            for digits in self.digits
            for key, count in read_bare(numbering, self.masked_tokens, digits.place, text)
            if key in self.index
        ]

    @once
    def _hints(self) -> dict[int, tuple[OpenItem, bool]]:
        """Items of a likely payer that unexplained digits may mean, and whether they must.

        A whole number, or what the text calls an invoice, means its item; a last group of
        digits somewhere in the text may.
        """
        found: dict[int, tuple[OpenItem, bool]] = {}
        named = {item.partner_id for item in self.named}
        for _digits, key, _count in self.bare_keys:
            for item in self.index.numbered(key):
                is_own = item.partner_id in named or self.who.agrees(item.partner_id)
                if is_own and self.can_settle(item):
                    found[item.id] = item, True
        if found or not self.digits:
            return found
        for partner_id in self.who.likely_partners:
            by_digits = self.index.account(partner_id).by_digits
            for digits in self.digits:
                is_called = digits.label == "invoice"
                if is_called or len(digits.text) >= _SHORTEST_HINT:
                    for item in by_digits.get(digits.text.lstrip("0"), ()):
                        if self.can_settle(item):
                            found.setdefault(item.id, (item, is_called))
        return found

    @once
    def hinted(self) -> list[OpenItem]:
        """Items of a likely payer that unexplained digits may mean, each once."""
        return [item for item, _is_meant in self._hints.values()]

    @once
    def meant(self) -> list[OpenItem]:
        """Those of the hinted items that the text can't but mean."""
        return [item for item, is_meant in self._hints.values() if is_meant]

    @once
    def misspelt(self) -> list[tuple[str, str]]:
        """(prefix, digits) of what may be a number of the payer with a slip in it."""
        found = [(one.prefix, one.digits) for one in self.strays]
        found += [
            padded_digits(item.number)
            for item in self.named
            if item.partner_id not in self.who.identities
        ]
        found += [("", digits.text) for digits in self.digits if len(digits.text) >= _SHORTEST_HINT]
        return list(dict.fromkeys(found))

    def can_settle(self, item: OpenItem) -> bool:
        return self.amount_in(item.currency) is not None
