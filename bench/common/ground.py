"""The ground a benchmark stands on: Odoo, the server, its databases and files.

Benchmarks take the helpers of `dev/workbench` from here.
"""

import dataclasses
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "dev"))

from workbench import addons, odoo_source, paths, postgres
from workbench.console import SetupError, say, step, tail
from workbench.database import Databases
from workbench.odoo_process import OdooCommand

__all__ = [
    "BENCH", "CACHE", "LOGS", "RESULTS", "ROOT", "Ground", "SetupError",
    "addons", "say", "step", "tail",
]  # fmt: skip

ROOT = paths.ROOT
BENCH = ROOT / "bench"
RESULTS = BENCH / "results"
CACHE = paths.cache_dir() / "bench"
HOME = paths.VAR / "bench"
LOGS = HOME / "log"


class Ground:
    """What seeding and measuring need: a way to call Odoo, and the databases."""

    def __init__(self, extra_addons=()):
        server = postgres.named_server()
        if server is None:
            raise SetupError(
                "PGHOST is not set. Call the benchmark by `make bench NAME=… SIZE=…`, or name "
                "a PostgreSQL server in PGHOST, PGPORT and PGUSER."
            )
        source = odoo_source.ensure()
        source = dataclasses.replace(source, addons_paths=(*source.addons_paths, *extra_addons))
        self.server = server
        self.odoo_version = source.version
        self.command = OdooCommand(source, server, HOME, max_cron_threads=0)
        self.databases = Databases(server, self.command.data_dir)

    def environment(self):
        """Variables for a child process that imports Odoo and the benchmarks."""
        environment = self.command.environment()
        environment["PYTHONPATH"] += os.pathsep + str(BENCH)
        # The work of a parallel worker would be missing in the backend's CPU time.
        environment["PGOPTIONS"] = (
            os.environ.get("PGOPTIONS", "") + " -c max_parallel_workers_per_gather=0"
        ).strip()
        return environment

    def replace(self, source, target):
        """Make `target` a fresh copy of `source`."""
        self.databases.drop(target)
        self.databases.copy(source, target)
