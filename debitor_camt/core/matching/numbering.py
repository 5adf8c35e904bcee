"""Our invoice numbers: the shapes that exist, keys to find them by, and slips of the fingers.

The shapes are learned from the numbers themselves: a prefix, then groups of digits. Texts
are searched for our shapes only (``number_reader``), so that nobody's phone number becomes
an invoice.

>>> numbering = Numbering()
>>> numbering.learn("RE/2026/00012"), numbering.learn("R2026-0012"), numbering.learn("4711")
('RE|2026|12', 'R|2026|12', '|4711')
>>> numbering.shapes
{'RE': [(4, 5)], 'R': [(4, 4)], '': [(4,)]}
"""

from bisect import insort
from collections.abc import Sequence

from .text import fold, tokenise

Shape = tuple[int, ...]

_MOST_SHAPES = 40
_MOST_YEARS = 100
_SHORTEST_TELLING = 4


class Numbering:
    """The shapes of our numbers by prefix: how many digits each group has as printed.

    A number's key is its prefix and its groups without leading zeros. Numbers of digits only
    have an empty prefix; of numbers with letters further on (``mixed``) the count of groups
    is known. ``years``: what the first of several groups may be.
    """

    def __init__(self) -> None:
        self.shapes: dict[str, list[Shape]] = {}
        self.mixed: dict[str, set[int]] = {}
        self.years: set[str] = set()

    def learn(self, number: str) -> str | None:
        """Remember the shape of a number and return its key; None if it has no digit."""
        prefix, groups = _split_prefix(number)
        if not any(group.isdigit() for group in groups):
            return None
        if all(group.isdigit() for group in groups):
            self._learn_shape(prefix, groups)
        else:
            self.mixed.setdefault(prefix, set()).add(len(groups))
        return make_key(prefix, groups)

    def lengths(self) -> set[int]:
        """Return how many digits our numbers have, whole or in their last group; long ones."""
        sizes = {
            size
            for shapes in self.shapes.values()
            for one in shapes
            for size in (sum(one), one[-1])
        }
        return {size for size in sizes if size >= _SHORTEST_TELLING}

    def _learn_shape(self, prefix: str, groups: Sequence[str]) -> None:
        shapes = self.shapes.setdefault(prefix, [])
        shape = tuple(map(len, groups))
        if shape not in shapes and len(shapes) < _MOST_SHAPES:
            insort(shapes, shape)
        if len(groups) > 1 and len(self.years) < _MOST_YEARS:
            self.years.add(groups[0])


def make_key(prefix: str, groups: Sequence[str]) -> str:
    """Return the key of a number.

    >>> make_key("RE", ["2026", "00012"])
    'RE|2026|12'
    """
    return "|".join([prefix, *(group.lstrip("0") or "0" for group in groups)])


def pad(groups: Sequence[str], shape: Shape) -> str:
    """Return the digits of a number as they would be printed.

    >>> pad(["2026", "12"], (4, 5))
    '202600012'
    """
    return "".join(group.zfill(size) for group, size in zip(groups, shape, strict=True))


def padded_digits(number: str) -> tuple[str, str]:
    """Return prefix and digits of a number as printed, for ``is_near``.

    >>> padded_digits("RE/2026/00012")
    ('RE', '202600012')
    """
    prefix, groups = _split_prefix(number)
    return prefix, "".join(group for group in groups if group.isdigit())


def _split_prefix(number: str) -> tuple[str, list[str]]:
    words = [token.text for token in tokenise(fold(number))]
    if not words or words[0].isdigit():
        return "", words
    return words[0], words[1:]


def is_near(one: str, other: str) -> bool:
    """Tell whether one slip of the fingers makes one string the other.

    A wrong, missing or additional digit, or two neighbours transposed.

    >>> is_near("202600012", "202600021"), is_near("202600012", "202600045")
    (True, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    if len(left) != len(right):
        return left[1:] == right or left == right[1:]
    is_transposed = left[:2] == right[1::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or is_transposed


def is_near_number(written: tuple[str, str], own: tuple[str, str]) -> bool:
    """Tell whether (prefix, digits) in a text is one slip away from a number's.

    What was written without a prefix may have any.
    """
    prefix, digits = written
    return (not prefix or prefix == own[0]) and is_near(digits, own[1])
