"""Proposals of the core as JSON and back, exactly: amounts stay text."""

from decimal import Decimal

from ..core.matching import Evidence, Outcome, Proposal, Rank


def proposal_to_json(one):
    return {
        "parts": [[item_id, f"{amount:f}"] for item_id, amount in one.parts],
        "partner": one.partner_id,
        "strategy": one.strategy,
        "evidence": _evidence_to_json(one.evidence),
        "remainder": f"{one.remainder:f}",
        "outcome": one.outcome.value,
        "score": one.score,
        "currency": one.currency,
        "rank": int(one.rank),
        "deductions": [[item_id, f"{amount:f}"] for item_id, amount in one.deductions],
        "conflicts": _evidence_to_json(one.conflicts),
    }


def proposal_from_json(data):
    return Proposal(
        parts=_pairs(data["parts"]),
        partner_id=data["partner"],
        strategy=data["strategy"],
        evidence=_evidence(data["evidence"]),
        remainder=Decimal(data["remainder"]),
        outcome=Outcome(data["outcome"]),
        score=data["score"],
        currency=data["currency"],
        rank=Rank(data["rank"]),
        deductions=_pairs(data["deductions"]),
        conflicts=_evidence(data["conflicts"]),
    )


def _evidence_to_json(evidence):
    return [[one.code, one.value] for one in evidence]


def _evidence(rows):
    return tuple(Evidence(*row) for row in rows)


def _pairs(rows):
    return tuple((item_id, Decimal(amount)) for item_id, amount in rows)
