"""A structured reference, and the ids of a direct debit: what was made to be matched."""

from collections.abc import Iterator

from ..index import OpenItemIndex
from ..model import Evidence, MatchRules, OpenItem, Proposal, Rank
from ..payment import Payment
from ..settlement import settle_clear
from ..text import compact
from .named import propose_named

_SHORTEST_ORDER = 5


def by_reference(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield items with a reference that has right check digits."""
    for code, kind in payment.references:
        items = [item for item in index.referenced(code) if payment.can_settle(item)]
        if items:
            evidence = (Evidence("reference", f"{kind} {code}"),)
            for some in _meant(items, payment, rules):
                yield from propose_named(
                    payment, rules, some, evidence, strategy="reference", score=100
                )


def _meant(items: list[OpenItem], payment: Payment, rules: MatchRules) -> Iterator[list[OpenItem]]:
    """Yield which documents a reference means: it may be the partner's, the same for all."""
    documents: dict[int, list[OpenItem]] = {}
    for item in items:
        documents.setdefault(item.move_id, []).append(item)
    if len(documents) == 1:
        yield items
        return
    fitting = [lines for lines in documents.values() if settle_clear(lines, payment, rules)]
    yield from fitting or [items]


def by_end_to_end(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield the items that we collected or paid with this end-to-end id."""
    items = payment.collected
    if items:
        evidence = (Evidence("end_to_end", payment.transaction.end_to_end or ""),)
        yield from propose_named(payment, rules, items, evidence, strategy="end_to_end", score=99)


def by_order_number(
    payment: Payment, index: OpenItemIndex, rules: MatchRules
) -> Iterator[Proposal]:
    """Yield items by what else they are known as; only where the payer agrees."""
    items: dict[int, OpenItem] = {}
    printed = []
    for code in _codes(payment):
        for item in index.referenced(code):
            if payment.can_settle(item) and payment.who.agrees(item.partner_id):
                items[item.id] = item
                printed.append(code)
    if items:
        evidence = tuple(Evidence("order_number", code) for code in dict.fromkeys(printed))
        yield from propose_named(
            payment,
            rules,
            list(items.values()),
            evidence,
            strategy="order_number",
            score=94,
            rank=Rank.HINTED,
        )


def _codes(payment: Payment) -> Iterator[str]:
    """Yield words of the text and neighbours joined that may be an order number."""
    before = ""
    for token in payment.masked_tokens:
        if token.is_number and before:
            yield before + token.text
        if len(token.text) >= _SHORTEST_ORDER and token.is_number:
            yield token.text
        before = token.text
    for printed in payment.transaction.structured:
        yield compact(printed)
