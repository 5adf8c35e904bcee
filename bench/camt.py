#!/usr/bin/env python3
"""A bank file of N entries against M open items: ours, a peer and the floor, side by side.

    make bench NAME=camt SIZE=10000 OPEN=100000
    python bench/camt.py --size 50000 --open 1000000 --parts linear --sizes 50000
    python bench/camt.py --parts import --profile --no-peer

Reading and matching run in plain Python, the import on copies of one seeded database; every
part has a process of its own. All payments are clear: each names one open invoice and pays it.
"""

import argparse
import datetime as dt
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import dunning
import seed_camt
from common import measure, peer, table
from common.ground import BENCH, HOME, LOGS, RESULTS, ROOT, Ground, SetupError, say, step

OURS = "debitor_camt"
PEERS = {
    "account_statement_base": "19.0.1.0.1",
    "account_statement_import_base": "19.0.1.0.0.8",
    "account_statement_import_file": "19.0.1.0.0.5",
    "account_statement_import_camt": "19.0.1.0.0.8",
    "account_reconcile_oca": "19.0.1.1.1",
}
PARTS = ["read", "match", "import", "linear"]
READ_SIZE = 50_000
MATCH_OPEN, MATCHED = [1_000, 100_000, 1_000_000], 1_000
PEER_SIZE, PEER_OPEN = 200, 12_500
LINEAR = [200, 2_000]

BASE, SEEDED, INSTALLED, WORK = (
    "bench_camt_base", "bench_camt_seeded_{}", "bench_camt_{}", "bench_camt_work",
)  # fmt: skip


def main(arguments=None):
    options = _options(arguments)
    try:
        return _run(options)
    except SetupError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1


def _run(options):
    folders = [] if options.no_peer else [_fetch(name) for name in PEERS]
    bench = Bench(Ground(extra_addons=folders), options)
    with tempfile.TemporaryDirectory(dir=_home()) as folder:
        bench.folder = Path(folder)
        for part in PARTS:
            if part in options.parts:
                getattr(bench, f"run_{part}")()
                bench.write()
    return 0


def _home():
    HOME.mkdir(parents=True, exist_ok=True)
    return HOME


def _fetch(name):
    return peer.addons_folder(f"odoo-addon-{name}", PEERS[name])


