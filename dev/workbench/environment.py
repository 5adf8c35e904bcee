"""The virtual environment in the cache, one per requirement file and Python."""

import hashlib
import os
import shutil
import subprocess
import sys

from . import paths
from .console import SetupError, step
from .locking import exclusive

REQUIREMENTS = paths.DEV / "requirements.txt"
SUPPORTED = ((3, 10), (3, 13))
# uv installs in a tenth of pip's time; pip remains the fallback.
UV = "uv==0.13.9"


def ensure_supported_python():
    """Restart under a Python that Odoo 19 supports if this one is not."""
    lowest, highest = SUPPORTED
    if lowest <= sys.version_info[:2] <= highest:
        return
    for minor in range(highest[1], lowest[1] - 1, -1):
        if other := shutil.which(f"python3.{minor}"):
            os.execv(other, [other, "-m", "workbench", *sys.argv[1:]])
    raise SetupError(
        f"Odoo 19 needs Python 3.{lowest[1]} to 3.{highest[1]}, this is "
        f"{sys.version.split()[0]}. Install one of them, or name it: make PYTHON=/path/to/python3.12"
    )


def directory():
    content = REQUIREMENTS.read_bytes() + UV.encode()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(content + sys.base_prefix.encode()).hexdigest()[:10]
    return paths.cache_dir() / f"venv-{version}-{digest}"


def ensure():
    """Create the environment if need be; return its Python."""
    venv = directory()
    python = venv / "bin" / "python"
    complete = venv / ".complete"
    if complete.exists() and python.exists():
        return python
    with exclusive(paths.cache_dir() / "venv.lock", "virtual environment"):
        if not complete.exists():
            with step("Installing the Python packages (about 130)"):
                _create(venv)
                _install(python)
            complete.touch()
    return python


def _create(venv):
    shutil.rmtree(venv, ignore_errors=True)
    venv.parent.mkdir(parents=True, exist_ok=True)
    # A venv made by a venv would break with it: start from the base Python.
    base = getattr(sys, "_base_executable", None) or sys.executable
    _checked([base, "-m", "venv", venv], "create the virtual environment")


def _install(python):
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if _run([*pip, "install", "--quiet", UV]).returncode == 0:
        uv = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
        if _run([*uv, "-r", REQUIREMENTS], _index_for_uv(pip)).returncode == 0:
            return
    _checked([*pip, "install", "--quiet", "-r", REQUIREMENTS], "install the Python packages")


def _index_for_uv(pip):
    """uv does not read pip's configuration: hand over a configured package index."""
    found = _run([*pip, "config", "get", "global.index-url"])
    if found.returncode or not found.stdout.strip():
        return {}
    return {"UV_DEFAULT_INDEX": found.stdout.strip()}


def _run(command, extra_environment=None):
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **(extra_environment or {})},
    )


def _checked(command, purpose):
    result = _run(command)
    if result.returncode:
        detail = (result.stderr or result.stdout).strip()[-2000:]
        raise SetupError(
            f"Could not {purpose}:\n{detail}\n"
            "Check that the package index (pip download six) can be reached."
        )
