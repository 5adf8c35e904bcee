"""What all strategies share: from items and evidence to a scored proposal."""

from collections.abc import Iterable, Sequence

from ..index import age
from ..model import Evidence, MatchRules, OpenItem, Outcome, Proposal, Rank, WhyNot
from ..payment import Payment
from ..settlement import Settlement, settle, settle_clear

# What an outcome other than to the cent takes from the points of the evidence.
_PENALTY = {
    Outcome.EXACT: 0,
    Outcome.DISCOUNT: 1,
    Outcome.CHARGES: 1,
    Outcome.SMALL_DIFFERENCE: 3,
    Outcome.PARTIAL: 30,
    Outcome.OVERPAID: 35,
}
_ALLOWED_PARTIAL = 5
_LATE = (Evidence(WhyNot.DISCOUNT_LATE),)
_ORIGINAL = "original_amount"


def propose(
    payment: Payment,
    rules: MatchRules,
    items: Sequence[OpenItem],
    evidence: Iterable[Evidence],
    *,
    strategy: str,
    rank: Rank,
    score: int,
    settlement: Settlement | None = None,
) -> Proposal | None:
    """Return the proposal that the payment settles ``items``; None if it can't."""
    items = sorted(items, key=age)
    settlement = settlement or (settle(items, payment, rules) if items else None)
    if settlement is None:
        return None
    partners = {item.partner_id for item in items}
    is_partial = settlement.outcome is Outcome.PARTIAL and rank is Rank.NAMED
    penalty = _PENALTY[settlement.outcome]
    if is_partial and rules.allow_partial:
        penalty = _ALLOWED_PARTIAL
    return Proposal(
        parts=settlement.parts,
        partner_id=partners.pop() if len(partners) == 1 else None,
        strategy=strategy,
        evidence=(*evidence, *_amount_evidence(payment, settlement)),
        remainder=settlement.remainder,
        outcome=settlement.outcome,
        score=max(score - penalty, 1),
        currency=settlement.currency,
        rank=rank,
        deductions=settlement.deductions,
        conflicts=_LATE if settlement.is_late else (),
    )


def propose_clear(
    payment: Payment,
    rules: MatchRules,
    items: Sequence[OpenItem],
    evidence: Iterable[Evidence],
    *,
    strategy: str,
    rank: Rank,
    score: int,
) -> Proposal | None:
    """Return the proposal if the payment settles the items in full, nothing left over."""
    items = sorted(items, key=age)
    settlement = settle_clear(items, payment, rules)
    if settlement is None:
        return None
    return propose(
        payment,
        rules,
        items,
        evidence,
        strategy=strategy,
        rank=rank,
        score=score,
        settlement=settlement,
    )


def _amount_evidence(payment: Payment, settlement: Settlement) -> list[Evidence]:
    code = "amount" if settlement.outcome is Outcome.EXACT else settlement.outcome.value
    value = f"{payment.amount_in(settlement.currency) or payment.amount:f} {settlement.currency}"
    found = [Evidence(code, value)]
    if settlement.currency != payment.transaction.currency:
        found.append(Evidence(_ORIGINAL, value))
    return found


def is_clear(proposal: Proposal) -> bool:
    """Tell whether it settles its items in full, with nothing left over or written off."""
    return proposal.outcome in (Outcome.EXACT, Outcome.DISCOUNT, Outcome.CHARGES)
