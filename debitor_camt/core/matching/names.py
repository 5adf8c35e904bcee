"""Names of payers: normalised, and how alike two of them are.

>>> normalise_name("Müller & Söhne GmbH & Co. KG")
'MUELLER SOEHNE'
>>> normalise_name("Huber, Dr. Anna") == normalise_name("Anna Huber")
True
>>> round(similarity(name_tokens("Maschinenb. Huber"), name_tokens("Huber Maschinenbau AG")), 2)
0.93
"""

import re
from functools import lru_cache, partial

from .text import fold, words

_WORD = re.compile(r"[A-Z0-9]+")
# Dots within an abbreviation, e.g. «e.K.», «Ges.m.b.H.».
_DOTTED = re.compile(r"\b(?:[A-Z]{1,3}\.\s?){2,}[A-Z]{0,3}\b")
_WITHOUT_MEANING = frozenset(
    words(
        "GMBH MBH GESMBH CO KG OHG OG AG UG SE EK EU GBR KGAA EG EV LTD LLC INC SARL SAS SA"
        " SRL SPA BV NV AB OY AS APS HAFTUNGSBESCHRAENKT GESELLSCHAFT UND U AND DER DIE DAS"
        " FIRMA FA HERR HERRN FRAU FAMILIE FAM EHELEUTE DR PROF DIPL ING MAG MED INH INHABER"
    )
)
_LOOSE = (("AE", "A"), ("OE", "O"), ("UE", "U"), ("SS", "S"))
_ABBREVIATED = 0.9
_INITIAL = 0.5
# Koch is not Kocher, and Winter not Winters; Maschinenb. is Maschinenbau.
_SHORTEST_CUT = 5
_LEAST_CUT = 2


@lru_cache(maxsize=50_000)
def normalise_name(name: str) -> str:
    """Return the words of a name in alphabetical order, without legal form and title.

    Umlauts become two letters. A name of legal forms only stays as it is.
    """
    folded = _DOTTED.sub(lambda match: re.sub(r"[.\s]", "", match[0]) + " ", fold(name))
    found = _WORD.findall(folded)
    kept = [word for word in found if word not in _WITHOUT_MEANING]
    return " ".join(sorted(kept or found))


def loosen(normalised: str) -> str:
    """Return a normalised name with umlauts as the plain vowel: ``MULLER`` for all three.

    >>> loosen(normalise_name("Müller")) == loosen(normalise_name("Muller"))
    True
    """
    for pair, one in _LOOSE:
        normalised = normalised.replace(pair, one)
    return normalised


def name_tokens(name: str) -> tuple[str, ...]:
    """Return the words of a name for ``similarity``."""
    return tuple(loosen(normalise_name(name)).split())


def similarity(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Return how much of both names is the same, 0 to 1, weighing words by their length.

    A word may be cut («MASCHINENB» of «MASCHINENBAU») or be an initial of the other.
    """
    if not left or not right:
        return 0.0
    rest = list(right)
    alike = 0.0
    for word in left:
        if not rest:
            break
        best = max(rest, key=partial(_word_similarity, word))
        share = _word_similarity(word, best)
        if share:
            alike += share * (_weight(word) + _weight(best))
            rest.remove(best)
    return alike / (sum(map(_weight, left)) + sum(map(_weight, right)))


def shares_word(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Tell whether a whole word of three letters or more is in both names."""
    return any(len(word) > 2 and word in right for word in left)


def _weight(word: str) -> int:
    return min(len(word), 10)


def _word_similarity(one: str, other: str) -> float:
    if one == other:
        return 1.0
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if not long.startswith(short):
        return 0.0
    if len(short) == 1:
        return _INITIAL
    is_cut = len(short) >= _SHORTEST_CUT and len(long) - len(short) >= _LEAST_CUT
    return _ABBREVIATED if is_cut else 0.0
