"""Payment histories for the tests of the score."""

from datetime import date, timedelta

from hypothesis import strategies as st

from debitor_scoring.core.history import Overdue, PaymentHistory, Settled
from debitor_scoring.core.model import GENERIC_MASSES, ScoringModel
from debitor_scoring.core.portfolio import Portfolio
from debitor_scoring.core.score import score

TODAY = date(2026, 6, 15)
MODEL = ScoringModel()
NOBODY = Portfolio()


def day(offset):
    return TODAY + timedelta(days=offset)


def settled(days_late=0, due=-30, line_id=1, **values):
    """A line due so many days from today and settled so many days later."""
    return Settled(line_id, day(due), day(due + days_late), **values)


def overdue(age=20, line_id=100, share=1.0):
    return Overdue(line_id, day(-age), share)


def history(*lines):
    return PaymentHistory(
        tuple(line for line in lines if isinstance(line, Settled)),
        tuple(line for line in lines if isinstance(line, Overdue)),
    )


def payer(days_late, count=5, every=20):
    """A customer whose invoices of the last months were all paid so many days late."""
    return history(
        *(
            settled(days_late, due=-days_late - 1 - every * number, line_id=number)
            for number in range(count)
        )
    )


def make_score(*lines, portfolio=NOBODY, model=MODEL):
    return score(history(*lines), portfolio, model, TODAY)


def portfolio_with(shares):
    """A large portfolio whose shares come out as given, generic invoices included."""
    return Portfolio(
        tuple(1000 * share - own for share, own in zip(shares, GENERIC_MASSES, strict=True))
    )


SHARES = st.floats(0.01, 1.0)


@st.composite
def settled_lines(draw):
    due = draw(st.integers(-1600, 40))
    paid = draw(st.integers(due - 60, 0)) if due <= 0 else draw(st.integers(-60, 0))
    return Settled(draw(st.integers(1, 50)), day(due), day(paid), draw(SHARES), draw(st.booleans()))


overdue_lines = st.builds(overdue, st.integers(1, 1600), st.integers(51, 99), SHARES)
histories = st.builds(
    PaymentHistory,
    st.lists(settled_lines(), max_size=12).map(tuple),
    st.lists(overdue_lines, max_size=5).map(tuple),
)
portfolios = st.lists(st.floats(0, 1000), min_size=9, max_size=9).map(
    lambda masses: Portfolio(tuple(masses))
)


@st.composite
def models(draw):
    inner = sorted(draw(st.lists(st.floats(0, 100), min_size=8, max_size=8)), reverse=True)
    return ScoringModel(
        half_life_days=draw(st.integers(1, 2000)),
        window_months=draw(st.integers(1, 60)),
        prior_strength=draw(st.floats(0.01, 20)),
        points=(100.0, *inner),
        minimum_evidence=draw(st.floats(0, 3)),
        severe_after_days=draw(st.sampled_from([3, 7, 15, 30, 60])),
    )
