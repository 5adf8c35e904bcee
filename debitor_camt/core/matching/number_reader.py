"""Our numbers in a text, however people write them.

>>> numbering = Numbering()
>>> known = {numbering.learn(f"RE/2026/{number:05d}") for number in (12, 13, 14, 15)}
>>> text = "RG RE 2026 12, re-2026-00013 UND 00014, RE20260\\n0015 vom 3.5."
>>> [hit.key for hit in read_numbers(text.upper(), numbering, known).named]
['RE|2026|12', 'RE|2026|13', 'RE|2026|14', 'RE|2026|15']
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from .numbering import Numbering, Shape, make_key, pad
from .text import Token, mask, tokenise

_SEPARATORS = re.compile(r"[\s/._#:-]{0,3}")
_LIST = re.compile(r"\s*[,;+&/]\s*|\s+")
_BLANK_IN_DIGITS = re.compile(r"(?<=[0-9])\s(?=[0-9])")
_AND = frozenset({"UND", "U", "SOWIE", "AND", "ET"})
_NUMBER_WORDS = frozenset({"NR", "NO"})
_LONGEST_RUN = 6
_MOST_PREFIXES = 40
_SHORTEST_BARE = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A number that we know; ``digits`` as it would be printed."""

    key: str
    prefix: str
    digits: str


@dataclass(frozen=True, slots=True)
class Stray:
    """Something shaped like our numbers that is none we know; ``printed`` is for people."""

    prefix: str
    digits: str
    printed: str


@dataclass(slots=True)
class Reading:
    """What a text says: numbers of ours, and what only looks like them.

    ``taken``: the places in the text of all tokens that these explain.
    """

    text: str
    tokens: list[Token]
    named: list[Hit] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)


def read_numbers(folded: str, numbering: Numbering, known: Container[str]) -> Reading:
    """Return which ``known`` keys the text names with their prefix, and strays."""
    return _Reader(folded, numbering, known).walk()


def other_readings(
    first: Reading, numbering: Numbering, known: Container[str]
) -> Iterator[Reading]:
    """Yield readings for a line break that cuts a number, or a blank between its digits.

    Dates, amounts and the like are taken out first, so that no number swallows them. A
    blank is only closed where nothing else looks like a number.
    """
    if "\n" not in first.text and (
        first.named or first.strays or not _BLANK_IN_DIGITS.search(first.text)
    ):
        return
    masked = mask(first.text)
    joined = masked.replace("\n", "")
    if joined != masked:
        yield read_numbers(joined, numbering, known)
    closed = _BLANK_IN_DIGITS.sub("", masked)
    if closed not in (masked, joined) and not first.named and not first.strays:
        yield read_numbers(closed, numbering, known)


def read_bare(
    numbering: Numbering, tokens: list[Token], place: int, folded: str
) -> Iterator[tuple[str, int]]:
    """Yield keys of numbers that the digits at ``place`` may be without their prefix.

    :return: (key, count of digits); numbers with a prefix and one group have nothing that
        could be told from other digits, and are left out
    """
    run = _digit_run(tokens, place, folded, None)
    for prefix, shapes in numbering.shapes.items():
        for shape in shapes:
            if prefix and len(shape) == 1:
                continue
            for used, groups in _readings(run, shape, folded):
                count = sum(len(token.text) for token in run[:used])
                if count >= _SHORTEST_BARE:
                    yield make_key(prefix, groups), count


