"""Who paid: all that a transaction says of it, and how sure each of it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..placeholders import is_placeholder
from ..statement import Transaction
from .index import OpenItemIndex
from .model import Evidence
from .names import name_tokens, normalise_name
from .once import once
from .text import Token, compact, fold

_SHORTEST_UNLABELLED = 5
# A name that banks cut is as good as whole from so many letters on.
_SHORTEST_CUT = 12
_CUT = 0.95
_LIKELY = 0.7
_MOST_LIKELY = 20


class Clue(NamedTuple):
    """One thing that tells who paid, points from 0 to 100.

    ``is_sure``: who is not among the partners did not pay.
    """

    code: str
    score: int
    is_sure: bool
    value: str
    partners: frozenset[int]


@dataclass(slots=True)
class Identity:
    """A partner who may have paid: how sure that is and why; ``code`` is the best reason."""

    partner_id: int
    score: int
    evidence: list[Evidence] = field(default_factory=list)
    is_sure: bool = False
    code: str = ""


class PayerClues:
    """Who paid a transaction; ``labelled_tokens`` are its text, see ``text.labels``."""

    def __init__(
        self,
        transaction: Transaction,
        index: OpenItemIndex,
        labelled_tokens: Sequence[tuple[Token, str]],
    ) -> None:
        self.transaction = transaction
        self.index = index
        self._labelled_tokens = labelled_tokens

    @once
    def iban(self) -> str:
        return compact(self.transaction.counterparty_iban or "")

    @once
    def is_shared(self) -> bool:
        """Whether who paid pays for many."""
        names = [normalise_name(name) for name in (self.transaction.counterparty,) if name]
        return any(self.index.is_shared(key) for key in [self.iban, *names] if key)

    @once
    def payer_names(self) -> list[str]:
        """Names of who paid: the ultimate party, and the party unless it pays for many."""
        one = self.transaction
        names = [one.ultimate_party, None if self.is_shared else one.counterparty]
        return list(dict.fromkeys(name for name in names if name and not is_placeholder(name)))

    @once
    def name_words(self) -> list[tuple[str, ...]]:
        return [name_tokens(name) for name in self.payer_names]

    @once
    def identities(self) -> dict[int, Identity]:
        """Partners who may have paid, from what is sure to what is likely; no similar names."""
        found: dict[int, Identity] = {}
        for clue in self.clues:
            for partner_id in clue.partners:
                identity = found.setdefault(partner_id, Identity(partner_id, 0))
                identity.evidence.append(Evidence(clue.code, clue.value))
                if clue.score > identity.score:
                    identity.score, identity.code = clue.score, clue.code
                identity.is_sure = identity.is_sure or clue.is_sure
        return found

    @once
    def clues(self) -> list[Clue]:
        """All that tells who paid."""
        clues: list[Clue] = []
        one, index = self.transaction, self.index
        if one.mandate:
            partners = index.mandates.get(compact(one.mandate), set())
            clues.append(Clue("mandate", 95, True, one.mandate, frozenset(partners)))
        if self.iban and not self.is_shared:
            clues.append(Clue("iban", 94, True, self.iban, frozenset(index.with_iban(self.iban))))
        clues += self._customer_numbers()
        for name in self.payer_names:
            clues += self._name_clues(name)
        return [clue for clue in clues if clue.partners]

    def _customer_numbers(self) -> list[Clue]:
        clues = []
        before = ""
        for token, label in self._labelled_tokens:
            is_labelled = label == "customer"
            for number in (token.text, before + token.text) if before else (token.text,):
                partners = self.index.with_customer_number(number)
                if partners and (is_labelled or len(number) >= _SHORTEST_UNLABELLED):
                    score = 94 if is_labelled else 88
                    clue = Clue("customer_number", score, is_labelled, number, frozenset(partners))
                    clues.append(clue)
            before = "" if token.is_number else token.text
        return clues

    def _name_clues(self, name: str) -> list[Clue]:
        normalised = normalise_name(name)
        is_full = " " in normalised
        remembered = self.index.remembered(normalised)
        if remembered and not self.index.is_shared(normalised):
            return [Clue("memory_name", 92, is_full, name, frozenset(remembered))]
        exact = self.index.named(normalised)
        if exact:
            return [Clue("name", 92 if is_full else 90, is_full, name, frozenset(exact))]
        loose = self.index.loosely_named(normalised)
        return [Clue("name", 90, False, name, frozenset(loose))] if loose else []

    @once
    def similar(self) -> list[tuple[float, int]]:
        """Return (similarity, partner) for names like the payer's, the likest first."""
        found: dict[int, float] = {}
        for name in self.payer_names:
            folded = fold(name).rstrip(" .")
            if len(folded) >= _SHORTEST_CUT:
                found |= dict.fromkeys(self.index.beginning_with(folded), _CUT)
        for words in self.name_words:
            for alike, partner_id in self.index.similarly_named(words)[:10]:
                found[partner_id] = max(alike, found.get(partner_id, 0.0))
        return sorted(((alike, one) for one, alike in found.items()), key=lambda x: (-x[0], x[1]))

    @once
    def likely_partners(self) -> list[int]:
        """Return who may have paid, the likeliest first, those with similar names last."""
        known = sorted(self.identities.values(), key=lambda one: (-one.score, one.partner_id))
        result = [one.partner_id for one in known]
        if not any(one.is_sure for one in known):
            result += [one for alike, one in self.similar if alike >= _LIKELY and one not in result]
        return result[:_MOST_LIKELY]

    def contradicts(self, partner_id: int | None, without: Collection[str] = ()) -> Evidence | None:
        """Return what says that somebody else paid, if anything sure does.

        :param without: codes of what isn't asked
        """
        for clue in self.clues:
            if clue.is_sure and partner_id not in clue.partners and clue.code not in without:
                return Evidence(clue.code, clue.value)
        return None

    def agrees(self, partner_id: int | None) -> bool:
        """Tell whether anything says that this partner paid, and nothing sure denies it."""
        if partner_id is None or self.contradicts(partner_id):
            return False
        if partner_id in self.identities:
            return True
        return any(self.index.shares_word(words, partner_id) for words in self.name_words)
