"""What a notice may demand of earlier claims."""

import pytest

from debitor_dunning.core.claims.charges import ClaimKind
from debitor_dunning.core.claims.demand import ClaimFacts, Obstacle, Subject, find_obstacle
from debitor_dunning.core.claims.party import Evidence, Party, PartyKind

BUSINESS = Party(PartyKind.BUSINESS, Evidence.STATED)
CONSUMER = Party(PartyKind.CONSUMER, Evidence.NOTHING)
VOID, BLOCKED, SOUND = Subject(is_void=True), Subject(is_blocked=True), Subject()


def obstacle(kind=ClaimKind.FEE, party=BUSINESS, **facts):
    return find_obstacle(ClaimFacts(kind, **facts), party)


def test_what_is_outstanding_may_be_demanded():
    for kind in ClaimKind:
        assert obstacle(kind, subjects=(SOUND,)) is None
    assert obstacle() is None, "a fee whose notice has no items left"


def test_what_ended_or_is_demanded_elsewhere_may_not():
    assert obstacle(is_outstanding=False, is_elsewhere=True) is Obstacle.ENDED
    assert obstacle(is_elsewhere=True) is Obstacle.ELSEWHERE


def test_no_consumer_is_asked_for_a_lump_sum():
    assert obstacle(ClaimKind.LUMP_SUM, CONSUMER) is Obstacle.CONSUMER
    assert obstacle(ClaimKind.FEE, CONSUMER) is None
    assert obstacle(ClaimKind.INTEREST, CONSUMER) is None


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        ((VOID,), Obstacle.VOID_INVOICE),
        ((VOID, SOUND), None),
        ((BLOCKED,), Obstacle.BLOCKED),
        ((BLOCKED, SOUND), None),
        ((VOID, BLOCKED), Obstacle.BLOCKED),
        ((VOID, BLOCKED, SOUND), None),
    ],
)
def test_a_fee_lasts_while_one_of_its_items_does(subjects, expected):
    assert obstacle(subjects=subjects) is expected


def test_a_blocked_debtor_is_asked_for_nothing():
    assert obstacle(is_debtor_blocked=True, subjects=(SOUND,)) is Obstacle.BLOCKED
