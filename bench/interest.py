#!/usr/bin/env python3
"""Default interest: one claim against the sum of its days, and a run with and without it.

    make bench NAME=interest SIZE=100000

The sum of days is the one that checks the core in tests/unit/test_interest.py, in exact
rational arithmetic. The run proposes for the same seeded database twice, in fresh
processes: its levels claim no interest, and interest for every item from its due date on.
"""

import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit"))

import dunning
from common import measure, table
from common.ground import ROOT, Ground, SetupError, say, step

FIRST, LAST = date(2023, 3, 15), date(2026, 3, 14)
ROUNDS = 5


def main(arguments=None):
    try:
        _compare_claim()
        _compare_run(dunning._options([*(arguments or sys.argv[1:]), "--no-peer"]))
    except SetupError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    return 0


# ---------------------------------------------------------------------------
# One claim
# ---------------------------------------------------------------------------


def _compare_claim():
    """Time a claim of three years with two part payments, both ways."""
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 registers the addons without Odoo
    import test_interest

    from debitor_dunning.core.claims.base_rate import BaseRate, RateSeries
    from debitor_dunning.core.claims.interest import (
        Balance,
        DayCount,
        InterestRule,
        compute_interest,
    )

    percents = {
        date(year, month, 1): Decimal(percent)
        for year, month, percent in (
            (2023, 1, "1.62"),
            (2023, 7, "3.12"),
            (2024, 1, "3.62"),
            (2024, 7, "3.37"),
            (2025, 1, "2.27"),
            (2025, 7, "1.27"),
            (2026, 1, "1.27"),
        )
    }
    series = RateSeries.of(BaseRate(day, percent) for day, percent in percents.items())
    balances = (
        Balance(date(2023, 1, 1), Decimal("12345.67")),
        Balance(date(2024, 2, 10), Decimal("8345.67")),
        Balance(date(2025, 5, 3), Decimal("3345.67")),
    )
    rule = InterestRule(Decimal(9), series)
    ours, amount = _time(2000, lambda: compute_interest(balances, rule, FIRST, LAST).amount)
    floor, exact = _time(
        20,
        lambda: test_interest.day_by_day(
            [(one.day, one.amount) for one in balances],
            rule.points,
            {(day.year, day.month > 6): percent for day, percent in percents.items()},
            DayCount.ACT_365,
            FIRST,
            LAST,
        ),
    )
    expected = test_interest.half_up(exact, Decimal("0.01"))
    assert amount == expected, (amount, expected)
    rows = [
        ("one claim: ours", f"{1e6 * ours:.0f}", ""),
        ("one claim: day by day", f"{1e6 * floor:.0f}", f"{floor / ours:.0f}×"),
    ]
    say(table.render(("part", "CPU µs", "against ours"), rows))
    say(f"Both give {amount} for {(LAST - FIRST).days + 1} days.\n")


def _time(times, function):
    """Return the least CPU seconds of a call in some rounds, and its result."""
    best = float("inf")
    for _round in range(ROUNDS):
        started = time.process_time()
        for _call in range(times):
            result = function()
        best = min(best, (time.process_time() - started) / times)
    return best, result


# ---------------------------------------------------------------------------
# A run
# ---------------------------------------------------------------------------


def _compare_run(options):
    ground = Ground()
    with step("Template database"):
        template = dunning._make_template(ground, options)
    for size in options.sizes:
        seeded = dunning._seeded(ground, template, size, options.date)
        report = {"size": size, "parts": {}}
        for side, has_interest in (("without", False), ("with", True)):
            work = f"bench_work_{side}"
            ground.replace(seeded, work)
            measure.call(ground, work, "interest_parts:set_charges", {"has_interest": has_interest})
            name = "dunning_parts:ours_propose"
            dunning._measure(
                ground, report, work, side, "propose", name, options.date, profile=options.profile
            )
            say(f"  {measure.call(ground, work, 'interest_parts:count_claims')}")
            if not options.keep:
                ground.databases.drop(work)
        ground.databases.drop(seeded)
        say(f"\n{_table(report)}\n")


def _table(report):
    without, with_ = (report["parts"][side]["propose"] for side in ("without", "with"))
    rows = [
        dunning._row("propose without interest", without, None)[:-1],
        dunning._row("propose with interest", with_, None)[:-1],
    ]
    shares = [
        f"{name} +{100 * (with_[key] / without[key] - 1):.0f} %"
        for name, key in (("CPU", "cpu_s"), ("DB CPU", "postgres_cpu_s"), ("wall", "wall_s"))
        if without[key]
    ]
    return f"{table.render(table.COSTS[:-1], rows)}\n\nInterest adds: {', '.join(shares)}."


if __name__ == "__main__":
    sys.exit(main())
