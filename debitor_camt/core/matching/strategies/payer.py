"""The payer is known, the text names nothing: its items with a fitting amount."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..index import OpenItemIndex
from ..model import Evidence, MatchRules, OpenItem, Proposal, Rank
from ..payers import Identity
from ..payment import Payment
from ..settlement import settle
from .proposing import propose, propose_clear

# Similarity of names from which on they say who paid.
_SIMILAR = 0.6
_AS_GOOD_AS_SAME = 0.9
_OLDEST = 50


def by_customer_number(
    payment: Payment, index: OpenItemIndex, rules: MatchRules
) -> Iterator[Proposal]:
    yield from _by(("customer_number",), "customer_number", payment, index, rules)


def by_iban(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Also by mandate: both say whose account it is."""
    yield from _by(("iban", "mandate"), "iban", payment, index, rules)


def by_name(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    yield from _by(("name", "memory_name"), "name", payment, index, rules)


def by_similar_name(
    payment: Payment, index: OpenItemIndex, rules: MatchRules
) -> Iterator[Proposal]:
    """Yield items of partners with similar names, when nothing tells surely who paid."""
    if any(identity.is_sure for identity in payment.who.identities.values()):
        return
    for alike, partner_id in payment.who.similar[:5]:
        if alike < _SIMILAR:
            return
        payer = index.payer(partner_id)
        evidence = [Evidence("name_similar", payer.name if payer else "")]
        identity = Identity(partner_id, similar_score(alike), evidence)
        rank = Rank.PAYER if alike >= _AS_GOOD_AS_SAME else Rank.GUESSED
        yield from _fitting(identity, "name_similar", payment, index, rules, rank)


def similar_score(alike: float) -> int:
    """Return points for similar names: 90 from 0.9 on, fewer below."""
    return 90 if alike >= _AS_GOOD_AS_SAME else int(50 + 40 * alike)


def _by(
    codes: tuple[str, ...],
    strategy: str,
    payment: Payment,
    index: OpenItemIndex,
    rules: MatchRules,
) -> Iterator[Proposal]:
    for identity in payment.who.identities.values():
        if identity.code in codes:
            yield from _fitting(identity, strategy, payment, index, rules, Rank.PAYER)


def _fitting(
    identity: Identity,
    strategy: str,
    payment: Payment,
    index: OpenItemIndex,
    rules: MatchRules,
    rank: Rank,
) -> Iterator[Proposal]:
    """Yield each item of the partner that the amount settles alone."""
    for item in _oldest_of_each(payment.fitting_items(identity.partner_id, rules)):
        found = propose_clear(
            payment,
            rules,
            [item],
            identity.evidence,
            strategy=strategy,
            rank=rank,
            score=identity.score,
        )
        if found:
            yield found


def _oldest_of_each(items: Iterable[OpenItem]) -> Iterator[OpenItem]:
    """Leave out later instalments of the same amount: the oldest is paid first (§ 366 BGB)."""
    seen: set[tuple[int, Decimal]] = set()
    for item in items:
        kind = item.move_id, item.residual
        if kind not in seen:
            seen.add(kind)
            yield item


def by_age(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield the oldest items of the payer that the amount pays in part, or all too much.

    For a person to look at when nothing fits.
    """
    for identity in list(payment.who.identities.values())[:3]:
        items = [
            item
            for item in payment.open_items(identity.partner_id)
            if item.residual * payment.sign > 0 and item.currency == payment.transaction.currency
        ]
        some = _covered(items, abs(payment.amount))
        settlement = settle(some, payment, rules) if some else None
        if settlement is not None:
            evidence = [*identity.evidence, Evidence("oldest")]
            found = propose(
                payment,
                rules,
                some,
                evidence,
                strategy="oldest",
                rank=Rank.GUESSED,
                score=min(identity.score, _OLDEST),
                settlement=settlement,
            )
            if found:
                yield found


def _covered(items: list[OpenItem], amount: Decimal) -> list[OpenItem]:
    some: list[OpenItem] = []
    for item in items:
        if amount <= 0:
            break
        some.append(item)
        amount -= abs(item.residual)
    return some
