"""Run one part of a benchmark in a fresh process and report what it took."""

import dataclasses
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from .ground import LOGS, ROOT, SetupError, tail


@dataclasses.dataclass(frozen=True)
class Measurement:
    """What one part took; ``postgres_cpu_s`` is None with a server elsewhere."""

    units: int
    wall_s: float
    cpu_s: float
    postgres_cpu_s: float | None
    statements: int
    peak_mib: float
    counts: dict = dataclasses.field(default_factory=dict)

    @property
    def cpu_ms_per_unit(self):
        return 1000 * self.cpu_s / self.units

    @property
    def postgres_ms_per_unit(self):
        return None if self.postgres_cpu_s is None else 1000 * self.postgres_cpu_s / self.units

    @property
    def statements_per_unit(self):
        return self.statements / self.units

    def as_dict(self):
        return dataclasses.asdict(self)


def run(ground, database, function, parameters=None, profile=None):
    """Call `function` («module:name») in a fresh Odoo process.

    The function gets an environment, a `Probe` and the parameters, measures with
    ``with probe.measure():`` and returns a dict of counts, among them ``units``.
    """
    result = call(ground, database, function, parameters, profile)
    known = {field.name for field in dataclasses.fields(Measurement)}
    counts = {key: result.pop(key) for key in list(result) if key not in known}
    return Measurement(**result, counts=counts)


def call(ground, database, function, parameters=None, profile=None):
    """As `run`, but returns the bare dict."""
    ground.command.write_config()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{database}-{function.replace(':', '-')}.log"
    with tempfile.TemporaryDirectory() as folder:
        order, result = Path(folder) / "order.json", Path(folder) / "result.json"
        order.write_text(
            json.dumps(
                {
                    "database": database,
                    "function": function,
                    "parameters": parameters or {},
                    "options": [
                        f"--config={ground.command.config}",
                        "--log-level=warn",
                        "--no-http",
                    ],
                    "result": str(result),
                    "profile": str(profile) if profile else None,
                }
            ),
            encoding="utf-8",
        )
        with log.open("wb") as output:
            ended = subprocess.run(
                [sys.executable, "-m", "common.child", str(order)],
                env=ground.environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if ended.returncode:
            raise SetupError(f"{function} failed on {database}; {log} ends with:\n{tail(log, 40)}")
        return json.loads(result.read_text(encoding="utf-8"))