class Bench:
    """The parts, and what they took."""

    def __init__(self, ground, options):
        self.ground = ground
        self.options = options
        self.folder = None
        self.report = {"size": options.size, "open": options.open, "odoo": ground.odoo_version}

    # -----------------------------------------------------------------------
    # Reading
    # -----------------------------------------------------------------------

    def run_read(self):
        path = self.folder / "read.xml"
        seed_camt.write_file(path, seed_camt.invent(self.options.read_size))
        size = path.stat().st_size
        found = {
            "ours": self._plain("ours: read", "read_ours", path=str(path)),
            "floor": self._plain("floor: read", "read_floor", path=str(path)),
        }
        if not self.options.no_peer:
            name = INSTALLED.format("peer")
            self._make_base()
            self._install(BASE, name, list(PEERS))
            found["peer"] = self._measure("peer: read", name, "peer_read", path=str(path))
        self.report["read"] = {"bytes": size, **found}
        rows = [
            _read_row(f"read: {side}", found[side], found["ours"])
            for side in ("ours", "peer", "floor")
            if side in found
        ]
        say(f"\n{size / (1 << 20):.1f} MiB of XML:\n\n{table.render(READ_HEAD, rows)}\n")
        path.unlink()

    # -----------------------------------------------------------------------
    # Matching
    # -----------------------------------------------------------------------

    def run_match(self):
        found, rows = {}, []
        for side in ("ours", "mixed", "floor"):
            for size in self.options.match_open:
                one = self._plain(
                    f"{side}: match against {size:,}", f"match_{side}",
                    open_items=size, payments=min(MATCHED, size // 2),
                )  # fmt: skip
                found.setdefault(side, {})[size] = one
                rows.append(_match_row(f"{MATCH_NAMES[side]}: {size:,}", one))
        self.report["match"] = found
        say(f"\n{table.render(MATCH_HEAD, rows)}\n")

    # -----------------------------------------------------------------------
    # Importing
    # -----------------------------------------------------------------------

    def run_import(self):
        """Compare all sides where the peer survives."""
        size, seeded = self.options.peer_size, self._seed(self.options.peer_open)
        payments = self._choose(seeded, size)
        found = {"floor": self._import(seeded, "floor_import", "floor", payments=payments)}
        for side in ("ours",) if self.options.no_peer else ("ours", "peer"):
            found |= self._import_on(side, seeded, payments)
        self.ground.databases.drop(seeded)
        self.report["import"] = {"size": size, "open": self.options.peer_open, "sides": found}
        ours = found[f"ours, {MANNERS[seed_camt.BARE]}"]
        rows = [
            _import_row(f"import: {label}", one, None if label.startswith("ours") else ours)
            for label, one in found.items()
        ]
        say(
            f"\n{size:,} entries, {self.options.peer_open:,} open items:\n\n"
            f"{table.render(IMPORT_HEAD, rows)}\n"
        )

    def run_linear(self):
        """Measure ours alone at several sizes of the file."""
        seeded, installed = self._seed(self.options.open), INSTALLED.format("ours")
        self._install(seeded, installed, [OURS])
        found, rows = {}, []
        index = self._measure("ours: index", installed, "ours_index")
        for size in self.options.sizes:
            payments = self._choose(installed, size)
            path = self._write(payments, seed_camt.FREE)
            found[size] = self._import(installed, "ours_import", f"ours {size:,}", path=str(path))
            rows.append(_import_row(f"import: {size:,}", found[size], None)[:-1])
        for name in (installed, seeded):
            self.ground.databases.drop(name)
        self.report["linear"] = {"index": index, "sizes": found}
        say(
            f"\n{self.options.open:,} open items, of which {index['units']:,} in the index, read"
            f" and built once in {index['cpu_s']:.1f} s of CPU and"
            f" {index['postgres_cpu_s'] or 0:.1f} s of the database's:\n\n"
            f"{table.render(IMPORT_HEAD[:-1], rows)}\n"
        )

    def _import_on(self, side, seeded, payments):
        """Install one side on a copy of the seeded database, and import both files there."""
        installed = INSTALLED.format(side)
        self._install(seeded, installed, [OURS] if side == "ours" else list(PEERS))
        found = {}
        for manner, name in MANNERS.items():
            label, path = f"{side}, {name}", self._write(payments, manner)
            found[label] = self._import(installed, f"{side}_import", label, path=str(path))
        self.ground.databases.drop(installed)
        return found

    def _import(self, source, function, label, **parameters):
        """Measure on a copy; whatever is done, `source` stays as it is."""
        self.ground.replace(source, WORK)
        one = self._measure(label, WORK, function, **parameters)
        if not self.options.keep:
            self.ground.databases.drop(WORK)
        return one

    # -----------------------------------------------------------------------
    # Databases and files
    # -----------------------------------------------------------------------

    def _make_base(self):
        """A company with prototypes and nothing else, made anew if stale."""
        databases = self.ground.databases
        sources = (BENCH / "dunning_prototypes.py", BENCH / "seed_camt.py")
        digest = hashlib.sha256(b"".join(one.read_bytes() for one in sources)).hexdigest()[:16]
        note = {"odoo": self.ground.odoo_version, "prototypes": digest}
        if databases.note(BASE) == note:
            return
        with step("Base database"):
            databases.drop(BASE)
            databases.create(BASE)
            self.ground.command.install(BASE, ["account", "l10n_de"], LOGS / "install.log")
            measure.call(self.ground, BASE, "seed_camt:prepare")
            databases.set_note(BASE, note)

    def _seed(self, size):
        """The name of a database with `size` open items; Odoo has confirmed a sample of them."""
        self._make_base()
        name = SEEDED.format(size)
        with step(f"Seeding {size:,} open items"):
            self.ground.replace(BASE, name)
            connection = self.ground.server.connect(name)
            seed_camt.seed(connection, size, self.options.date)
            connection.close()
            parameters = {"size": size, "today": self.options.date}
            measure.call(self.ground, name, "seed_dunning:verify", parameters)
        return name

    def _install(self, source, name, modules):
        with step(f"Installing {modules[-1]} on a copy"):
            self.ground.replace(source, name)
            self.ground.command.install(name, modules, LOGS / "install.log")

    def _choose(self, database, count):
        connection = self.ground.server.connect(database)
        payments = seed_camt.choose(connection, count)
        connection.close()
        return [(number, str(amount), *others) for number, amount, *others in payments]

    def _write(self, payments, manner):
        path = self.folder / f"{len(payments)}-{manner}.xml"
        seed_camt.write_file(path, payments, manner)
        return path

    # -----------------------------------------------------------------------
    # Measuring
    # -----------------------------------------------------------------------

    def _measure(self, label, database, function, **parameters):
        target = None
        if self.options.profile:
            RESULTS.mkdir(exist_ok=True)
            target = RESULTS / f"camt-{label.replace(': ', '-').replace(' ', '-')}.pstats"
        with step(f"  {label}"):
            name = f"camt_parts:{function}"
            found = measure.run(self.ground, database, name, parameters, target).as_dict()
        say(f"    {1000 * found['cpu_s'] / found['units']:.2f} ms of CPU a unit")
        return found

    def _plain(self, label, function, **parameters):
        order = json.dumps({"function": function, "parameters": parameters})
        with step(f"  {label}"):
            ended = subprocess.run(
                [sys.executable, str(BENCH / "camt_plain.py"), order],
                capture_output=True,
                text=True,
            )
            if ended.returncode:
                raise SetupError(f"{function} failed:\n{ended.stderr[-2000:]}")
        found = json.loads(ended.stdout)
        counts = {
            name: found.pop(name) for name in ("build_s", "before_mib", "open") if name in found
        }
        return {**found, "counts": counts}

    def write(self):
        RESULTS.mkdir(exist_ok=True)
        target = RESULTS / f"camt-{self.options.size}-{self.options.open}.json"
        target.write_text(json.dumps(self.report, indent=1) + "\n", encoding="utf-8")
        say(f"Written: {target.relative_to(ROOT)}")


# ---------------------------------------------------------------------------
# Reporting
# ---------------------------------------------------------------------------

READ_HEAD = ("part", "entries", "CPU s", "CPU µs/entry", "peak MiB", "before MiB", "against ours")
MATCH_NAMES = {"ours": "match, clear", "mixed": "match, all kinds", "floor": "match, floor"}
MATCH_HEAD = (
    "part", "payments", "CPU ms/payment", "index CPU s", "CPU µs/open item", "peak MiB",
    "before MiB",
)  # fmt: skip
MANNERS = {seed_camt.BARE: "bare number", seed_camt.FREE: "sentence"}
IMPORT_HEAD = (*table.COSTS[:2], "booked", *table.COSTS[2:])


def _read_row(name, one, ours):
    cost = one["cpu_s"] / one["units"]
    against = "" if one is ours else table.ratio(ours["cpu_s"] / ours["units"], cost)
    return (
        name,
        f"{one['units']:,}",
        table.number(one["cpu_s"]),
        table.number(1e6 * cost, 0),
        table.number(one["peak_mib"], 0),
        table.number(one["counts"]["before_mib"], 0),
        against,
    )


def _match_row(name, one):
    counts = one["counts"]
    return (
        name,
        f"{one['units']:,}",
        table.number(1000 * one["cpu_s"] / one["units"], 3),
        table.number(counts["build_s"]),
        table.number(1e6 * counts["build_s"] / counts["open"], 1),
        table.number(one["peak_mib"], 0),
        table.number(counts["before_mib"], 0),
    )


def _import_row(name, one, ours):
    first, units, *others = dunning._row(name, one, ours)
    return (first, units, f"{one['counts']['booked']:,}", *others)


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10_000, help="entries in the file")
    parser.add_argument("--open", type=int, default=100_000, help="open items")
    parser.add_argument(
        "--sizes", type=_numbers, help="of the file, for «linear»; default 200,2000,SIZE"
    )
    parser.add_argument("--read-size", type=int, default=READ_SIZE, help="entries for «read»")
    parser.add_argument("--match-open", type=_numbers, default=MATCH_OPEN, help="for «match»")
    parser.add_argument("--peer-size", type=int, default=PEER_SIZE, help="entries for «import»")
    parser.add_argument("--peer-open", type=int, default=PEER_OPEN, help="open items for «import»")
    parser.add_argument("--no-peer", action="store_true", help="measure without the peer")
    parser.add_argument(
        "--date", default=dt.datetime.now().astimezone().date().isoformat(), help="of the seed"
    )
    parser.add_argument("--parts", type=dunning._names, default=PARTS, help=f"of {','.join(PARTS)}")
    parser.add_argument("--profile", action="store_true", help="write cProfile files to results/")
    parser.add_argument("--keep", action="store_true", help="keep the database worked on")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes or sorted({*LINEAR, options.size})
    return options


def _numbers(text):
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
