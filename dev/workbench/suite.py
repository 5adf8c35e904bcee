"""`make test`: all parts, two at a time, and the one line that sums them up."""

import os
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from . import addons, odoo_tests, paths, processes
from .console import SetupError, say, tail
from .lab import Lab
from .outcome import Outcome, total

PARTS = ("unit", "odoo", "server", "odoo-account")
LOGS = paths.LOGS / "test"


def run_parts(source, wanted):
    """Run the parts named in `wanted` (comma-separated, empty for all).

    Returns the exit code: 0 if every test passed.
    """
    parts = [part.strip() for part in wanted.split(",") if part.strip()] or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        raise SetupError(f"There is no part {', '.join(unknown)}; parts are {', '.join(PARTS)}.")
    outcomes = _run_all(source, parts)
    _summarise(outcomes)
    return 1 if total(outcomes).failed or not outcomes else 0


def _run_all(source, parts):
    lab = Lab(source)
    if parts != ["unit"]:
        lab.open()
    os.environ.update(lab.server.environment())
    try:
        return _run_jobs(_jobs(lab, parts))
    except KeyboardInterrupt:
        processes.interrupt_all()
        raise
    finally:
        lab.close()


def _jobs(lab, parts):
    """Name and function of each job; the long ones come first."""
    jobs = []
    if "unit" in parts:
        jobs.append(("unit", lambda: _pytest("unit", [paths.ROOT / "tests"], without_server=True)))
    if "odoo" in parts:
        jobs += [
            (f"odoo {name}", lambda name=name: odoo_tests.test_addon(lab, name))
            for name in addons.names()
            if _has_tests(paths.ROOT / name / "tests")
        ]
    if "server" in parts and _has_tests(paths.ROOT / "tests" / "server"):
        jobs.append(("server", lambda: _pytest("server", [paths.ROOT / "tests" / "server"])))
    if "odoo-account" in parts and addons.names():
        jobs.append(("odoo-account", lambda: odoo_tests.test_account(lab)))
    return jobs


def _has_tests(folder):
    return any(folder.rglob("test_*.py"))


def _run_jobs(jobs):
    workers = int(os.environ.get("DEBITOR_JOBS", min(2, os.cpu_count() or 1)))
    say(f"Parts: {', '.join(name for name, _ in jobs)}; {workers} at a time")
    outcomes = []
    pool = ThreadPoolExecutor(workers)
    futures = [pool.submit(_timed, name, function) for name, function in jobs]
    try:
        for future in as_completed(futures):
            outcome = future.result()
            _report(outcome)
            outcomes.append(outcome)
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return outcomes


def _timed(name, function):
    started = time.monotonic()
    try:
        outcome = function()
    except Exception as error:  # one broken part must not hide the results of the others
        outcome = Outcome(name, failed=1, problems=[f"{type(error).__name__}: {error}"])
    outcome.seconds = time.monotonic() - started
    return outcome


def _report(outcome):
    say(f"[{outcome.name}] {outcome}, {outcome.seconds:.0f} s")
    for line in [*outcome.remarks, *outcome.problems]:
        say(f"[{outcome.name}]   {line}")
    if outcome.failed and outcome.log:
        say(f"[{outcome.name}]   log: {outcome.log.relative_to(paths.ROOT)}, which ends with:")
        say(tail(outcome.log, lines=60))


def _summarise(outcomes):
    say("")
    for outcome in outcomes:
        say(f"{outcome.name}: {outcome}")
        # Again, since whoever reads a long log reads its end.
        for problem in outcome.problems:
            say(f"  {problem}")
    say(str(total(outcomes)))


def _pytest(name, folders, without_server=False):
    report = paths.VAR / "test" / f"pytest-{name}.xml"
    log = LOGS / f"pytest-{name}.log"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *folders, f"--junitxml={report}", "-ra"]
    if without_server:
        command.append(f"--ignore={paths.ROOT / 'tests' / 'server'}")
    code = processes.run(command, log, dict(os.environ), paths.ROOT, odoo_tests.TIMEOUT)
    return _read_report(name, report, code, log)


def _reason(case):
    broken = case.find("failure")
    if broken is None:
        broken = case.find("error")
    return " ".join(broken.get("message", "").split())[:300]


def _read_report(name, report, code, log):
    if not report.exists():
        return Outcome(name, failed=1, problems=[f"pytest ended with code {code}"], log=log)
    outcome = Outcome(name, log=log)
    for case in ET.parse(report).getroot().iter("testcase"):
        label = f"{Path(case.get('classname', '').replace('.', '/'))}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.problems.append(f"failed: {label} ({_reason(case)})")
        elif (skip := case.find("skipped")) is not None:
            outcome.skipped += 1
            outcome.remarks.append(f"skipped: {label} ({skip.get('message')})")
        else:
            outcome.passed += 1
    if code and not outcome.problems:
        outcome.problems.append(f"pytest ended with code {code}")
    outcome.failed = len(outcome.problems)
    return outcome
