"""What must be there before anything else can run; works on a bare Python."""

import os
from pathlib import Path

from . import environment, odoo_source, paths, system_packages

PREPARED = "DEBITOR_PREPARED"


def is_done():
    return PREPARED in os.environ


def restart_prepared(arguments, packages=system_packages.FOR_RUN):
    """Install what is missing, then go on inside the virtual environment."""
    environment.ensure_supported_python()
    system_packages.ensure(packages)
    python = environment.ensure()
    variables = {
        **os.environ,
        PREPARED: "1",
        "PYTHONPATH": str(paths.DEV),
        "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
    }
    os.execve(python, [str(python), "-m", "workbench", *arguments], variables)


def odoo():
    return odoo_source.ensure()
