#!/usr/bin/env python3
"""How well the score foretells payments: ours and simple figures, on real ledgers.

    python bench/score_quality.py --csv FILE [--csv FILE …]

Walks through a ledger in time order: each invoice is predicted on the morning of its invoice
date from what was known then, and compared with what happened. Plain Python: no Odoo and no
database is used. score_ledger.py tells the form of the file, score_rivals.py the rivals.
"""

import argparse
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

BENCH = Path(__file__).resolve().parent
for folder in (BENCH, BENCH.parent / "tests"):
    sys.path.insert(0, str(folder))

import conftest  # noqa: E402, F401 registers the addons without Odoo
from score_ledger import InvalidLedger, Known, read_ledger  # noqa: E402
from score_rivals import NO_DAYS, TO_PAY, Rivals, make_chance  # noqa: E402

from debitor_scoring.core import quality  # noqa: E402
from debitor_scoring.core.history import Overdue, PaymentHistory, Settled  # noqa: E402
from debitor_scoring.core.model import BUCKET_ENDS, ScoringModel  # noqa: E402
from debitor_scoring.core.portfolio import Portfolio, portfolio_of  # noqa: E402
from debitor_scoring.core.score import score  # noqa: E402

CHANCE = "ours, as chance"
POINTS = "ours, as score"
SEVERE = "very late"
EXPECTED = "expected days"
OWN_FIGURES = frozenset({CHANCE, POINTS, SEVERE, EXPECTED})
SEVERE_DAYS = (30, 15)
FEW_SEVERE = 0.01
# The test begins with the first January that has a year and so many invoices before it.
LEARN_INVOICES = 500
LEARN_DAYS = 360
SPEED_HISTORIES = 100_000
SPEED_ITEMS = 10


@dataclass
class Outcomes:
    """What was predicted and what happened, invoice by invoice."""

    late: list = field(default_factory=list)
    severe: list = field(default_factory=list)
    days: list = field(default_factory=list)
    terms: list = field(default_factory=list)
    figures: dict = field(default_factory=lambda: defaultdict(list))

    def add(self, term, late, severe, days, figures):
        self.terms.append(term)
        self.late.append(late)
        self.severe.append(severe)
        self.days.append(days)
        for name, value in figures.items():
            self.figures[name].append(value)


def main(arguments=None):
    options = _options(arguments)
    try:
        for path in options.csv:
            _measure(path, options)
    except InvalidLedger as error:
        print(f"{error}", file=sys.stderr)
        return 2
    if options.speed:
        _time_score()
    return 0


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csv", action="append", default=[], metavar="FILE", help="a ledger")
    parser.add_argument("--test-from", type=date.fromisoformat, metavar="DAY")
    parser.add_argument("--test-to", type=date.fromisoformat, metavar="DAY")
    later = [end for end in BUCKET_ENDS if end > 0]
    parser.add_argument("--severe", type=int, choices=later, help="days that are very late")
    due = parser.add_mutually_exclusive_group()
    for name, what in (
        ("printed", "take due dates as they are"),
        ("banking", "move them to the next banking day; without either, the file decides"),
    ):
        due.add_argument(
            f"--{name}-due", action="store_const", dest="due", const=name, default="auto", help=what
        )
    parser.add_argument("--country", default="DE", help="whose holidays (default DE)")
    parser.add_argument("--portfolio-days", type=int, default=1, help="renew it so often")
    parser.add_argument("--deciles", action="store_true", help="predicted against happened")
    parser.add_argument("--speed", action="store_true", help="time score() itself")
    options = parser.parse_args(arguments)
    if not options.csv and not options.speed:
        parser.error("name a file by --csv, or ask for --speed")
    return options


def _measure(path, options):
    started = time.process_time()
    ledger = read_ledger(path, options.country, options.due)
    first, last = _choose_test(ledger, options)
    severe = options.severe or choose_severe(ledger)
    model = ScoringModel(severe_after_days=severe)
    learned, tested, not_rated = replay(ledger, model, first, last, options.portfolio_days)
    if not tested.late:
        raise InvalidLedger(f"{path}: no invoice from {first} to {last} whose outcome is known")
    _tell(path, ledger, severe, first, last, learned, tested, not_rated)
    _print_table(severe, _make_rows(learned, tested))
    if options.deciles:
        _print_deciles(tested)
    print(f"\n{time.process_time() - started:.1f} s CPU\n")


