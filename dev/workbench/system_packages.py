"""Packages of the operating system: install what is missing, or name it."""

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .console import SetupError, step, warn

CHROMIUM_NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")


@dataclass(frozen=True)
class SystemPackage:
    debian_names: tuple[str, ...]
    is_present: Callable[[], bool]
    purpose: str


def _has_library(name):
    # Without ldconfig or gcc, find_library sees nothing: loading is the proof.
    if ctypes.util.find_library(name):
        return True
    soname = {"pango-1.0": 0, "pangoft2-1.0": 0, "harfbuzz-subset": 0}[name]
    try:
        ctypes.CDLL(f"lib{name}.so.{soname}")
    except OSError:
        return False
    return True


def _has_command(*names):
    return any(shutil.which(name) for name in names)


def _has_venv():
    probe = "import ensurepip, venv"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode == 0


VENV = SystemPackage(
    (f"python3.{sys.version_info.minor}-venv",), _has_venv, "to create a virtual environment"
)
PANGO = SystemPackage(
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    lambda: all(map(_has_library, ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))),
    "to print letters as PDF",
)
POPPLER = SystemPackage(
    ("poppler-utils",), lambda: _has_command("pdftotext"), "to read printed letters in tests"
)
CHROMIUM = SystemPackage(
    ("chromium",), lambda: _has_command(*CHROMIUM_NAMES), "to run browser tests"
)

FOR_RUN = (VENV, PANGO)
FOR_TESTS = (VENV, PANGO, POPPLER, CHROMIUM)


def as_root():
    """The command prefix that makes us root ([] or sudo), or None if nothing does."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        probe = subprocess.run(["sudo", "-n", "true"], capture_output=True)
        if probe.returncode == 0:
            return ["sudo", "-n"]
    return None


def ensure(packages):
    """Install those of `packages` that are missing.

    Raises SetupError, naming them, when this user or system cannot install them.
    """
    missing = [package for package in packages if not package.is_present()]
    if not missing:
        return
    names = [name for package in missing for name in package.debian_names]
    prefix = as_root()
    if prefix is None or not shutil.which("apt-get"):
        reasons = ", ".join(package.purpose for package in missing)
        raise SetupError(
            f"Please install {' '.join(names)} ({reasons}); on Debian: "
            f"sudo apt-get install {' '.join(names)}"
        )
    with step(f"Installing {' '.join(names)} with apt-get"):
        _apt_install(prefix, names)
    if absent := [package for package in missing if not package.is_present()]:
        absent_names = " ".join(name for package in absent for name in package.debian_names)
        warn(f"apt-get installed {absent_names}, but it is still not found")


def _apt_install(prefix, names):
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = [*apt_get, "install", "--yes", "--no-install-recommends", *names]
    if _quietly(install).returncode == 0:
        return
    update_package_lists()
    result = _quietly(install)
    if result.returncode:
        raise SetupError(
            f"apt-get could not install {' '.join(names)}:\n{result.stdout.strip()[-2000:]}"
        )


@lru_cache
def update_package_lists():
    """`apt-get update`, once per process, if this user may."""
    prefix = as_root()
    if prefix is not None and shutil.which("apt-get"):
        _quietly([*prefix, "apt-get", "-qq", "update"])


def _quietly(command):
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
