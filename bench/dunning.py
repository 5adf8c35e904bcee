#!/usr/bin/env python3
"""Dunning N overdue lines: ours, a peer and the bare SQL, side by side.

    make bench NAME=dunning SIZE=100000
    python bench/dunning.py --sizes 1000,10000,100000 --no-peer

Every part runs in a fresh process on copies of the same seeded database. A floor
is the one SQL statement that fetches the overdue lines with move and partner.
"""

import argparse
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import seed_dunning
from common import measure, peer, table
from common.ground import BENCH, LOGS, RESULTS, ROOT, Ground, SetupError, addons, say, step

OURS = "debitor_dunning"
PEER = "account_credit_control"
PEER_DISTRIBUTION, PEER_VERSION = "odoo-addon-account_credit_control", "19.0.1.0.0.13"
PEER_SIZE = 10_000
MAILS, PEER_MAILS = 200, 50
PARTS = ["propose", "approve", "group", "mail"]
LINE_PARTS = PARTS[:-1]

SEEDED, WORK = "bench_seeded_{}", "bench_work_{}"


def main(arguments=None):
    options = _options(arguments)
    try:
        return _run(options)
    except SetupError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1


def _run(options):
    peers = [] if options.no_peer else [peer.addons_folder(PEER_DISTRIBUTION, PEER_VERSION)]
    ground = Ground(extra_addons=peers)
    with step("Template database"):
        template = _make_template(ground, options)
    for size in options.sizes:
        report = _compare(ground, template, size, options)
        _write(report)
        say(f"\n{_table(report)}\n")
    if len(options.sizes) > 1:
        say(_linearity(options.sizes))
    return 0


# ---------------------------------------------------------------------------
# Databases
# ---------------------------------------------------------------------------


def _make_template(ground, options):
    """A company with prototypes and the addons, made anew if stale; return its name."""
    suffix = "_alone" if options.no_peer else ""
    base_name, name = f"bench_base{suffix}", f"bench_template{suffix}"
    digest = hashlib.sha256((BENCH / "dunning_prototypes.py").read_bytes()).hexdigest()[:16]
    base = {"odoo": ground.odoo_version, "prototypes": digest}
    databases = ground.databases
    if databases.note(base_name) != base:
        databases.drop(base_name)
        databases.create(base_name)
        modules = ["account", "l10n_de", *([] if options.no_peer else [PEER])]
        ground.command.install(base_name, modules, LOGS / "install.log")
        measure.call(ground, base_name, "dunning_prototypes:prepare")
        databases.set_note(base_name, base)
    full = {**base, "ours": None if options.no_ours else addons.fingerprint(ROOT / OURS)}
    if databases.note(name) != full:
        ground.replace(base_name, name)
        if not options.no_ours:
            ground.command.install(name, [OURS], LOGS / "install.log")
        databases.set_note(name, full)
    return name


def _seeded(ground, template, size, today):
    """The name of a database with `size` lines; Odoo has confirmed a sample of them."""
    name = SEEDED.format(size)
    with step(f"Seeding {size:,} overdue lines"):
        ground.replace(template, name)
        connection = ground.server.connect(name)
        seed_dunning.seed(connection, size, today)
        connection.close()
        measure.call(ground, name, "seed_dunning:verify", {"size": size, "today": today})
    return name


# ---------------------------------------------------------------------------
# Measuring
# ---------------------------------------------------------------------------


def _compare(ground, template, size, options):
    """Measure all sides; return the report as a dict."""
    today = options.date
    report = {"size": size, "date": today, "odoo": ground.odoo_version, "parts": {}}
    peer_size = min(size, options.peer_size or PEER_SIZE)
    sides = [] if options.no_ours else [("ours", size)]
    sides += [] if options.no_peer else [("peer", peer_size)]
    for one_size in dict.fromkeys([size, *(other for _side, other in sides)]):
        seeded = _seeded(ground, template, one_size, today)
        if one_size == size:
            _measure(ground, report, seeded, "floor", "propose", "dunning_parts:floor", today)
        for side, wanted in sides:
            if wanted == one_size:
                _measure_side(ground, report, seeded, side, options)
        ground.databases.drop(seeded)
    return report


