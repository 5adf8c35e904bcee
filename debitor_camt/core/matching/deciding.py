"""From a payment to a decision: propose, look for conflicts, compare, book or say why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ..statement import Kind, Transaction
from .collector import held_collector
from .conflicts import conflicts_of
from .index import OpenItemIndex
from .model import Decision, MatchRules, Proposal, Rank, WhyNot
from .payment import Payment
from .strategies import STRATEGIES, Strategy
from .strategies.proposing import is_clear

_WITH_CONFLICT = 60
_FURTHER_CONFLICT = 5
_CLOSE = 10
_PAIR = 2


def match(
    transaction: Transaction,
    index: OpenItemIndex,
    rules: MatchRules,
    strategies: Sequence[Strategy] = STRATEGIES,
    taken: dict[int, str] | None = None,
) -> Decision:
    """Return what a transaction may settle, and what of it to book by itself.

    :param taken: item ids that other payments of the import settle, with their keys
    """
    obstacle = _obstacle(transaction)
    if obstacle is not None:
        return Decision(why_not=obstacle)
    payment = Payment(transaction, index, taken)
    proposals = _propose(payment, rules, strategies)
    if not proposals:
        return Decision(why_not=WhyNot.NOTHING_FOUND)
    why_not = _why_not(proposals, payment, rules)
    return Decision(
        tuple(proposals[: rules.max_proposals]), None if why_not else proposals[0], why_not
    )


def match_all(
    transactions: Iterable[Transaction],
    index: OpenItemIndex,
    rules: MatchRules,
    strategies: Sequence[Strategy] = STRATEGIES,
    taken: Mapping[int, str] = MappingProxyType({}),
) -> list[Decision]:
    """Return a decision for each transaction of an import; no item is booked twice.

    Payments that name their items come first, the others take from what is left; within
    both, the order is the bank's. A second payment of an item says whose it follows.

    :param taken: item ids that earlier statements of the import settled, with the keys of the
        transactions
    """
    with held_collector():
        return _match_all(list(transactions), index, rules, strategies, dict(taken))


def _match_all(
    transactions: Sequence[Transaction],
    index: OpenItemIndex,
    rules: MatchRules,
    strategies: Sequence[Strategy],
    taken: dict[int, str],
) -> list[Decision]:
    decisions: list[Decision] = []
    waiting: list[int] = []
    for place, transaction in enumerate(transactions):
        decision = match(transaction, index, rules, strategies, taken)
        decisions.append(decision)
        automatic = decision.automatic
        if automatic is not None and automatic.rank is Rank.NAMED:
            _take(automatic, transaction, place, taken)
        elif automatic is not None or decision.why_not is WhyNot.TIE:
            waiting.append(place)
    for place in waiting:
        decision = decisions[place]
        if _may_change(decision, index, taken):
            decision = match(transactions[place], index, rules, strategies, taken)
            decisions[place] = decision
        if decision.automatic is not None:
            _take(decision.automatic, transactions[place], place, taken)
    return decisions


def _take(automatic: Proposal, transaction: Transaction, place: int, taken: dict[int, str]) -> None:
    for item_id in automatic.item_ids:
        taken[item_id] = transaction.key or str(place)


def _may_change(decision: Decision, index: OpenItemIndex, taken: dict[int, str]) -> bool:
    """Tell whether an item of the partners that may have paid was taken."""
    partners = {proposal.partner_id for proposal in decision.proposals}
    return any(
        item.id in taken
        for partner_id in partners
        if partner_id is not None
        for item in index.account(partner_id).items
    )


def _obstacle(transaction: Transaction) -> WhyNot | None:
    if transaction.kind is not Kind.PAYMENT or not transaction.amount:
        return WhyNot.NOT_A_PAYMENT
    if not transaction.is_booked:
        return WhyNot.NOT_BOOKED
    if transaction.is_reversal or transaction.return_reason:
        return WhyNot.RETURNED
    return None


def _propose(payment: Payment, rules: MatchRules, strategies: Sequence[Strategy]) -> list[Proposal]:
    """Return all proposals, the best first; stops when no later strategy could rival."""
    found: dict[tuple[object, ...], Proposal] = {}
    best: Rank | None = None
    for strategy in strategies:
        if best is not None and strategy.rank < best:
            break
        for proposal in strategy.propose(payment, payment.index, rules):
            judged = _judge(proposal, payment, rules)
            key = tuple(sorted(judged.parts))
            found[key] = _merge(found[key], judged) if key in found else judged
            if is_clear(judged) and not judged.conflicts:
                best = max(best or judged.rank, judged.rank)
    return sorted(found.values(), key=_order)


def _judge(proposal: Proposal, payment: Payment, rules: MatchRules) -> Proposal:
    conflicts = tuple(dict.fromkeys(conflicts_of(proposal, payment, rules)))
    if not conflicts:
        return proposal
    score = min(proposal.score, _WITH_CONFLICT) - _FURTHER_CONFLICT * (len(conflicts) - 1)
    return replace(proposal, conflicts=conflicts, score=max(score, 1))


def _merge(first: Proposal, second: Proposal) -> Proposal:
    """Return the better of two proposals of the same parts, with the evidence of both."""
    better, other = sorted((first, second), key=_order)
    evidence = tuple(dict.fromkeys((*better.evidence, *other.evidence)))
    return replace(better, evidence=evidence)


def _order(proposal: Proposal) -> tuple[object, ...]:
    if proposal.conflicts or proposal.score < _WITH_CONFLICT:
        return True, -proposal.score, -proposal.rank, proposal.parts
    return False, -proposal.rank, -proposal.score, proposal.parts


def _why_not(proposals: list[Proposal], payment: Payment, rules: MatchRules) -> WhyNot | None:
    """Return why the best proposal isn't booked, None if it is."""
    best = proposals[0]
    if best.conflicts:
        return WhyNot(best.conflicts[0].code)
    if any(_rivals(best, other) for other in proposals[1:]):
        return WhyNot.TIE
    if best.rank is Rank.GUESSED or best.score < rules.auto_threshold:
        return WhyNot.WEAK_EVIDENCE
    cap = rules.max_auto_amount
    return WhyNot.OVER_CAP if cap is not None and abs(payment.amount) > cap else None


def _rivals(best: Proposal, other: Proposal) -> bool:
    """Tell whether the other is as good; a sum by chance is not against a single item.

    Two items of a payer who names none are no chance: people pay two invoices at once.
    """
    if other.rank < best.rank:
        return False
    if other.conflicts:
        # Too doubtful to be booked is not too doubtful to be meant.
        return all(one.code == WhyNot.UNKNOWN_PAYER for one in other.conflicts)
    if best.rank is Rank.PAYER and len(other.parts) == _PAIR:
        return True
    return other.score >= best.score - _CLOSE or len(best.parts) > 1
