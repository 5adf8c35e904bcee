"""May a notice demand what an earlier one claimed? One answer for proposal, letter and resend."""

from dataclasses import dataclass
from enum import StrEnum

from .charges import ClaimKind
from .party import Party


class Obstacle(StrEnum):
    """Why a claim can't go on a notice now; the first that holds is given."""

    ENDED = "ended"
    ELSEWHERE = "elsewhere"
    VOID_INVOICE = "void_invoice"
    CONSUMER = "consumer"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Subject:
    """An item that a claim came about: the fee of a notice has all of its items.

    ``is_void``: the invoice was cancelled, or credited in full.
    """

    is_void: bool = False
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What is known of a claim; ``is_elsewhere``: a notice under way demands it already."""

    kind: ClaimKind
    is_outstanding: bool = True
    is_elsewhere: bool = False
    is_debtor_blocked: bool = False
    subjects: tuple[Subject, ...] = ()


def find_obstacle(claim: ClaimFacts, party: Party) -> Obstacle | None:
    """Return why a notice may not demand the claim, or None.

    A fee lasts while one of its items does. What a debtor became a consumer for is
    § 288 (5) BGB: no lump sum, whenever it was claimed.
    """
    if not claim.is_outstanding:
        return Obstacle.ENDED
    if claim.is_elsewhere:
        return Obstacle.ELSEWHERE
    subjects = claim.subjects
    if subjects and all(subject.is_void for subject in subjects):
        return Obstacle.VOID_INVOICE
    if claim.kind is ClaimKind.LUMP_SUM and party.is_consumer:
        return Obstacle.CONSUMER
    standing = [subject for subject in subjects if not subject.is_void]
    if claim.is_debtor_blocked or (standing and all(one.is_blocked for one in standing)):
        return Obstacle.BLOCKED
    return None
