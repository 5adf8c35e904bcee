"""To which account bank transactions went before: by account number, name, kind and words.

>>> [(one.kind, one.code, one.value) for one in get_traits("", "", "PMNT-MDOP-CHRG",
...                                                      "Entgeltabschluss 31.3.2026 März")]
[('text', 'PMNT-MDOP-CHRG', 'ENTGELTABSCHLUSS')]
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .matching.names import normalise_name
from .matching.text import INVOICE_WORDS, OTHER_WORDS, fold, mask, tokenise, words
from .reading.fields import normalize_iban

IBAN, NAME, TEXT = "iban", "name", "text"
# Words that stand in texts of all kinds, or change from month to month.
_WITHOUT_MEANING = (
    frozenset(
        words(
            "UND DER DIE DAS DEN DEM DES VOM VON FUER FUR MIT ZUM ZUR AUS BEI BIS PER AUF NACH"
            " LAUT GEMAESS EUR EURO CHF USD NUMMER DATUM UHR DANKE VIELEN ZAHLUNG ZAHLUNGEN"
            " UEBERWEISUNG UEBERWEISUNGEN ONLINE LASTSCHRIFT DAUERAUFTRAG BASISLASTSCHRIFT"
            " GUTSCHRIFT BUCHUNG SEPA MONAT QUARTAL JAHR THE AND FOR FROM PAYMENT TRANSFER"
            " JANUAR JAENNER FEBRUAR MAERZ APRIL MAI JUNI JULI AUGUST SEPTEMBER OKTOBER NOVEMBER"
            " DEZEMBER JAN FEB MRZ APR JUN JUL AUG SEP SEPT OKT NOV DEZ JANUARY FEBRUARY MARCH"
            " MAY JUNE JULY OCTOBER DECEMBER OCT DEC"
        )
    )
    | INVOICE_WORDS
    | OTHER_WORDS
)
_SHORTEST_WORD = 3
_MOST_WORDS = 6
# So much of what was said before must be said again.
_ALIKE = 0.6
_MOST_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Trait:
    """What tells one kind of transaction from another; ``code`` is the bank's, of texts only."""

    kind: str
    value: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Habit:
    """To which account a person booked transactions with a trait, how often and when last."""

    trait: Trait
    account_id: int
    count: int = 1
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An account with the traits that speak for it, and the last habit among them."""

    account_id: int
    habits: tuple[Habit, ...]

    @property
    def kinds(self) -> list[str]:
        return [
            kind
            for kind in (IBAN, TEXT, NAME)
            if any(one.trait.kind == kind for one in self.habits)
        ]


def get_traits(iban: str | None, name: str | None, code: str | None, text: str) -> list[Trait]:
    """Return what a transaction can be known by again."""
    found = [
        Trait(IBAN, normalize_iban(iban or "") or ""),
        Trait(NAME, normalise_name(name or "")),
    ]
    said = " ".join(_get_words(text))
    traits = [one for one in found if one.value]
    return [*traits, Trait(TEXT, said, code or "")] if said else traits


def _get_words(text: str) -> list[str]:
    """Return the words that tell what a text is about, each once, without numbers and dates."""
    tokens = (token.text for token in tokenise(mask(fold(text))) if not token.is_number)
    telling = (one for one in tokens if len(one) >= _SHORTEST_WORD and one not in _WITHOUT_MEANING)
    return list(dict.fromkeys(telling))[:_MOST_WORDS]


def suggest(traits: Sequence[Trait], habits: Iterable[Habit]) -> list[Suggestion]:
    """Return accounts for a transaction, the best first: by traits, then count, then day.

    :param traits: of the transaction
    :param habits: those that may fit, and others
    """
    by_account: dict[int, list[Habit]] = defaultdict(list)
    for habit in habits:
        if any(_is_alike(habit.trait, trait) for trait in traits):
            by_account[habit.account_id].append(habit)
    found = [Suggestion(account, tuple(some)) for account, some in by_account.items()]
    return sorted(found, key=_order)[:_MOST_SUGGESTIONS]


def _order(one: Suggestion) -> tuple[object, ...]:
    count = sum(habit.count for habit in one.habits)
    last = max((habit.last or date.min for habit in one.habits), default=date.min)
    return -len(one.kinds), -count, -last.toordinal(), one.account_id


def _is_alike(known: Trait, trait: Trait) -> bool:
    if known.kind != trait.kind or known.code != trait.code:
        return False
    if known.kind != TEXT:
        return known.value == trait.value
    before, now = known.value.split(), set(trait.value.split())
    return sum(word in now for word in before) >= _ALIKE * len(before)
