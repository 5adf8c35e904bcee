"""Databases with our addons, filled with the demo company."""

import importlib
import sys
from datetime import datetime

from . import addons, paths
from .console import step

DEMO = paths.DEV / "demo_company"
DEFAULT_LOGINS = [["admin", "admin", "administrator"]]


def has_demo_company():
    return (DEMO / "__init__.py").exists()


def demo_fingerprint():
    return addons.fingerprint(DEMO) if has_demo_company() else ""


def all_modules():
    return [*addons.ODOO_MODULES, *addons.foreign_dependencies(), *addons.names()]


def build(odoo, database):
    """Fill an empty database: modules, languages, demo company, web assets."""
    modules = all_modules()
    with step(f"Installing {', '.join(modules)} (1 to 3 minutes)"):
        odoo.install(database, modules, paths.LOGS / f"install-{database}.log")
    fill(odoo, database)


def fill(odoo, database):
    """Add demo company and web assets to a database with all modules."""
    if has_demo_company():
        with step("Entering the demo company"):
            odoo.call_in_process(database, "demo_company:build")
    with step("Compiling the web client"):
        odoo.call_in_process(database, "workbench.in_odoo:pregenerate_assets")


def logins():
    """What `demo_company.LOGINS` lists as (login, password, role)."""
    return getattr(_demo_company(), "LOGINS", DEFAULT_LOGINS)


def last_day():
    """The day on which the demo company's story ends: today where the company is."""
    zone = getattr(_demo_company(), "ZONE", None)
    return datetime.now(zone).date()


def _demo_company():
    """The package, or None where there is none."""
    sys.path.insert(0, str(paths.DEV))
    try:
        # The package may import Odoo, which is not on this process's path.
        return importlib.import_module("demo_company")
    except ImportError:
        return None
