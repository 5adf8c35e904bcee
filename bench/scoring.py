#!/usr/bin/env python3
"""Scores of N customers with ten invoices each: ours, two peers and the bare SQL, side by side.

    make bench NAME=scoring SIZE=100000
    python bench/scoring.py --sizes 1000,10000 --no-peer

Every part runs in a fresh process on one seeded database. The floor is one statement that
finds when each invoice was paid and takes a weighted mean for each customer.
"""

import argparse
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import seed_scoring
from common import measure, peer, table
from common.ground import BENCH, LOGS, RESULTS, ROOT, Ground, SetupError, addons, say, step

OURS = ("debitor_dunning", "debitor_scoring")
# distribution, version, addon
PEERS = (
    ("odoo-addon-partner_time_to_pay", "19.0.1.0.1", "partner_time_to_pay"),
    ("odoo-addon-account_financial_risk", "19.0.1.0.0.6", "account_financial_risk"),
)
PEER_SAMPLE = 2000
SEEDED = "bench_scoring_{}"


def main(arguments=None):
    options = _options(arguments)
    try:
        return _run(options)
    except SetupError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1


def _run(options):
    folders = [peer.addons_folder(*one[:2]) for one in ([] if options.no_peer else PEERS)]
    ground = Ground(extra_addons=folders)
    for size in options.sizes:
        report = _measure_all(ground, size, options)
        _write(report)
        say(f"\n{_table(report)}\n")
    return 0


# ---------------------------------------------------------------------------
# Databases
# ---------------------------------------------------------------------------


def _make_template(ground, options):
    """A company with prototypes and all addons, made anew if stale; return its name."""
    name = "bench_scoring_alone" if options.no_peer else "bench_scoring_template"
    digest = hashlib.sha256((BENCH / "dunning_prototypes.py").read_bytes()).hexdigest()[:16]
    note = {
        "odoo": ground.odoo_version,
        "prototypes": digest,
        "ours": [addons.fingerprint(ROOT / addon) for addon in OURS],
    }
    if ground.databases.note(name) != note:
        ground.databases.drop(name)
        ground.databases.create(name)
        peers = [] if options.no_peer else [addon for _name, _version, addon in PEERS]
        ground.command.install(
            name, ["account", "l10n_de", "sale_management", *peers, *OURS], LOGS / "install.log"
        )
        measure.call(ground, name, "dunning_prototypes:prepare")
        ground.databases.set_note(name, note)
    return name


def _seed(ground, size, options):
    """Return the name of a database with so many customers."""
    name = SEEDED.format(size)
    if options.reuse and ground.databases.note(name):
        return name
    with step("Template database"):
        template = _make_template(ground, options)
    with step(f"Seeding {size:,} customers, {size * seed_scoring.INVOICES:,} invoices"):
        ground.replace(template, name)
        connection = ground.server.connect(name)
        seed_scoring.seed(connection, size, options.date)
        connection.close()
        parameters = {"size": size, "today": options.date}
        measure.call(ground, name, "seed_scoring:verify", parameters)
        ground.databases.set_note(name, {"size": size})
    return name


# ---------------------------------------------------------------------------
# Measuring
# ---------------------------------------------------------------------------


def _get_parts(size, options):
    """Return (part, side, function, parameters) in the order in which they run."""
    sample = {"sample": min(size, options.peer_sample)}
    ours = [
        ("full", "ours, first time", "ours_full", {}),
        ("full", "ours, each night", "ours_again", {}),
        ("1 %", "ours", "ours_incremental", {"share": 100}),
        ("100 changed", "ours", "ours_incremental", {"share": max(size // 100, 1)}),
        ("one by one", "ours", "ours_one", {}),
        ("list of 80", "ours", "ours_list", {}),
        ("search risky", "ours", "ours_search", {}),
        ("portfolio page", "ours", "ours_portfolio", {}),
        ("behind its total", "ours", "ours_behind", {}),
    ]
    peers = [
        ("full", "time to pay", "time_to_pay_full", sample),
        ("full", "financial risk", "risk_full", sample),
        ("list of 80", "financial risk", "risk_list", {}),
        ("search risky", "financial risk", "risk_search", sample),
    ]
    return [
        ("full", "floor", "floor", {}),
        *ours,
        *([] if options.no_peer else peers),
    ]


def _measure_all(ground, size, options):
    """Measure all sides; return the report as a dict."""
    report = {"size": size, "date": options.date, "odoo": ground.odoo_version, "parts": []}
    database = _seed(ground, size, options)
    for part, side, function, parameters in _get_parts(size, options):
        target = None
        if options.profile:
            RESULTS.mkdir(exist_ok=True)
            target = RESULTS / f"scoring-{size}-{function}.pstats"
        with step(f"  {part}: {side}"):
            parameters = {"today": options.date, **parameters}
            one = measure.run(ground, database, f"scoring_parts:{function}", parameters, target)
        report["parts"].append({"part": part, "side": side, **one.as_dict()})
    if not options.keep:
        ground.databases.drop(database)
    return report


# ---------------------------------------------------------------------------
# Reporting
# ---------------------------------------------------------------------------


def _write(report):
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"scoring-{report['size']}.json"
    target.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    say(f"Written: {target.relative_to(ROOT)}")


def _table(report):
    ours = {one["part"]: one for one in report["parts"] if one["side"].startswith("ours")}
    order = list(dict.fromkeys(one["part"] for one in report["parts"]))
    parts = sorted(report["parts"], key=lambda one: order.index(one["part"]))
    return table.render(table.COSTS, [_row(one, ours.get(one["part"])) for one in parts])


def _row(one, ours):
    units, database = one["units"], one["postgres_cpu_s"]
    cost = one["cpu_s"] / units
    against = ""
    if ours and not one["side"].startswith("ours"):
        against = table.ratio(ours["cpu_s"] / ours["units"], cost)
    return (
        f"{one['part']}: {one['side']}",
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


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=100_000, help="customers")
    parser.add_argument("--sizes", type=_numbers, help="several sizes, e.g. 1000,10000")
    parser.add_argument(
        "--peer-sample", type=int, default=PEER_SAMPLE, help=f"default {PEER_SAMPLE}"
    )
    parser.add_argument("--no-peer", action="store_true", help="measure without the peers")
    parser.add_argument(
        "--date", default=dt.datetime.now().astimezone().date().isoformat(), help="of the data"
    )
    parser.add_argument("--profile", action="store_true", help="write cProfile files to results/")
    parser.add_argument("--keep", action="store_true", help="keep the database worked on")
    parser.add_argument("--reuse", action="store_true", help="take one that was kept")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes or [options.size]
    return options


def _numbers(text):
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
