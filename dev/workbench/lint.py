"""`make lint`: ruff, mypy on the cores, pylint-odoo, and Odoo's own lint tests."""

import os
import shutil
import subprocess
import sys

from . import addons, odoo_tests, paths, terms
from .console import SetupError, say
from .lab import Lab
from .odoo_process import OdooCommand

# Checks of pylint-odoo that contradict this house, with the reason.
PYLINT_EXCEPTIONS = {
    "missing-readme": "readme/ holds fragments; the README is the repository's",
    "unknown-option-value": "the source names checks of Odoo's own checkers too",
    "consider-merging-classes-inherited": "the letter is one model in a file for each medium",
}
# Odoo's checkers of SQL and translations, which its test applies to all of Odoo.
ODOO_CHECKERS = (
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
)
ODOO_CHECKS = (
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)
# Looks at all of Odoo; `odoo checkers` applies the same checks to our addons.
TOO_WIDE = "-/test_lint:TestPyLint"


def run_parts(ensure_odoo, part):
    """Run the checks of `part` ("" all, "fast" without a database, "format" repairs).

    Returns the exit code: 0 if nothing was found.
    """
    if part == "format":
        return _run("ruff check --fix", [*_python("ruff"), "check", "--fix"]) | _run(
            "ruff format", [*_python("ruff"), "format"]
        )
    if part not in ("", "fast"):
        raise SetupError(f"There is no lint part {part}; parts are fast, format or none.")
    found = _run("ruff check", [*_python("ruff"), "check", "."])
    found |= _run("ruff format", [*_python("ruff"), "format", "--check", "."])
    found |= _mypy()
    if addons.names():
        found |= _pylint_odoo()
        source = ensure_odoo()
        found |= _odoo_checkers(source)
        if not part:
            with Lab(source) as lab:
                found |= _odoo_lint(lab)
                found |= _terms(lab)
    say("lint: clean" if not found else "lint: see above")
    return found


def _python(module):
    return [sys.executable, "-m", module]


def _run(title, command, **options):
    result = subprocess.run(
        [str(part) for part in command],
        **{"cwd": paths.ROOT, "stdin": subprocess.DEVNULL, **options},
    )
    say(f"{title}: {'ok' if result.returncode == 0 else 'findings'}")
    return 1 if result.returncode else 0


def _mypy():
    """Check each core by itself, as the tests import it: without Odoo."""
    cores = [path for path in sorted(paths.ROOT.glob("debitor_*/core")) if any(path.rglob("*.py"))]
    if not cores:
        return 0
    stage = paths.VAR / "mypy"
    shutil.rmtree(stage, ignore_errors=True)
    for core in cores:
        (stage / core.parent.name).mkdir(parents=True)
        (stage / core.parent.name / "core").symlink_to(core)
    command = [*_python("mypy"), f"--config-file={paths.ROOT / 'pyproject.toml'}"]
    command += [f"--cache-dir={paths.VAR / 'mypy_cache'}"]
    command += [str(core.relative_to(paths.ROOT)) for core in cores]
    return _run("mypy --strict on core", command, cwd=stage)


def _pylint_odoo():
    command = [*_python("pylint"), f"--rcfile={os.devnull}", "--load-plugins=pylint_odoo"]
    command += ["--disable=all", "--enable=odoolint", "--score=n", "--jobs=2"]
    command += ["--manifest-required-authors=debitor"]
    command += [f"--disable={','.join(PYLINT_EXCEPTIONS)}", "--valid-odoo-versions=19.0"]
    return _run("pylint-odoo", [*command, *addons.names()])


def _odoo_checkers(source):
    tests = source.addons_paths[-1] / "test_lint" / "tests"
    if not tests.is_dir():
        tests = source.addons_paths[0] / "test_lint" / "tests"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tests), str(source.python_path)]),
        "ADDONS_PATH": os.pathsep.join(map(str, [*source.addons_paths, paths.ROOT])),
    }
    command = [*_python("pylint"), f"--rcfile={os.devnull}", "--score=n"]
    command += [
        "--disable=all,useless-option-value,unknown-option-value",
        f"--enable={','.join(ODOO_CHECKS)}",
    ]
    command += [f"--load-plugins=_pylint_path_setup,{','.join(ODOO_CHECKERS)}"]
    return _run("odoo checkers", [*command, *addons.names()], env=environment)


def _terms(lab):
    gaps = terms.find_gaps(lab)
    say(f"translations: {'findings' if gaps else 'ok'}")
    for gap in gaps:
        say(f"  {gap}")
    return 1 if gaps else 0


def _odoo_lint(lab):
    """Odoo's module `test_lint` on a database with our addons, looking at ours only."""
    outcome = _odoo_lint_outcome(lab)
    say(f"odoo test_lint: {outcome}")
    for line in outcome.problems:
        say(f"  {line}")
    if outcome.failed:
        say(f"  log: {outcome.log.relative_to(paths.ROOT)}")
    return 1 if outcome.failed else 0


def _odoo_lint_outcome(lab):
    log = odoo_tests.LOGS / "odoo-lint.log"
    odoo = NarrowedOdoo(lab.odoo.source, lab.server, lab.odoo.config.parent, "odoo-lint.conf")
    with lab.copy_of(lab.templates.installed(), "lint") as database:
        tags = f"/test_lint,{TOO_WIDE}"
        code = odoo_tests.run_tagged(odoo, database, log, tags, "--init=test_lint")
    return odoo_tests.judge(
        "odoo test_lint", odoo_tests.read_log(odoo_tests.text_of(log)), code, log
    )


class NarrowedOdoo(OdooCommand):
    """Odoo whose lint tests see our addons only."""

    def arguments(self, *options):
        python, _launcher, *rest = super().arguments(*options)
        return [python, "-m", "workbench.narrow_lint", *addons.names(), "--", *rest]
