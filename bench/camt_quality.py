#!/usr/bin/env python3
"""How well payments are matched: right, wrong, suggested; CPU and memory by open items.

    make bench NAME=camt-quality SIZE=100000

Payments with truth come from payment_story.py, which says what «decidable» means. Five
companies with a scheme of numbers each share the payments; every company has 1.8 open
items for each payment. Then one import is timed against 1,000 to 1,000,000 open items, each
in a fresh process. Plain Python: no Odoo and no database is used.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

BENCH = Path(__file__).resolve().parent
for folder in (BENCH, BENCH.parent / "tests"):
    sys.path.insert(0, str(folder))

import conftest  # noqa: E402, F401 registers the addons without Odoo
import payment_story as story  # noqa: E402
from common import table  # noqa: E402

from debitor_camt.core.matching import MatchRules, OpenItemIndex, match_all  # noqa: E402

RULES = MatchRules(
    difference_amount=story.SMALL,
    difference_percent=Decimal(1),
    discount_grace_days=story.GRACE_DAYS,
    discount_tolerance=story.TOLERANCE,
)
COLUMNS = (
    "automatic right",
    "automatic WRONG",
    "suggested first right",
    "suggested other",
    "nothing",
)
OPEN = (1_000, 10_000, 100_000, 1_000_000)
TIMED_PAYMENTS = 5_000
TARGET_BOOKED = 95


def main(arguments=None):
    options = _options(arguments)
    if options.timed:
        print(json.dumps(_time(options.timed, options.seed)))
        return 0
    failed = _quality(options)
    if not options.no_speed:
        _speed(options)
    return failed


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=100_000, help="payments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many misses of each kind")
    parser.add_argument("--no-speed", action="store_true")
    parser.add_argument("--open", default=",".join(map(str, OPEN)), help="sizes for the timing")
    parser.add_argument("--timed", type=int, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


# ---------------------------------------------------------------------------
# Quality
# ---------------------------------------------------------------------------


def _quality(options):
    counts = defaultdict(Counter)
    decidable = defaultdict(Counter)
    shown = Counter()
    payments = options.size // len(story.SCHEMES)
    for scheme in range(len(story.SCHEMES)):
        world = story.make_world(options.seed + scheme, scheme, payments * 9 // 5, payments)
        index = _index(world)
        decisions = match_all([case.transaction for case in world.cases], index, RULES)
        booked = {}
        for case, decision in zip(world.cases, decisions, strict=True):
            verdict = _verdict(case, decision, booked)
            counts[case.kind][verdict] += 1
            decidable[case.kind][(case.decidable, verdict)] += 1
            _show(options, shown, world, case, decision, verdict)
    return _report(counts, decidable)


def _index(world):
    return OpenItemIndex.build(world.items, world.payers, world.memory, "EUR", world.settled)


def _verdict(case, decision, booked):
    """Return the column; of two payments of the same item either may take it, but not both."""
    if decision.automatic is not None:
        parts = tuple(sorted(decision.automatic.parts))
        is_right = parts == case.parts or (parts == case.twin and parts not in booked)
        booked[parts] = case
        return COLUMNS[0] if is_right else COLUMNS[1]
    if not decision.proposals:
        return COLUMNS[4]
    is_right = tuple(sorted(decision.proposals[0].parts)) == case.parts
    return COLUMNS[2] if is_right else COLUMNS[3]


def _show(options, shown, world, case, decision, verdict):
    is_miss = verdict == COLUMNS[1] or (case.decidable and verdict != COLUMNS[0])
    if not options.show or not is_miss or shown[case.kind, verdict] >= options.show:
        return
    shown[case.kind, verdict] += 1
    one = case.transaction
    print(
        f"\n[{case.kind}] {verdict}; decidable {case.decidable}; {world.scheme}; {decision.why_not}"
    )
    print(
        f"  {one.amount} {one.remittance} {one.structured} {one.party!r} {one.party_iban} {one.booking_date}"
    )
    items = {item.id: item for item in world.items}
    names = {payer.partner_id: payer.name for payer in world.payers}
    for item_id, _amount in case.parts:
        item = items[item_id]
        print(
            f"  meant {item.id} {item.number} {item.residual} {item.partner_id} {names[item.partner_id]!r}"
        )
    for found in decision.proposals[:3]:
        codes = [f"{one.code}={one.value}" for one in found.evidence]
        print(
            f"  found {found.parts} {found.strategy} {found.score} {codes} {[(c.code.value, c.value) for c in found.conflicts]}"
        )


def _report(counts, decidable):
    rows = []
    total, total_decidable = Counter(), Counter()
    for kind in story.KINDS:
        total += counts[kind]
        total_decidable += decidable[kind]
        rows.append(_row(kind, counts[kind], decidable[kind]))
    rows.append(_row("all", total, total_decidable))
    head = ("kind", "payments", *COLUMNS, "decidable", "of them booked right")
    print(table.render(head, rows))
    wrong = total[COLUMNS[1]]
    could = sum(count for (is_decidable, _), count in total_decidable.items() if is_decidable)
    booked = 100 * total_decidable[True, COLUMNS[0]] / could
    print(f"\nAutomatic and wrong: {wrong} of {sum(total.values()):,} (target 0).")
    print(
        f"Decidable: {could:,}; booked automatically and right: {booked:.2f} % (target {TARGET_BOOKED} %).\n"
    )
    return 0 if not wrong and booked >= TARGET_BOOKED else 1


def _row(kind, counts, decidable):
    could = sum(count for (is_decidable, _), count in decidable.items() if is_decidable)
    share = f"{100 * decidable[True, COLUMNS[0]] / could:.1f} %" if could else "–"
    return (
        kind,
        f"{sum(counts.values()):,}",
        *(f"{counts[one]:,}" for one in COLUMNS),
        f"{could:,}",
        share,
    )


# ---------------------------------------------------------------------------
# Speed
# ---------------------------------------------------------------------------


def _speed(options):
    rows = []
    for size in map(int, options.open.split(",")):
        command = [sys.executable, __file__, "--timed", str(size), "--seed", str(options.seed)]
        timed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        rows.append(
            (
                f"{size:,}",
                f"{timed['payments']:,}",
                f"{timed['match_us']:.0f}",
                f"{timed['slowest_us']:.0f}",
                f"{timed['build_us']:.1f}",
                f"{timed['data_mib']:.0f}",
                f"{timed['peak_mib']:.0f}",
            )
        )
    head = (
        "open items", "payments", "CPU µs a payment", "slowest scheme µs", "CPU µs to index an item",
        "MiB of data", "peak MiB",
    )  # fmt: skip
    print(table.render(head, rows))


def _time(size, seed):
    """Return CPU of indexing and matching, all schemes in turn, and memory of the last."""
    spent, payments, build, slowest, data = 0.0, 0, 0.0, 0.0, 0.0
    schemes = range(len(story.SCHEMES)) if size < OPEN[-1] else (0, len(story.SCHEMES) - 1)
    for scheme in schemes:
        world = story.make_world(
            seed + scheme, scheme, size, min(TIMED_PAYMENTS // len(schemes), size // 2)
        )
        data = max(data, _peak())
        started = time.process_time()
        index = _index(world)
        build += time.process_time() - started
        transactions = [case.transaction for case in world.cases]
        started = time.process_time()
        match_all(transactions, index, RULES)
        once = time.process_time() - started
        spent, payments = spent + once, payments + len(transactions)
        slowest = max(slowest, 1e6 * once / len(transactions))
        del world, index
    return {
        "payments": payments,
        "match_us": 1e6 * spent / payments,
        "slowest_us": slowest,
        "build_us": 1e6 * build / size / len(schemes),
        "data_mib": data,
        "peak_mib": _peak(),
    }


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
