"""The payer is known and pays several items: the whole account, or some that add up."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from ..index import OpenItemIndex
from ..model import ZERO, Evidence, MatchRules, OpenItem, Proposal, Rank
from ..payers import Identity
from ..payment import Payment
from ..subsets import find_subsets
from .payer import similar_score
from .proposing import propose_clear

_MOST_ITEMS = 16
_MOST_CREDITS = 3
_WHOLE_ACCOUNT = 1
_SURE_SUM = 2
_LIKELY_SUM = 14
_SIMILAR = 0.8
# How many sums there may be for each cent of the amount before one fits by chance.
_CHANCE = Decimal("0.001")


def by_balance(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield the whole account: all open, all but claims, or all that is due."""
    for identity in _identities(payment, index):
        for currency in payment.currencies():
            items = _of_currency(payment, identity, currency)
            for some in _accounts(items, payment):
                found = propose_clear(
                    payment,
                    rules,
                    some,
                    [*identity.evidence, Evidence("balance", str(len(some)))],
                    strategy="balance",
                    rank=Rank.PAYER,
                    score=identity.score - _WHOLE_ACCOUNT,
                )
                if found:
                    yield found


def _accounts(items: list[OpenItem], payment: Payment) -> Iterator[list[OpenItem]]:
    seen: set[tuple[int, ...]] = set()
    principal = [item for item in items if not item.is_claim]
    due = [item for item in items if item.due and payment.day and item.due <= payment.day]
    for some in (items, principal, due):
        key = tuple(item.id for item in some)
        if len(some) > 1 and key not in seen:
            seen.add(key)
            yield some


def by_sum(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield some of the payer's oldest items that add up to the amount, at most two ways."""
    for identity in _identities(payment, index):
        for currency in payment.currencies():
            items = _of_currency(payment, identity, currency)
            paid = payment.amount_in(currency) or ZERO
            is_sure = len(items) <= _MOST_ITEMS and is_telling(len(items), abs(paid))
            ways, is_complete = _ways(items, paid * payment.sign, payment.sign)
            for some in ways:
                is_rare = is_sure and is_complete
                found = propose_clear(
                    payment,
                    rules,
                    some,
                    [*identity.evidence, Evidence("sum", str(len(some)))],
                    strategy="sum",
                    rank=Rank.PAYER,
                    score=identity.score - (_SURE_SUM if is_rare else _LIKELY_SUM),
                )
                if found:
                    yield found


def is_telling(count: int, amount: Decimal) -> bool:
    """Tell whether a sum of some of ``count`` items hardly fits ``amount`` by chance.

    >>> is_telling(5, Decimal("500.00")), is_telling(12, Decimal("500.00"))
    (True, False)
    """
    return Decimal(1 << count) <= amount * 100 * _CHANCE


def _ways(items: list[OpenItem], paid: Decimal, sign: int) -> tuple[list[list[OpenItem]], bool]:
    """Return at most two ways in which several items make the amount, and if that is all."""
    positive = [item for item in items if item.residual * sign > 0][:_MOST_ITEMS]
    credits = [item for item in items if item.residual * sign < 0][:_MOST_CREDITS]
    amounts = [abs(item.residual) for item in positive]
    ways: list[list[OpenItem]] = []
    is_complete = True
    for count in range(len(credits) + 1):
        for netted in combinations(credits, count):
            target = paid + sum((abs(item.residual) for item in netted), ZERO)
            found = find_subsets(amounts, target, limit=3)
            is_complete = is_complete and found.is_complete
            ways += [
                [*(positive[place] for place in places), *netted]
                for places in found.found
                if len(places) + len(netted) > 1
            ]
    return ways[:2], is_complete or len(ways) > 1


def _identities(payment: Payment, index: OpenItemIndex) -> list[Identity]:
    """Return who surely paid; without anybody, who has a very similar name."""
    known = list(payment.who.identities.values())
    if known:
        return known[:3]
    return [
        Identity(one, similar_score(alike) - 1, [Evidence("name_similar", "")])
        for alike, one in payment.who.similar[:1]
        if alike >= _SIMILAR
    ]


def _of_currency(payment: Payment, identity: Identity, currency: str) -> list[OpenItem]:
    items = payment.open_items(identity.partner_id)
    return [item for item in items if item.currency == currency]