class _Reader:
    """Walks over a text once."""

    def __init__(self, folded: str, numbering: Numbering, known: Container[str]) -> None:
        self.numbering = numbering
        self.known = known
        self.text = folded
        self.tokens = tokenise(folded)
        self.reading = Reading(folded, self.tokens)

    def walk(self) -> Reading:
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            prefix = None if token.is_number else self._prefix(place)
            place = place + 1 if prefix is None else self._read_after(prefix, place)
        return self.reading

    def _prefix(self, place: int) -> str | None:
        """Return our prefix in a token, which may follow other letters without a blank."""
        token = self.tokens[place]
        numbering = self.numbering
        if token.text in numbering.shapes or token.text in numbering.mixed:
            return token.text
        following = self.tokens[place + 1 : place + 2]
        is_glued = following and following[0].start <= token.end + 1
        if is_glued and len(numbering.shapes) <= _MOST_PREFIXES:
            for prefix in numbering.shapes:
                if len(prefix) > 1 and token.text.endswith(prefix):
                    return prefix
        return None

    def _read_after(self, prefix: str, place: int) -> int:
        """Read the number after a prefix and the list that it begins; return where to go on."""
        start = place + 1
        if start < len(self.tokens) and self.tokens[start].text in _NUMBER_WORDS:
            start += 1
        run = _digit_run(self.tokens, start, self.text, start - 1)
        shapes = self.numbering.shapes.get(prefix, ())
        # What has a shape as it stands is never joined with what follows, say a day.
        for shape in [one for one in shapes if _is_printed(run, one)] or shapes:
            for used, groups in _readings(run, shape, self.text):
                if make_key(prefix, groups) in self.known:
                    self._take(prefix, groups, shape, place, start + used)
                    return self._read_list(prefix, groups, shape, start + used)
        for count in self.numbering.mixed.get(prefix, ()):
            groups = [token.text for token in self.tokens[start : start + count]]
            if make_key(prefix, groups) in self.known:
                self._take(prefix, groups, None, place, start + count)
                return start + count
        return self._stray(prefix, run, start)

    def _take(
        self, prefix: str, groups: Sequence[str], shape: Shape | None, start: int, end: int
    ) -> None:
        digits = pad(groups, shape) if shape else "".join(filter(str.isdigit, groups))
        self.reading.named.append(Hit(make_key(prefix, groups), prefix, digits))
        self._explain(self.tokens[start:end])

    def _explain(self, tokens: Sequence[Token]) -> None:
        self.reading.taken.update(token.start for token in tokens)

    # -- lists -------------------------------------------------------------

    def _read_list(self, prefix: str, groups: list[str], shape: Shape, place: int) -> int:
        """Read «, 00013 und 00014» after a number; ranges are not guessed."""
        while True:
            start = self._list_start(place)
            if start is None:
                return place
            is_marked = start > place or not self._gap(start).isspace()
            member = self._list_member(groups, shape, start, is_marked)
            if member is None:
                return place
            groups, used = member
            if make_key(prefix, groups) in self.known:
                self._take(prefix, groups, shape, start, start + used)
            elif len(self.tokens[start + used - 1].text) == shape[-1]:
                printed = f"{prefix} {' '.join(groups)}"
                self.reading.strays.append(Stray(prefix, pad(groups, shape), printed))
                self._explain(self.tokens[start : start + used])
            else:
                return place
            place = start + used

    def _list_start(self, place: int) -> int | None:
        """Return where the digits begin that go on with a list at ``place``."""
        start = place
        if start < len(self.tokens) and self.tokens[start].text in _AND:
            start += 1
        if start >= len(self.tokens) or not self.tokens[start].is_number:
            return None
        return start if start > place or _LIST.fullmatch(self._gap(start)) else None

    def _gap(self, place: int) -> str:
        return self.text[self.tokens[place - 1].end : self.tokens[place].start]

    def _list_member(
        self, groups: list[str], shape: Shape, start: int, is_marked: bool
    ) -> tuple[list[str], int] | None:
        """Return the groups of a list's next number, which may leave out all but the last."""
        count = len(shape)
        words = [token.text for token in self.tokens[start : start + count]]
        is_whole = count > 1 and len(words) == count and all(map(str.isdigit, words))
        if is_whole and words[0] == groups[0]:
            return words, count
        if is_marked and len(words[0]) in (shape[-1], len(groups[-1])):
            return [*groups[:-1], words[0]], 1
        return None

    # -- what only looks like a number ---------------------------------------

    def _stray(self, prefix: str, run: list[Token], start: int) -> int:
        """Note what follows a prefix as a number of ours that isn't known, if it looks so."""
        for shape in self.numbering.shapes.get(prefix, ()):
            used, digits = self._stray_digits(shape, run, self.tokens[start - 1])
            if used:
                printed = f"{prefix} {' '.join(token.text for token in run[:used])}"
                self.reading.strays.append(Stray(prefix, digits, printed))
                self._explain(run[:used])
                return start + used
        return start

    def _stray_digits(self, shape: Shape, run: list[Token], before: Token) -> tuple[int, str]:
        """Return how many tokens look like the shape, and their digits; 0 if none do.

        As many digits give or take one; one group that follows its prefix directly; a year
        that we use and something after it.
        """
        size, count = sum(shape), len(shape)
        digits = ""
        for used, token in enumerate(run, 1):
            digits += token.text
            if size > _SHORTEST_BARE and abs(len(digits) - size) <= 1:
                return used, digits
        if count == 1 and run and run[0].start - before.end <= 1:
            return 1, run[0].text.zfill(size)
        if 1 < count <= len(run) and run[0].text in self.numbering.years:
            return count, pad([token.text for token in run[:count]], shape)
        return 0, ""


def _readings(run: list[Token], shape: Shape, folded: str) -> Iterator[tuple[int, list[str]]]:
    """Yield how digits may be the groups of a shape: (tokens used, groups).

    As printed; run together or cut anywhere; without leading zeros; cut at a blank.
    """
    count = len(shape)
    groups = [token.text for token in run[:count]]
    if _is_printed(run, shape):
        yield count, groups
        return
    yield from _joined_readings(run, shape)
    if len(groups) == count:
        yield count, groups
    for place in range(count if len(run) > count else 0):
        if folded[run[place].end : run[place + 1].start].isspace():
            words = [token.text for token in run[: count + 1]]
            words[place : place + 2] = [words[place] + words[place + 1]]
            yield count + 1, words


def _is_printed(run: list[Token], shape: Shape) -> bool:
    """Tell whether the groups have just as many digits as the shape."""
    return len(run) >= len(shape) and all(
        len(token.text) == size for token, size in zip(run, shape, strict=False)
    )


def _joined_readings(run: list[Token], shape: Shape) -> Iterator[tuple[int, list[str]]]:
    size = sum(shape)
    digits = ""
    for used, token in enumerate(run, 1):
        digits += token.text
        if len(digits) == size:
            yield used, _split(digits, shape)
        if len(digits) >= size:
            return


def _split(digits: str, shape: Shape) -> list[str]:
    groups = []
    for size in shape:
        groups.append(digits[:size])
        digits = digits[size:]
    return groups


def _digit_run(tokens: list[Token], start: int, folded: str, before: int | None) -> list[Token]:
    """Return the groups of digits from ``start`` on that separators of numbers join."""
    run: list[Token] = []
    end = tokens[before].end if before is not None else None
    for token in tokens[start : start + _LONGEST_RUN]:
        if not token.is_number:
            break
        if end is not None and not _SEPARATORS.fullmatch(folded, end, token.start):
            break
        run.append(token)
        end = token.end
    return run
