"""Items that a payment names, settled as people do: whole, by instalments, with claims, net.

Shared by the strategies that know the items and only ask which of their lines are meant.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import product

from ..index import age
from ..model import ZERO, Evidence, MatchRules, OpenItem, Proposal, Rank
from ..payment import Payment
from ..subsets import find_subsets
from .proposing import is_clear, propose

_MOST_WAYS = 32
_MOST_ADDITIONS = 12
_COMPLETED = 2


def propose_named(
    payment: Payment,
    rules: MatchRules,
    items: Sequence[OpenItem],
    evidence: tuple[Evidence, ...],
    *,
    strategy: str,
    score: int,
    rank: Rank = Rank.NAMED,
) -> Iterator[Proposal]:
    """Yield the best reading of ``items`` being named: one proposal, two if they tie."""
    suggest = partial(propose, payment, rules, strategy=strategy, rank=rank)
    for some in (items, *_instalments(items)):
        found = suggest(some, evidence, score=score)
        if found and is_clear(found):
            yield found
            return
    completed = False
    for code, additions in _completions(payment, items):
        why = (*evidence, *(Evidence(code, one.number) for one in additions))
        some = [*items, *additions]
        found = suggest(some, why, score=score - _COMPLETED)
        if found:
            completed = True
            yield found
    if not completed:
        found = suggest(items, evidence, score=score)
        if found:
            yield found


def _instalments(items: Sequence[OpenItem]) -> Iterator[Sequence[OpenItem]]:
    """Yield ways to pay documents by instalments: a line each, or the oldest lines."""
    documents: dict[int, list[OpenItem]] = {}
    for item in sorted(items, key=age):
        documents.setdefault(item.move_id, []).append(item)
    if len(documents) == len(items):
        return
    choices = [
        [*([line] for line in lines), *(lines[:count] for count in range(2, len(lines) + 1))]
        for lines in documents.values()
    ]
    for number, way in enumerate(product(*choices)):
        if number >= _MOST_WAYS:
            return
        yield [line for lines in way for line in lines]


def _completions(
    payment: Payment, items: Sequence[OpenItem]
) -> Iterator[tuple[str, list[OpenItem]]]:
    """Yield what else of the partner makes the amount exact: its claims, its credits."""
    partner_id = items[0].partner_id
    currency = items[0].currency
    paid = payment.amount_in(currency)
    if paid is None or partner_id is None:
        return
    if any(item.partner_id != partner_id or item.currency != currency for item in items):
        return
    gap = (paid - sum((item.residual for item in items), ZERO)) * payment.sign
    ids = {item.id for item in items}
    others = [
        item
        for item in payment.open_items(partner_id)
        if item.id not in ids and item.currency == currency
    ]
    if gap > 0:
        claims = [item for item in others if item.is_claim and item.residual * payment.sign > 0]
        yield from (("claim", some) for some in _adding_up(claims, gap))
    elif gap < 0:
        credits = [item for item in others if item.residual * payment.sign < 0]
        yield from (("credit", some) for some in _adding_up(credits, -gap))


def _adding_up(items: list[OpenItem], target: Decimal) -> list[list[OpenItem]]:
    some = items[:_MOST_ADDITIONS]
    found = find_subsets([abs(item.residual) for item in some], target)
    return [[some[place] for place in places] for places in found.found]
