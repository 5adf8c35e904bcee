"""Which entries of a message are in the books already, and what replaces a preview.

One and the same movement of money may be told of by a report (052), a notification (054) and
a statement (053), in several files of each. Within one kind of message, and mostly across,
its key is the same. Where banks give no reference across kinds, an entry of one kind *claims*
one of another kind: same day and amount, references equal or missing on one side, each
claimed once.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from .checks import get_day
from .statement import MessageKind, Transaction


@dataclass(frozen=True, slots=True)
class Entry:
    """The transactions with one entry key; ``amount`` is their sum."""

    key: str
    day: date | None
    amount: Decimal
    references: frozenset[str] = frozenset()
    end_to_end: frozenset[str] = frozenset()
    transactions: tuple[Transaction, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenEntry:
    """An entry that is there already: as lines in the books, or as a preview.

    ``ids`` are of its lines, or of the preview's transactions. ``claimed_by`` is the key of
    the entry of another kind of message that is the same movement.
    """

    key: str
    kind: MessageKind
    day: date | None
    amount: Decimal
    references: frozenset[str] = frozenset()
    end_to_end: frozenset[str] = frozenset()
    claimed_by: str | None = None
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """An entry that is known; ``is_claim``: known from another kind of message only."""

    taken: TakenEntry
    is_claim: bool


def group_entries(transactions: Iterable[Transaction]) -> list[Entry]:
    """Return the entries of these transactions, in their order."""
    groups: dict[str, list[Transaction]] = defaultdict(list)
    for one in transactions:
        groups[one.entry_key].append(one)
    return [_make_entry(key, group) for key, group in groups.items()]


def _make_entry(key: str, group: Sequence[Transaction]) -> Entry:
    return Entry(
        key=key,
        day=get_day(group[0]),
        amount=sum((one.amount for one in group), Decimal(0)),
        references=frozenset(one.reference for one in group if one.reference),
        end_to_end=frozenset(one.end_to_end for one in group if one.end_to_end),
        transactions=tuple(group),
    )


def recognise(
    entries: Sequence[Entry], taken: Sequence[TakenEntry], kind: MessageKind
) -> dict[str, Recognition]:
    """Return which entries of a message of ``kind`` are in the books, by their keys.

    :param taken: entries in the books of the same journal
    """
    by_key = {one.key: one for one in taken}
    by_claim = {one.claimed_by: one for one in taken if one.claimed_by}
    found: dict[str, Recognition] = {}
    for entry in entries:
        same = by_key.get(entry.key) or by_claim.get(entry.key)
        if same:
            is_claim = same.kind != kind and not same.claimed_by
            found[entry.key] = Recognition(same, is_claim)
    used = {one.taken.key for one in found.values()}
    free = [one for one in taken if one.kind != kind and not one.claimed_by and one.key not in used]
    rest = [entry for entry in entries if entry.key not in found]
    claims = claim(rest, free)
    return found | {key: Recognition(one, is_claim=True) for key, one in claims.items()}


def find_news(
    entries: Sequence[Entry],
    known: Mapping[str, Recognition],
    opening: Decimal | None,
    closing_before: Decimal | None,
) -> list[Entry]:
    """Return entries that look known although the balances say that they are new.

    A statement that begins with what the last one ended with shares no entry with it: a
    second statement of a day may have a payment that is like one of the first in all that
    the bank says. Known from another kind of message is another matter, and a reference of
    the bank says more than its balances.

    :param opening: of the statement, None where it has none
    :param closing_before: what the last statement ended with
    """
    if opening is None or opening != closing_before:
        return []
    repeated = [one for one in entries if one.key in known and not known[one.key].is_claim]
    if any(one.references for one in repeated):
        return []
    # What adds up to nothing may overlap all the same.
    return repeated if sum((one.amount for one in repeated), Decimal(0)) else []


def find_free_key(key: str, used: Container[str]) -> str:
    """Return the key of one more entry that is like that of ``key``, as the reader counts them.

    >>> find_free_key("a", {"a", "a.1"}), find_free_key("a.1", {"a", "a.1"})
    ('a.2', 'a.2')
    """
    base = key.partition(".")[0]
    return next(one for number in count(1) if (one := f"{base}.{number}") not in used)


def find_replaced(
    entries: Sequence[Entry], previews: Sequence[TakenEntry]
) -> dict[str, list[TakenEntry]]:
    """Return the previews that entries of a statement replace, by the entries' keys.

    A report and a notification may both be previews of one entry.
    """
    found: dict[str, list[TakenEntry]] = defaultdict(list)
    wanted = {entry.key for entry in entries}
    for kind in (MessageKind.REPORT, MessageKind.NOTIFICATION):
        mine = [one for one in previews if one.kind == kind]
        same = [one for one in mine if one.key in wanted]
        for one in same:
            found[one.key].append(one)
        named = {one.key for one in same}
        rest = [entry for entry in entries if entry.key not in named]
        free = [one for one in mine if one.key not in named]
        for key, one in claim(rest, free, day_matters=False).items():
            found[key].append(one)
    return dict(found)


def claim(
    entries: Sequence[Entry], free: Sequence[TakenEntry], *, day_matters: bool = True
) -> dict[str, TakenEntry]:
    """Return for each entry the one of another kind that is the same movement.

    Those that share a reference come first, so that a payment without one can't take what
    belongs to another.

    :param day_matters: whether a shared reference must be of the same day too; a pending
        entry has none yet, or another one
    """
    by_reference = _pair(entries, free, _place if day_matters else _place_without_day, _share)
    used = {one.key for one in by_reference.values()}
    rest = [entry for entry in entries if entry.key not in by_reference]
    left = [one for one in free if one.key not in used]
    return by_reference | _pair(rest, left, _place, _agree)


def _pair(
    entries: Sequence[Entry],
    free: Sequence[TakenEntry],
    place: Callable[[Entry | TakenEntry], object],
    fits: Callable[[Entry, TakenEntry], bool],
) -> dict[str, TakenEntry]:
    """Give each entry the first that fits of those in its place."""
    index: dict[object, list[TakenEntry]] = defaultdict(list)
    for one in free:
        index[place(one)].append(one)
    found = {}
    for entry in entries:
        candidates = index.get(place(entry), [])
        match = next((one for one in candidates if fits(entry, one)), None)
        if match:
            found[entry.key] = match
            candidates.remove(match)
    return found


def _place(one: Entry | TakenEntry) -> object:
    return one.day, one.amount


def _place_without_day(one: Entry | TakenEntry) -> object:
    return one.amount


def _share(entry: Entry, taken: TakenEntry) -> bool:
    return _agree(entry, taken) and bool(
        entry.references & taken.references or entry.end_to_end & taken.end_to_end
    )


def _agree(entry: Entry, taken: TakenEntry) -> bool:
    """Return whether no reference that both sides have speaks against it."""
    pairs = (
        (entry.references, taken.references),
        (entry.end_to_end, taken.end_to_end),
    )
    return all(not ours or not theirs or ours & theirs for ours, theirs in pairs)


def needs_details(entry: Entry, details: Sequence[Transaction]) -> bool:
    """Return whether a notification says more of a statement's entry than the statement.

    It does where the statement shows one sum for several payments, or a payment of which it
    names neither payer nor purpose. The details must add up to the entry.
    """
    if len(entry.transactions) != 1 or not details:
        return False
    if sum((one.amount for one in details), Decimal(0)) != entry.amount:
        return False
    return len(details) > 1 or (_is_bare(entry.transactions[0]) and not _is_bare(details[0]))


def _is_bare(one: Transaction) -> bool:
    return not (one.remittance or one.structured or one.party or one.party_iban)
