"""Samples for tests of the dunning core: factories with keywords, one assertion, strategies.

Each factory gives something plain and valid; a test names only what it is about.
"""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from debitor_dunning.core.calendar import Calendar
from debitor_dunning.core.item import Block, OpenItem
from debitor_dunning.core.procedure import Grouping, Level, Procedure
from debitor_dunning.core.proposal import propose

EURO = 1
DOLLAR = 2
TODAY = date(2026, 3, 18)  # a Wednesday without a holiday near
WORKDAYS = Calendar()


def an_item(number=1, *, amount="100.00", days_overdue=30, due=TODAY, **facts):
    """Return an open item; ``due`` counts unless ``days_overdue`` is given with it as None."""
    residual = Decimal(amount)
    if days_overdue is not None:
        due = TODAY - timedelta(days=days_overdue)
    facts.setdefault("move_id", number * 10)
    facts.setdefault("partner_id", 7)
    facts.setdefault("currency_id", EURO)
    facts.setdefault("residual_company", residual)
    return OpenItem(id=number, due=due, residual=residual, **facts)


def a_credit(number=90, *, amount="-30.00", **facts):
    return an_item(number, amount=amount, days_overdue=facts.pop("days_overdue", 1), **facts)


def a_level(rank, *, days, minimum="0", **facts):
    return Level(id=rank * 100, rank=rank, days_after_due=days, minimum=Decimal(minimum), **facts)


def a_procedure(*levels, minimum="0", **rules):
    """Return a procedure; without levels it has three, at 5, 20 and 35 days."""
    levels = levels or tuple(a_level(rank, days=days) for rank, days in enumerate((5, 20, 35), 1))
    return Procedure(id=1, levels=levels, minimum=Decimal(minimum), **rules)


def a_proposal(*items, procedure=None, today=TODAY, calendar=WORKDAYS, last=None, forced=False):
    return propose(items, procedure or a_procedure(), today, calendar, last, forced=forced)


def assert_notice(notice, *, level, net, items, deadline=None):
    """Assert what a notice asks for: highest level, net sum and the ids of its items in order."""
    found = (notice.level.rank, notice.net, [line.item.id for line in notice.lines])
    assert found == (level, Decimal(net), list(items))
    if deadline is not None:
        assert notice.deadline == deadline


def reasons(proposal):
    """Return ``{item id: code of the reason}`` of what a proposal left out."""
    return {verdict.item.id: verdict.reason.code for verdict in proposal.skipped}


# ----------------------------------------------------------------------------
# Strategies: any debtor, any ladder
# ----------------------------------------------------------------------------

_dates = st.dates(date(2025, 11, 1), date(2026, 6, 30))
_cents = st.sampled_from([Decimal(3), Decimal(70)]) | st.decimals("0.01", 400, places=2)
# What may hold an item: rarely, so that most debtors get a letter.
_OBSTACLES = (
    {"block": Block("complaint", TODAY)},
    {"block": Block("other")},
    {"excluded": True},
    {"never_sent": True},
    {"has_rate": False},
    {"in_payment": True},
    {"notice": "ML/1"},
    {"due": None},
)


@st.composite
def open_items(draw, number):
    amount = draw(_cents)
    if draw(st.integers(1, 6)) == 6:
        amount = -amount
    rank = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3]))
    notified_on = draw(st.dates(date(2026, 2, 1), TODAY)) if rank else None
    currency_id = draw(st.sampled_from([EURO, EURO, EURO, DOLLAR]))
    facts = {
        "due": TODAY - timedelta(days=draw(st.sampled_from(range(-20, 160)))),
        "rank": rank,
        "notified_on": notified_on,
        "deadline": notified_on + timedelta(days=draw(st.integers(0, 20))) if rank else None,
    }
    if draw(st.integers(1, 8)) == 8:
        facts |= draw(st.sampled_from(_OBSTACLES))
    return OpenItem(
        id=number,
        move_id=draw(st.integers(1, 4)),
        partner_id=7,
        currency_id=currency_id,
        residual=amount,
        residual_company=amount * currency_id,
        **facts,
    )


@st.composite
def debtors(draw):
    return [draw(open_items(number)) for number in range(1, draw(st.integers(2, 6)) + 1)]


@st.composite
def procedures(draw):
    days = sorted(draw(st.sets(st.integers(-10, 60), min_size=2, max_size=4)))
    levels = [
        Level(
            id=rank * 100,
            rank=rank,
            days_after_due=after,
            min_days_since_last=draw(st.integers(0, 20)),
            minimum=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(50), Decimal(250)])),
            deadline_days=draw(st.integers(0, 14)),
        )
        for rank, after in enumerate(days, 1)
    ]
    return Procedure(
        id=1,
        levels=tuple(levels),
        grace_days=draw(st.integers(0, 10)),
        minimum=draw(st.sampled_from([Decimal(0), Decimal(5), Decimal(60)])),
        pause_days=draw(st.sampled_from([0, 0, 7])),
        grouping=draw(st.sampled_from(list(Grouping))),
        holds_never_sent=draw(st.booleans()),
    )


calendars = st.builds(
    Calendar, holidays=st.frozensets(_dates, max_size=8), weekdays=st.just(frozenset(range(5)))
)
