"""Measure a part of this process: CPU, PostgreSQL's CPU, statements, memory."""

import os
import resource
import sys
import time
from contextlib import contextmanager
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
MEBIBYTE = 1 << 20


class Probe:
    """Totals over all parts measured by ``with probe.measure():``.

    ``count_statements`` returns the number of SQL statements sent so far, and
    ``backends`` the process ids of the PostgreSQL backends that work for us. A
    ``profiler`` (cProfile) runs inside the measured parts only, and slows them down.
    """

    def __init__(self, count_statements, backends, profiler=None):
        self._count_statements = count_statements
        self._backends = backends
        self._profiler = profiler
        self.wall_s = 0.0
        self.cpu_s = 0.0
        self.postgres_cpu_s = 0.0
        self.statements = 0

    @contextmanager
    def measure(self):
        before = _backend_times(self._backends())
        statements, cpu, wall = self._count_statements(), _cpu_seconds(), time.perf_counter()
        if self._profiler:
            self._profiler.enable()
        yield
        if self._profiler:
            self._profiler.disable()
        self.wall_s += time.perf_counter() - wall
        self.cpu_s += _cpu_seconds() - cpu
        self.statements += self._count_statements() - statements
        self._add_backends(before, _backend_times(self._backends()))

    def _add_backends(self, before, after):
        if before is None or after is None or self.postgres_cpu_s is None:
            self.postgres_cpu_s = None
            return
        self.postgres_cpu_s += sum(after.values()) - sum(before.get(pid, 0) for pid in after)

    def as_dict(self):
        return {
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
            "postgres_cpu_s": self.postgres_cpu_s,
            "statements": self.statements,
            "peak_mib": _peak_bytes() / MEBIBYTE,
        }


def _cpu_seconds():
    """User and system time of this process and of its ended children (PDF printers)."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _backend_times(pids):
    """CPU seconds by process id; None where the server runs on another machine."""
    times = {}
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return None
        name, _, fields = stat.partition("(")[2].rpartition(")")
        if not name.startswith("postgres"):
            return None
        times[pid] = sum(map(int, fields.split()[11:13])) / TICK
    return times


def _peak_bytes():
    """The most memory that this process ever held resident."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        # Linux counts in KiB and inherits the parent's peak; macOS counts in bytes.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
