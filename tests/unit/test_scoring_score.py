"""The score: its worked example, and what must hold for every history."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scoring_samples import (
    MODEL,
    NOBODY,
    TODAY,
    day,
    histories,
    history,
    make_score,
    models,
    overdue,
    overdue_lines,
    payer,
    portfolio_with,
    portfolios,
    settled,
    settled_lines,
)

from debitor_scoring.core.distribution import get_days_beyond
from debitor_scoring.core.explanation import explain
from debitor_scoring.core.forecast import expected_payment_date
from debitor_scoring.core.history import Overdue, PaymentHistory
from debitor_scoring.core.model import RISK_CLASSES
from debitor_scoring.core.portfolio import Portfolio, portfolio_of
from debitor_scoring.core.score import score

CLOSE = 1e-9
# A portfolio that pays 71 of 100 invoices on time, as the one of the example.
EXAMPLE_PORTFOLIO = portfolio_with((0.04, 0.14, 0.53, 0.12, 0.07, 0.05, 0.026, 0.018, 0.006))


def line(mass, days_late, due, line_id):
    """A settled line that weighs so much today although it was due some time ago."""
    return settled(days_late, due, line_id, share=mass / MODEL.weights[max(-due, 0)])


EXAMPLE = history(
    line(0.6, -5, 0, 1),
    *(line(1.0, -2, 0, number) for number in (2, 3, 4)),
    line(0.5, 0, 0, 5),
    line(0.9, 2, -3, 6),
    line(0.7, 9, -10, 7),
    line(0.5, 35, -40, 8),
    overdue(20, 9),
)


def test_the_worked_example_of_the_documentation():
    found = score(EXAMPLE, EXAMPLE_PORTFOLIO, MODEL, TODAY)
    assert found.value == pytest.approx(69.8, abs=0.05)
    assert found.own_class == "c"
    assert found.evidence == pytest.approx(7.2)
    assert found.reliability == "medium"
    assert found.probability_late == pytest.approx(0.40, abs=0.005)
    assert found.probability_severe == pytest.approx(0.06, abs=0.005)


def test_the_worked_example_explains_where_the_points_went():
    found = score(EXAMPLE, EXAMPLE_PORTFOLIO, MODEL, TODAY)
    explanation = explain(found, EXAMPLE, MODEL, TODAY)
    lost = {(one.kind, one.bucket): round(one.points, 1) for one in explanation.lost}
    assert lost == {
        # early and on time together are the 3.2 of the documentation
        ("bucket", 1): 0.2,
        ("bucket", 2): 3.0,
        ("bucket", 3): 2.9,
        ("bucket", 5): 5.3,
        ("bucket", 7): 5.2,
        ("overdue", 6): 9.2,
        ("prior", None): 4.3,
    }
    assert [one.kind for one in explanation.strongest(1)] == ["overdue"]
    assert explanation.strongest(1)[0].line_ids == (9,)


@given(histories, portfolios, models())
def test_a_score_is_bounded_and_its_parts_agree(known, portfolio, model):
    found = score(known, portfolio, model, TODAY)
    assert found.value is None or 0 <= found.value <= 100
    assert (found.value is None) == (found.own_class == "new") == (found.reliability is None)
    assert 0 <= found.probability_severe <= found.probability_late <= 1
    assert found.low_days <= found.expected_days <= found.high_days
    assert sum(found.prior_masses) == pytest.approx(model.prior_strength)
    if found.value is not None:
        assert found.own_class == model.classify(found.value)


@given(histories, portfolios, models())
def test_every_lost_point_is_explained(known, portfolio, model):
    found = score(known, portfolio, model, TODAY)
    explanation = explain(found, known, model, TODAY)
    if found.value is None:
        assert explanation.lost == explanation.contributions == ()
        return
    assert found.value + explanation.total == pytest.approx(100, abs=1e-7)
    assert sum(one.share for one in explanation.lost) == pytest.approx(1)
    for cause in explanation.lost[:-1]:
        own = [
            one
            for one in explanation.contributions
            if (one.kind, one.bucket) == (cause.kind, cause.bucket)
        ]
        assert sum(one.points for one in own) == pytest.approx(cause.points, abs=1e-9)
        assert {one.line_id for one in own} == set(cause.line_ids)


@given(histories, portfolios, models(), settled_lines(), st.integers(0, 2000))
def test_a_later_payment_never_improves_a_score(known, portfolio, model, one, delay):
    paid_on = min(one.settled_on.toordinal() + delay, TODAY.toordinal())
    later = replace(one, settled_on=date.fromordinal(paid_on))
    points = [_points_with(known, line, portfolio, model) for line in (one, later)]
    assert points[1] <= points[0] + CLOSE


@given(histories, portfolios, models(), settled_lines())
def test_not_paying_never_gives_a_better_score_than_paying_late(known, portfolio, model, one):
    assume(one.due < TODAY and not one.written_off)
    unpaid = Overdue(one.line_id, one.due, one.share)
    points = [_points_with(known, line, portfolio, model) for line in (one, unpaid)]
    assert points[1] <= points[0] + CLOSE


@given(histories, portfolios, models(), settled_lines())
def test_a_loss_never_gives_a_better_score_than_a_payment(known, portfolio, model, one):
    lost = replace(one, written_off=True)
    points = [_points_with(known, line, portfolio, model) for line in (one, lost)]
    assert points[1] <= points[0] + CLOSE


def _points_with(known, one, portfolio, model):
    """Return the mean points of a history and one more line, whether rated or not."""
    found = score(history(*known.settled, *known.overdue, one), portfolio, model, TODAY)
    return sum(p * m for p, m in zip(model.points, found.masses, strict=True)) / sum(found.masses)


@given(histories, portfolios, models(), st.one_of(settled_lines(), overdue_lines))
def test_more_evidence_never_makes_not_rated(known, portfolio, model, more):
    richer = history(*known.settled, *known.overdue, more)
    before = score(known, portfolio, model, TODAY)
    after = score(richer, portfolio, model, TODAY)
    assert after.evidence >= before.evidence
    assert before.value is None or after.value is not None


@given(histories, portfolios, models(), st.randoms())
def test_the_order_of_the_lines_makes_no_difference(known, portfolio, model, random):
    mixed = PaymentHistory(
        tuple(random.sample(known.settled, len(known.settled))),
        tuple(random.sample(known.overdue, len(known.overdue))),
    )
    first, second = (score(one, portfolio, model, TODAY) for one in (known, mixed))
    assert (first.value is None) == (second.value is None)
    assert first.value is None or first.value == pytest.approx(second.value)


def test_a_line_paid_in_two_parts_counts_once():
    whole = make_score(settled(9, -30))
    halves = make_score(settled(9, -30, share=0.5), settled(9, -30, share=0.5))
    assert halves.value == pytest.approx(whole.value)
    assert halves.evidence == pytest.approx(whole.evidence)


def test_without_an_invoice_settled_or_overdue_there_is_no_letter():
    found = make_score(portfolio=EXAMPLE_PORTFOLIO)
    assert (found.value, found.own_class, found.reliability) == (None, "new", None)
    assert found.probability_late == pytest.approx(0.29)
    assert found.evidence == 0


def test_one_overdue_invoice_is_enough_for_a_letter():
    assert make_score(overdue(1)).own_class in RISK_CLASSES


def test_too_little_evidence_gives_no_letter_if_the_model_says_so():
    model = replace(MODEL, minimum_evidence=1.0)
    assert make_score(settled(0, -180), model=model).own_class == "new"
    lines = [settled(0, -180, number) for number in (1, 2)]
    assert make_score(*lines, model=model).own_class == "b"


def test_a_line_older_than_the_window_says_nothing():
    assert make_score(settled(0, -1462)).value is None
    assert make_score(settled(0, -1461)).value is not None


def test_an_open_line_older_than_the_window_still_lowers_the_score():
    lines = payer(0).settled
    assert make_score(*lines, overdue(2000)).value < make_score(*lines).value


@pytest.mark.parametrize(
    ("days_late", "risk_class"), [(-10, "a"), (-4, "a"), (0, "a"), (2, "c"), (12, "e"), (90, "e")]
)
def test_the_class_follows_the_habit(days_late, risk_class):
    assert score(payer(days_late), NOBODY, MODEL, TODAY).own_class == risk_class


def test_what_was_written_off_counts_as_the_latest():
    lost = make_score(settled(3, -30, written_off=True))
    assert lost.settled_masses[8] == pytest.approx(MODEL.weights[30])
    assert lost.high_days == 80


def test_a_line_just_overdue_never_lifts_a_bad_payer_by_weighing_more():
    """Two days late is better than the habit: it weighs as if it were paid, and no more."""
    lines = payer(50).settled
    found = make_score(*lines, overdue(2))
    assert found.overdue_masses[3] == pytest.approx(MODEL.weights[2])
    assert found.value == pytest.approx(make_score(*lines, settled(2, -2)).value)


def test_an_old_open_line_counts_in_full():
    assert make_score(*payer(0).settled, overdue(360)).overdue_masses[8] == 1.0


def test_a_line_not_yet_due_says_nothing():
    assert make_score(overdue(0)).value is None
    assert make_score(overdue(-5)).value is None


def test_a_good_portfolio_lifts_whom_we_know_little_of():
    lines = (settled(0, -100),)
    good = portfolio_with((0.9, 0.05, 0.04, 0.01, 0, 0, 0, 0, 0))
    assert make_score(*lines, portfolio=good).value > make_score(*lines).value


def test_the_portfolio_is_the_sum_of_its_customers():
    found = portfolio_of(
        [history(settled(-9, -180), overdue(70)), history(settled(-9, -180))], MODEL, TODAY
    )
    assert found.masses == pytest.approx((1.0, 0, 0, 0, 0, 0, 0, 0, 1.0))
    assert found == Portfolio.from_rows([(0, 0.5), (8, 1.0), (0, 0.5)])


def test_expected_days_are_those_of_the_habit():
    found = score(payer(12, count=10), NOBODY, MODEL, TODAY)
    assert (found.low_days, found.expected_days, found.high_days) == (-1, 12, 12)


def test_an_invoice_not_yet_due_is_expected_by_the_habit():
    found = score(payer(12, count=10), NOBODY, MODEL, TODAY)
    forecast = expected_payment_date(day(10), found, TODAY)
    assert (forecast.earliest, forecast.expected, forecast.latest) == (day(9), day(22), day(22))


def test_an_overdue_invoice_is_expected_from_the_part_beyond_its_age():
    found = score(payer(3, count=10), NOBODY, MODEL, TODAY)
    forecast = expected_payment_date(day(-14), found, TODAY)
    assert TODAY <= forecast.earliest <= forecast.expected <= forecast.latest
    assert forecast.expected > day(-14 + found.expected_days)


@given(
    st.lists(st.floats(0, 50), min_size=9, max_size=9),
    st.integers(0, 400),
    st.floats(0.05, 0.95),
)
def test_what_is_overdue_is_never_expected_in_the_past(masses, age, part):
    assert get_days_beyond(tuple(masses), age, part) >= age
