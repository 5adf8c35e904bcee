"""Invoice numbers in the text: with prefix, without it, and misspelt."""

from collections.abc import Iterator, Sequence

from ..index import OpenItemIndex
from ..model import Evidence, MatchRules, OpenItem, Proposal, Rank
from ..numbering import is_near_number
from ..payment import Payment
from .named import propose_named
from .proposing import propose_clear

_LONG_ENOUGH = 5
_TELLING = 8


def by_number(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield the items whose numbers the text has with their prefix."""
    items = payment.named
    if not items:
        return
    agrees = all(payment.who.agrees(item.partner_id) for item in items)
    evidence = tuple(Evidence("number", item.number) for item in items)
    yield from propose_named(
        payment, rules, items, evidence, strategy="number", score=98 if agrees else 97
    )


def by_bare_number(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield items by digits without a prefix: of the payer, else only with the exact amount."""
    of_payer: dict[int, list[OpenItem]] = {}
    for item in payment.hinted:
        of_payer.setdefault(item.partner_id or 0, []).append(item)
    for items in of_payer.values():
        for some in _choices(items, payment):
            evidence = tuple(Evidence("bare_number", item.number) for item in some)
            named = [one for one in payment.named if one not in some]
            yield from propose_named(
                payment,
                rules,
                [*some, *named],
                evidence,
                strategy="bare_number",
                score=96,
                rank=Rank.HINTED,
            )
    if not of_payer:
        yield from _of_strangers(payment, index, rules)


def _choices(items: list[OpenItem], payment: Payment) -> list[list[OpenItem]]:
    """Return which of the hinted items are meant: those that must be, and all together."""
    meant = [item for item in items if item in payment.meant]
    return [meant, items] if meant and len(meant) < len(items) else [items]


def _of_strangers(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield items with just the amount; several numbers of one partner vouch for each other."""
    of_partner: dict[int, dict[int, OpenItem]] = {}
    for digits, key, count in payment.bare_keys:
        items = index.numbered(key)
        if len(items) != 1 or count < _LONG_ENOUGH or not payment.can_settle(items[0]):
            continue
        of_partner.setdefault(items[0].partner_id or 0, {})[items[0].id] = items[0]
        is_telling = digits.label == "invoice" or count >= _TELLING
        yield from _propose_bare(payment, rules, items, 92 if is_telling else 80)
    for several in of_partner.values():
        if len(several) > 1:
            yield from _propose_bare(payment, rules, list(several.values()), 93)


def _propose_bare(
    payment: Payment, rules: MatchRules, items: Sequence[OpenItem], score: int
) -> Iterator[Proposal]:
    evidence = [Evidence("bare_number", item.number) for item in items]
    found = propose_clear(
        payment, rules, items, evidence, strategy="bare_number", rank=Rank.HINTED, score=score
    )
    if found:
        yield found


def by_near_number(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield items of the known payer whose number is one slip away from what the text has."""
    written = payment.misspelt
    if not written:
        return
    for partner_id in payment.who.likely_partners:
        digits_of = index.account(partner_id).digits_of
        own = [one for one in payment.named if one.partner_id == partner_id]
        near = [
            (item, printed)
            for item in payment.fitting_items(partner_id, rules, own)
            for printed in written
            if is_near_number(printed, digits_of(item))
        ]
        yield from _propose_near(payment, rules, own, near)


def _propose_near(
    payment: Payment,
    rules: MatchRules,
    own: Sequence[OpenItem],
    near: Sequence[tuple[OpenItem, tuple[str, str]]],
) -> Iterator[Proposal]:
    for item, (prefix, digits) in near:
        if item in own:
            continue
        evidence = (
            *(Evidence("number", one.number) for one in own),
            Evidence("near_number", f"{prefix}{digits} {item.number}"),
        )
        found = propose_clear(
            payment,
            rules,
            [*own, item],
            evidence,
            strategy="near_number",
            rank=Rank.PAYER,
            score=93,
        )
        if found:
            yield found
