"""Nothing but the amount: something for a person to look at."""

from collections.abc import Iterator

from ..index import OpenItemIndex
from ..model import MatchRules, Proposal, Rank
from ..payment import Payment
from .proposing import propose

_MOST = 3
_SCORE = 40


def by_amount(payment: Payment, index: OpenItemIndex, rules: MatchRules) -> Iterator[Proposal]:
    """Yield the items that are open with just this amount, if they are few."""
    for currency in payment.currencies():
        amount = payment.amount_in(currency)
        items = index.with_residual(amount) if amount is not None else []
        if len(items) > _MOST:
            continue
        for item in items:
            if item.currency == currency and item.id not in payment.taken:
                found = propose(
                    payment, rules, [item], (), strategy="amount", rank=Rank.GUESSED, score=_SCORE
                )
                if found:
                    yield found
