"""Payments to open items, with reasons.

Read ``model`` first (what is asked and answered), then ``payment`` (what a transaction
says), ``strategies`` (how it may be matched), ``conflicts`` and ``deciding`` (what of it is
booked). ``index`` holds the open items, ``numbering`` knows our numbers.
"""

from .deciding import match, match_all
from .index import OpenItemIndex
from .model import (
    Decision,
    Evidence,
    MatchRules,
    MemoryEntry,
    OpenItem,
    Outcome,
    Payer,
    Proposal,
    Rank,
    SettledNumber,
    WhyNot,
)
from .names import normalise_name
from .strategies import STRATEGIES, Strategy

__all__ = [
    "STRATEGIES",
    "Decision",
    "Evidence",
    "MatchRules",
    "MemoryEntry",
    "OpenItem",
    "OpenItemIndex",
    "Outcome",
    "Payer",
    "Proposal",
    "Rank",
    "SettledNumber",
    "Strategy",
    "WhyNot",
    "match",
    "match_all",
    "normalise_name",
]