def _choose_test(ledger, options):
    days = [one.invoiced for one in ledger.invoices]
    last = options.test_to or days[-1]
    return options.test_from or choose_start(days), last


def choose_start(days):
    """First January after a year and enough invoices; else the day that halves the time."""
    for year in range(days[0].year + 1, days[-1].year + 1):
        start = date(year, 1, 1)
        learned = sum(day < start for day in days)
        if learned >= LEARN_INVOICES and (start - days[0]).days >= LEARN_DAYS:
            return start
    return days[0] + timedelta(days=((days[-1] - days[0]).days + 1) // 2)


def choose_severe(ledger):
    delays = [one.days_late for one in ledger.invoices if one.paid]
    usual, lower = SEVERE_DAYS
    is_rare = sum(days > usual for days in delays) < FEW_SEVERE * len(delays)
    return lower if is_rare else usual


def replay(ledger, model, first, last, portfolio_days=1):
    """Return outcomes before the test (rivals only) and within it, and who wasn't rated."""
    known = Known(ledger.invoices)
    rivals = Rivals(known)
    learned, tested, not_rated = Outcomes(), Outcomes(), 0
    end, portfolio, renewed = ledger.end, Portfolio(), None
    by_day = defaultdict(list)
    for invoice in ledger.invoices:
        if invoice.invoiced <= last:
            by_day[invoice.invoiced].append(invoice)
    for today in sorted(by_day):
        known.move_to(today)
        is_test = today >= first
        if is_test and (renewed is None or (today - renewed).days >= portfolio_days):
            portfolio, renewed = portfolio_of([known.get_all()], model, today), today
        for invoice in by_day[today]:
            outcome = _get_outcome(invoice, model.severe_after_days, end)
            if outcome is None:
                continue
            figures = rivals.get_figures(invoice)
            if is_test:
                own = score(known.get_history(invoice.customer), portfolio, model, today)
                not_rated += own.value is None
                figures |= _get_own_figures(own, model)
            term = (invoice.due - invoice.invoiced).days
            (tested if is_test else learned).add(term, *outcome, figures)
        for invoice in by_day[today]:
            rivals.add_invoice(invoice)
    return learned, tested, not_rated


def _get_outcome(invoice, severe, end):
    """Return (late, very late, days or None); None if nobody can know yet."""
    if invoice.paid:
        return invoice.days_late > 0, invoice.days_late > severe, invoice.days_late
    if (end - invoice.due).days > severe:
        return True, True, None
    return None


def _get_own_figures(own, model):
    # Who isn't rated gets the portfolio's mean, so that no invoice is left out.
    value = own.value
    if value is None:
        value = sum(p * m for p, m in zip(model.points, own.masses, strict=True)) / sum(own.masses)
    return {
        CHANCE: own.probability_late,
        SEVERE: own.probability_severe,
        EXPECTED: own.expected_days,
        POINTS: 100 - value,
    }


def _make_rows(learned, tested):
    rivals = [name for name in tested.figures if name not in OWN_FIGURES]
    return [
        *make_own_rows(tested),
        *(_make_rival_row(name, learned, tested) for name in rivals),
    ]


@dataclass
class _Row:
    name: str
    auc_late: float | None
    auc_severe: float | None
    brier: float | None = None
    brier_severe: float | None = None
    slope: float | None = None
    error: float | None = None


def make_own_rows(tested):
    """Return the row of our chances, and that of the score itself, which is only a ranking."""
    late, severe = tested.figures[CHANCE], tested.figures[SEVERE]
    points = tested.figures[POINTS]
    chances = _Row(
        CHANCE,
        quality.auc(late, tested.late),
        quality.auc(severe, tested.severe),
        quality.brier(late, tested.late),
        quality.brier(severe, tested.severe),
        quality.calibration_slope(late, tested.late),
        _get_error(tested.figures[EXPECTED], tested.days),
    )
    return chances, _Row(
        POINTS, quality.auc(points, tested.late), quality.auc(points, tested.severe)
    )


def _make_rival_row(name, learned, tested):
    values = tested.figures[name]
    row = _Row(name, quality.auc(values, tested.late), quality.auc(values, tested.severe))
    if name not in NO_DAYS:
        row.error = _get_error(_as_days_late(name, values, tested), tested.days)
    if learned.late:
        late, severe = (
            list(map(make_chance(learned.figures[name], happened), values))
            for happened in (learned.late, learned.severe)
        )
        row.brier = quality.brier(late, tested.late)
        row.brier_severe = quality.brier(severe, tested.severe)
        row.slope = quality.calibration_slope(late, tested.late)
    return row


def _as_days_late(name, values, tested):
    if name != TO_PAY:
        return values
    return [value - term for value, term in zip(values, tested.terms, strict=True)]


def _get_error(predicted, days):
    pairs = [(one, seen) for one, seen in zip(predicted, days, strict=True) if seen is not None]
    return quality.mean_absolute_error([one for one, _ in pairs], [seen for _, seen in pairs])


def _tell(path, ledger, severe, first, last, learned, tested, not_rated):
    customers = len({one.customer for one in ledger.invoices})
    due = "next banking day" if ledger.uses_banking_days else "as printed"
    cases = len(tested.late)
    print(f"## {Path(path).name}\n")
    print(
        f"{len(ledger.invoices):,} invoices of {customers:,} customers; due: {due} "
        f"({ledger.weekend_share:.1%} of payments are dated on weekends); "
        f"left out as credit notes: {ledger.left_out}.\n"
        f"Test {first} to {last}: {cases:,} invoices, {sum(tested.late) / cases:.1%} late, "
        f"{sum(tested.severe) / cases:.1%} more than {severe} days; not rated "
        f"{not_rated / cases:.1%}. Rivals calibrated on {len(learned.late):,} invoices before.\n"
    )


def _print_table(severe, rows):
    heads = ("", "AUC late", f"AUC > {severe}", "Brier late", f"Brier > {severe}", "slope", "MAE")
    print("| " + " | ".join(heads) + " |")
    print("| --- " + "| ---: " * (len(heads) - 1) + "|")
    for row in rows:
        rates = (row.auc_late, row.auc_severe, row.brier, row.brier_severe)
        values = [_show(rate, 3) for rate in rates]
        values += [_show(row.slope, 2), _show(row.error, 2)]
        print(f"| {row.name} | " + " | ".join(values) + " |")


def _show(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"


def _print_deciles(tested):
    print("\n| tenth | invoices | predicted late | late |\n| ---: | ---: | ---: | ---: |")
    deciles = quality.get_deciles(tested.figures[CHANCE], tested.late)
    for number, one in enumerate(deciles, 1):
        print(f"| {number} | {one.cases:,} | {one.predicted:.1%} | {one.happened:.1%} |")


def _time_score():
    """Time score() over many histories, every tenth with an open item."""
    today, model = date(2026, 6, 1), ScoringModel()
    histories = [_make_history(number, today) for number in range(1_000)]
    portfolio = portfolio_of(histories, model, today)
    started = time.process_time()
    for _round in range(SPEED_HISTORIES // len(histories)):
        for history in histories:
            score(history, portfolio, model, today)
    seconds = time.process_time() - started
    print(f"score() of {SPEED_HISTORIES:,} histories of {SPEED_ITEMS} lines: {seconds:.1f} s CPU")


def _make_history(number, today):
    dues = [today - timedelta(days=20 + 37 * item + number % 30) for item in range(SPEED_ITEMS)]
    open_lines = 1 if number % 10 == 0 else 0
    return PaymentHistory(
        tuple(
            Settled(item, due, due + timedelta(days=(number * 7 + item * 11) % 25 - 6))
            for item, due in enumerate(dues[open_lines:])
        ),
        tuple(Overdue(99, due) for due in dues[:open_lines]),
    )


if __name__ == "__main__":
    sys.exit(main())
