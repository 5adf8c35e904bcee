"""Run Odoo's test loader on a copy of a template and read the result off its log."""

import re
from dataclasses import dataclass, field

from . import addons, paths
from .odoo_process import free_port
from .outcome import Outcome

LOGS = paths.LOGS / "test"
ACCOUNT_TESTS = paths.DEV / "odoo_account_tests.txt"
TIMEOUT = 40 * 60

# Date, time, process id, level, database, logger and, after a colon, the text.
_LINE = re.compile(r"^\d{4}-\S+ \S+ \d+ ([A-Z]+) \S+ ([\w.]+): (.*)$")
_TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
_STARTED = re.compile(r"Starting (\S+) \.\.\.$")
_SKIPPED = re.compile(r"skipped (?:Subtest )?(.+?) : ?(.*)$")
_BROKEN = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(.+)$")
# These loggers repeat in one line what the lines before it said.
_SUMMARIES = ("odoo.tests.result", "odoo.modules.loading", "odoo.service.server")


@dataclass
class LoadedTests:
    """What one Odoo log says about its tests; each is named `/addon:Class.method`."""

    started: set = field(default_factory=set)
    broken: set = field(default_factory=set)
    reasons: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)
    stray_errors: list = field(default_factory=list)
    total: int | None = None

    @property
    def passed(self):
        # A class whose set-up fails is broken without having been counted.
        return (self.total or 0) - len(self.started & (self.broken | set(self.skipped)))


def read_log(text):
    """Find the tests that ran, failed or were skipped in the log of one Odoo run."""
    found = LoadedTests()
    broken = None
    for line in text.splitlines():
        if match := _LINE.match(line):
            broken = _read_line(found, *match.groups())
        elif broken and line.strip():
            # The last line of a traceback is the error itself.
            found.reasons[broken] = line.strip()
    return found


def _read_line(found, level, logger, message):
    """Take in one line; the test whose traceback follows, or None."""
    if match := _TOTAL.search(message):
        found.total = int(match[3])
    elif match := _STARTED.match(message):
        found.started.add(_test_name(logger, match[1]))
    elif match := _SKIPPED.match(message):
        found.skipped[_test_name(logger, match[1])] = match[2].strip()
    elif level == "ERROR" and (match := _BROKEN.match(message)):
        found.broken.add(test := _test_name(logger, match[1]))
        return test
    elif level in ("ERROR", "CRITICAL") and not logger.startswith(_SUMMARIES):
        found.stray_errors.append(f"{logger}: {message}")
    return None


def _test_name(logger, description):
    """`/addon:Class.method`, as Odoo's --test-tags wants it."""
    if match := re.match(
        r"(?:setUpClass|tearDownClass) \(odoo\.addons\.(\w+)\..*?(\w+)\)", description
    ):
        return f"/{match[1]}:{match[2]}"
    addon = re.match(r"odoo\.addons\.(\w+)\.", f"{logger}.")
    # A subtest's parameters follow the method's name.
    return f"/{addon[1] if addon else ''}:{description.split(' ')[0]}"


def judge(name, found, exit_code, log):
    """Turn a log into an outcome; silence is a failure too."""
    problems = [
        f"failed: {test}" + (f" ({found.reasons[test][:300]})" if test in found.reasons else "")
        for test in sorted(found.broken)
    ]
    problems += [
        f"skipped without a reason: {test}" for test, reason in found.skipped.items() if not reason
    ]
    problems += [f"error in the log: {line}" for line in found.stray_errors]
    if found.total is None:
        problems.append("Odoo ended before it reported on its tests")
    elif found.total == 0:
        problems.append("not one test ran")
    elif exit_code and not problems:
        problems.append(f"Odoo ended with code {exit_code}")
    return Outcome(
        name=name,
        passed=max(found.passed, 0),
        failed=len(problems),
        skipped=sum(1 for reason in found.skipped.values() if reason),
        problems=problems,
        remarks=[f"skipped: {test} ({reason})" for test, reason in found.skipped.items() if reason],
        log=log,
    )


def test_addon(lab, addon):
    """Install one addon alone on Odoo and run its tests, tours included."""
    foreign = _foreign_dependencies(addon)
    log = LOGS / f"odoo-{addon}.log"
    with lab.copy_of(lab.templates.base(*foreign), f"odoo_{addon}") as database:
        code = run_tagged(lab.odoo, database, log, f"/{addon}", f"--init={addon}")
    return judge(f"odoo {addon}", read_log(text_of(log)), code, log)


def test_account(lab):
    """Odoo's own tests with our addons installed; what fails without them too is not ours."""
    tags = account_test_tags()
    log = LOGS / "odoo-account-with.log"
    with lab.copy_of(lab.templates.installed(), "account_with") as database:
        code = run_tagged(lab.odoo, database, log, ",".join(tags))
    found = read_log(text_of(log))
    if found.broken:
        known = _broken_without_us(lab, found.broken)
        return judge_against(found, known, log)
    return judge("odoo-account", found, code, log)


def judge_against(found, known, log):
    """The outcome when the tests in `known` also fail on an Odoo without our addons."""
    both = found.broken & known
    found.broken -= known
    outcome = judge("odoo-account", found, 0, log)
    outcome.passed -= len(both)
    outcome.skipped += len(both)
    outcome.remarks += [f"fails without our addons too: {test}" for test in sorted(both)]
    return outcome


def _broken_without_us(lab, tests):
    log = LOGS / "odoo-account-without.log"
    base = lab.templates.base(*addons.foreign_dependencies())
    tags = ",".join(sorted(tests))
    with lab.copy_of(base, "account_without") as database:
        run_tagged(lab.odoo, database, log, tags)
    return read_log(text_of(log)).broken


def account_test_tags():
    lines = ACCOUNT_TESTS.read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def run_tagged(odoo, database, log, tags, *options):
    return odoo.run_unchecked(
        log,
        f"--database={database}",
        f"--db-filter=^{database}$",
        f"--test-tags={tags}",
        f"--http-port={free_port()}",
        "--stop-after-init",
        "--max-cron-threads=0",
        *options,
        timeout=TIMEOUT,
    )


def _foreign_dependencies(addon):
    """Odoo's modules below one addon, through our other addons as well."""
    own = set(addons.names())
    found = set()
    for dependency in addons.manifest(addon).get("depends", []):
        if dependency in own:
            found |= _foreign_dependencies(dependency)
        else:
            found.add(dependency)
    return found - set(addons.ODOO_MODULES) - {"base"}


def text_of(log):
    return log.read_text(encoding="utf-8", errors="replace")
