"""Measures of predictions, and the replay of a ledger in time order."""

import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from debitor_scoring.core import quality
from debitor_scoring.core.model import ScoringModel

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import score_ledger
import score_quality

START = date(2023, 1, 2)


def test_equal_values_count_half():
    assert quality.auc([1, 1], [True, False]) == 0.5
    assert quality.auc([3, 2, 2, 1], [True, True, False, False]) == 0.875


def test_without_both_outcomes_nothing_can_be_ranked():
    assert quality.auc([1, 2], [True, True]) is None
    assert quality.calibration_slope([0.2, 0.4], [False, False]) is None
    assert quality.calibration_slope([0.3, 0.3], [False, True]) is None
    assert quality.brier([], []) is None
    assert quality.mean_absolute_error([], []) is None


@pytest.mark.parametrize(("stretch", "slope"), [(1.0, 1.0), (2.0, 0.5), (0.5, 2.0)])
def test_the_slope_tells_how_extreme_predictions_are(stretch, slope):
    chances, happened = [], []
    for odds in (-2.0, -1.0, 0.0, 1.0, 2.0):
        true = 1 / (1 + 2.718281828459045**-odds)
        said = 1 / (1 + 2.718281828459045 ** (-odds * stretch))
        hits = round(true * 10_000)
        chances += [said] * 10_000
        happened += [True] * hits + [False] * (10_000 - hits)
    assert quality.calibration_slope(chances, happened) == pytest.approx(slope, abs=0.01)


def test_outcomes_that_a_threshold_parts_end_in_a_steep_curve():
    intercept, slope = quality.fit_logistic([-2, -1, 1, 2], [False, False, True, True])
    assert slope > 5
    assert abs(intercept) < 1


def test_certain_predictions_have_a_slope_all_the_same():
    assert quality.calibration_slope([0, 0, 1, 1, 1], [False, True, True, True, False]) > 0


def test_deciles_hold_every_case_once():
    chances = [number / 25 for number in range(25)]
    deciles = quality.get_deciles(chances, [chance > 0.5 for chance in chances])
    assert sum(one.cases for one in deciles) == 25
    assert [one.predicted for one in deciles] == sorted(one.predicted for one in deciles)
    assert (deciles[0].happened, deciles[-1].happened) == (0.0, 1.0)


# ---------------------------------------------------------------------------
# The replay
# ---------------------------------------------------------------------------


def make_rows(seed=1, customers=12, days=900):
    """Every customer has a habit; payments fall on Mondays to Fridays."""
    dice = random.Random(seed)
    rows = []
    for offset in range(days):
        invoiced = START + timedelta(days=offset)
        customer = dice.randrange(customers)
        due = invoiced + timedelta(days=14)
        paid = due + timedelta(days=round(dice.gauss(customer * 4 - 12, 6)))
        while paid.weekday() > 4:
            paid += timedelta(days=1)
        is_open = offset > days - 10
        rows.append(
            [f"C{customer}", invoiced, due, "" if is_open else max(paid, invoiced), "119.00"]
        )
    return rows


@pytest.fixture
def write(tmp_path):
    def write(rows, head=score_ledger.COLUMNS):
        path = tmp_path / "ledger.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])
        return path

    return write


def test_a_ledger_of_habits_is_foretold(write, capsys):
    assert score_quality.main(["--csv", str(write(make_rows())), "--deciles"]) == 0
    told = capsys.readouterr().out
    assert "due: next banking day" in told
    assert "Test 2025-01-01 to 2025-06-19" in told
    ours = next(line for line in told.splitlines() if line.startswith("| ours, as chance"))
    assert float(ours.split("|")[2]) > 0.85
    assert "| mean days late" in told


def test_what_comes_later_changes_no_prediction(write):
    """Payments from a day on are put off; what was predicted up to that day stays."""
    rows = make_rows()
    cut = START + timedelta(days=600)
    changed = [
        [*row[:3], row[3] + timedelta(days=70) if row[3] and row[3] >= cut else row[3], row[4]]
        for row in rows
    ]
    found = []
    for variant in (rows, changed):
        ledger = score_ledger.read_ledger(write(variant), due="printed")
        _learned, tested, _count = score_quality.replay(
            ledger, ScoringModel(), START + timedelta(days=400), cut
        )
        found.append(tested.figures)
    assert len(found[0][score_quality.CHANCE]) == 201
    assert found[0] == found[1]


def test_unpaid_invoices_count_as_late_once_they_are(write):
    rows = make_rows()
    rows[500][3] = ""
    ledger = score_ledger.read_ledger(write(rows), due="printed")
    lost = next(one for one in ledger.invoices if one.number == 502)
    assert score_quality._get_outcome(lost, 30, ledger.end) == (True, True, None)
    assert score_quality._get_outcome(lost, 30, lost.due + timedelta(days=30)) is None


def test_payments_on_any_day_mean_printed_due_dates(write, capsys):
    rows = [[*row[:3], row[2] if row[3] else "", row[4]] for row in make_rows()]
    score_quality.main(["--csv", str(write(rows))])
    assert "due: as printed" in capsys.readouterr().out


def test_very_late_is_lowered_where_hardly_anything_is_so_late(write, capsys):
    rows = [row for row in make_rows() if not row[3] or (row[3] - row[2]).days <= 20]
    score_quality.main(["--csv", str(write(rows))])
    assert "more than 15 days" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (["C1", "2023-13-01", "2023-01-31", "", "1"], "invoice_date «2023-13-01» is no ISO date"),
        (["C1", "2023-01-01", "", "", "1"], "due_date «» is no ISO date"),
        (["C1", "2023-01-01", "2023-01-31", "soon", "1"], "paid_date «soon» is no ISO date"),
        (["C1", "2023-01-01", "2023-01-31", "", "1,5"], "amount «1,5» is no number"),
        (["C1", "2023-01-01", "2023-01-31", "", "nan"], "amount «nan» is no number"),
        (["", "2023-01-01", "2023-01-31", "", "1"], "no customer"),
        (["C1", "2023-01-01", "2023-01-31"], "fewer than 5 values"),
    ],
)
def test_a_bad_row_is_named_by_its_line(write, capsys, row, what):
    path = write([make_rows()[0], row])
    assert score_quality.main(["--csv", str(path)]) == 2
    assert capsys.readouterr().err.strip() == f"{path}, line 3: {what}"


def test_a_missing_column_is_named(write, capsys):
    path = write([], head=("customer", "amount"))
    assert score_quality.main(["--csv", str(path)]) == 2
    assert "no column due_date, invoice_date, paid_date" in capsys.readouterr().err


def test_a_file_without_invoices_says_so(write, capsys):
    assert score_quality.main(["--csv", str(write([]))]) == 2
    assert "no invoice in it" in capsys.readouterr().err


def test_credit_notes_are_no_invoices(write):
    rows = make_rows()
    rows[3][4] = "-5"
    ledger = score_ledger.read_ledger(write(rows))
    assert (len(ledger.invoices), ledger.left_out) == (899, 1)
