#!/usr/bin/env python3
"""Print what camt files say, one JSON object a line and file, without Odoo or a database.

    python dev/camt_inspect.py FILE…

A container (ZIP, gzip, tar) gives one object for each of its members. A file that can't be
read gives one line on stderr and the exit status 1; the others are printed all the same.
"""

import json
import sys
import types
from pathlib import Path

ADDON = Path(__file__).resolve().parents[1] / "debitor_camt"


def _import_core():
    """Import the addon's core without the addon, which needs Odoo."""
    package = types.ModuleType(ADDON.name)
    package.__path__ = [str(ADDON)]
    sys.modules.setdefault(ADDON.name, package)
    from debitor_camt.core import inspection

    return inspection


def main(names):
    if not names:
        print(__doc__, file=sys.stderr)
        return 2
    inspection = _import_core()
    status = 0
    for name in names:
        for line, problem in _inspect(inspection, name):
            if problem:
                print(f"{name}: {' '.join(problem.split())}", file=sys.stderr)
                status = 1
            else:
                print(json.dumps(line, ensure_ascii=False))
    return status


def _inspect(inspection, name):
    """Yield (object, None) or (None, problem) for each document in a file."""
    try:
        with Path(name).open("rb") as file:
            yield from inspection.inspect(file, name)
    except OSError as error:
        yield None, error.strerror or type(error).__name__


if __name__ == "__main__":
    # Bank files hold letters that the terminal's own encoding may lack.
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