def _measure_side(ground, report, seeded, side, options):
    work = WORK.format(side)
    ground.replace(seeded, work)
    parts = {"ours": ("propose", "approve"), "peer": ("propose", "approve", "group")}[side]
    for part in (part for part in parts if part in options.parts):
        name = f"dunning_parts:{side}_{part}"
        _measure(ground, report, work, side, part, name, options.date, profile=options.profile)
    if "mail" in options.parts:
        sample = {"sample": options.mails if side == "ours" else options.peer_mails}
        name = f"dunning_parts:{side}_mails"
        _measure(ground, report, work, side, "mail", name, options.date, sample, options.profile)
    if not options.keep:
        ground.databases.drop(work)


def _measure(ground, report, database, side, part, function, today, parameters=None, profile=None):
    target = None
    if profile:
        target = RESULTS / f"dunning-{report['size']}-{side}-{part}.pstats"
        target.parent.mkdir(exist_ok=True)
    with step(f"  {side}: {part}"):
        parameters = {"today": today, **(parameters or {})}
        measured = measure.run(ground, database, function, parameters, target)
    report["parts"].setdefault(side, {})[part] = measured.as_dict()


# ---------------------------------------------------------------------------
# Reporting
# ---------------------------------------------------------------------------


def _write(report):
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"dunning-{report['size']}.json"
    target.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    say(f"Written: {target.relative_to(ROOT)}")


def _table(report):
    ours = report["parts"].get("ours", {})
    rows = []
    for part in PARTS:
        for side in ("ours", "peer", "floor"):
            one = report["parts"].get(side, {}).get(part)
            if one:
                rows.append(_row(f"{part}: {side}", one, ours.get(part)))
    return f"{table.render(table.COSTS, rows)}\n\n{_sum(report)}"


def _sum(report):
    """What a line costs from the open item to the approved letter."""
    costs = {
        side: sum(one["cpu_s"] / one["units"] for part, one in parts.items() if part in LINE_PARTS)
        for side, parts in report["parts"].items()
    }
    names = ", ".join(f"{side} {table.number(1000 * cost, 3)}" for side, cost in costs.items())
    against = table.ratio(costs.get("ours"), costs.get("peer"))
    return f"CPU ms per line up to the approved letter: {names}. Peer against ours: {against}."


def _row(name, one, ours):
    units = one["units"]
    database = one["postgres_cpu_s"]
    cost = one["cpu_s"] / units
    against = (
        "" if ours is one or ours is None else table.ratio(ours["cpu_s"] / ours["units"], cost)
    )
    return (
        name,
        f"{units:,}",
        table.number(one["cpu_s"]),
        table.number(database),
        table.number(one["wall_s"]),
        f"{one['statements']:,}",
        table.number(one["peak_mib"], 0),
        table.number(1000 * cost, 3),
        table.number(None if database is None else 1000 * database / units, 3),
        table.number(one["statements"] / units, 3),
        against,
    )


def _linearity(sizes):
    """What a line costs at each size: the columns should not grow."""
    rows = []
    for size in sizes:
        report = json.loads((RESULTS / f"dunning-{size}.json").read_text(encoding="utf-8"))
        for part, one in report["parts"].get("ours", {}).items():
            rows.append(_row(f"{part}: {size:,}", one, None)[:-1])
    return table.render(table.COSTS[:-1], sorted(rows, key=lambda row: row[0].partition(":")[0]))


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=100_000, help="overdue lines")
    parser.add_argument("--sizes", type=_numbers, help="several sizes, e.g. 1000,10000")
    parser.add_argument("--peer-size", type=int, help=f"at most; default {PEER_SIZE}")
    parser.add_argument("--mails", type=int, default=MAILS, help=f"of ours; default {MAILS}")
    parser.add_argument(
        "--peer-mails", type=int, default=PEER_MAILS, help=f"of the peer; default {PEER_MAILS}"
    )
    parser.add_argument("--no-peer", action="store_true", help="measure without the peer")
    parser.add_argument("--no-ours", action="store_true", help="measure only floor and peer")
    parser.add_argument(
        "--date", default=dt.datetime.now().astimezone().date().isoformat(), help="of the run"
    )
    parser.add_argument("--parts", type=_names, default=PARTS, help=f"of {','.join(PARTS)}")
    parser.add_argument("--profile", action="store_true", help="write cProfile files to results/")
    parser.add_argument("--keep", action="store_true", help="keep the databases worked on")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes or [options.size]
    return options


def _names(text):
    return text.split(",")


def _numbers(text):
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
