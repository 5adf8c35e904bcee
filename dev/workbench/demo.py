"""Databases with our addons, filled with the demo company."""

import importlib.util
import sys

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
    if not has_demo_company():
        return DEFAULT_LOGINS
    sys.path.insert(0, str(paths.DEV))
    try:
        # The package may import Odoo, which is not on this process's path.
        module = importlib.import_module("demo_company")
    except ImportError:
        return DEFAULT_LOGINS
    return getattr(module, "LOGINS", DEFAULT_LOGINS)
