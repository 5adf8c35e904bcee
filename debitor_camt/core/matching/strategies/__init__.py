"""How a payment may be matched, in order; an addon passes a list of its own.

A strategy yields proposals and never looks at those of others: ``match`` compares them.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..index import OpenItemIndex
from ..model import MatchRules, Proposal, Rank
from ..payment import Payment
from .amount import by_amount
from .number import by_bare_number, by_near_number, by_number
from .payer import by_age, by_customer_number, by_iban, by_name, by_similar_name
from .reference import by_end_to_end, by_order_number, by_reference
from .sums import by_balance, by_sum

Propose = Callable[[Payment, OpenItemIndex, MatchRules], Iterator[Proposal]]


class Strategy(NamedTuple):
    """``rank``: the highest that its proposals have; strategies are sorted by it."""

    name: str
    rank: Rank
    propose: Propose


STRATEGIES = (
    Strategy("reference", Rank.NAMED, by_reference),
    Strategy("end_to_end", Rank.NAMED, by_end_to_end),
    Strategy("number", Rank.NAMED, by_number),
    Strategy("order_number", Rank.HINTED, by_order_number),
    Strategy("bare_number", Rank.HINTED, by_bare_number),
    Strategy("near_number", Rank.PAYER, by_near_number),
    Strategy("customer_number", Rank.PAYER, by_customer_number),
    Strategy("iban", Rank.PAYER, by_iban),
    Strategy("name", Rank.PAYER, by_name),
    Strategy("name_similar", Rank.PAYER, by_similar_name),
    Strategy("balance", Rank.PAYER, by_balance),
    Strategy("sum", Rank.PAYER, by_sum),
    Strategy("oldest", Rank.GUESSED, by_age),
    Strategy("amount", Rank.GUESSED, by_amount),
)
