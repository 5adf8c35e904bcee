"""Addons of others to compare with: fetched from PyPI into the cache, never kept here."""

import shutil
import subprocess
import sys
import zipfile

from .ground import CACHE, SetupError


def addons_folder(distribution, version):
    """Return a folder for the addons path; raise SetupError where it can't be fetched."""
    target = CACHE / "peer" / f"{distribution}-{version}"
    if not target.exists():
        _fetch(distribution, version, target)
    return target / "odoo" / "addons"


def _fetch(distribution, version, target):
    scratch = target.with_name(target.name + ".part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command += ["download", "--quiet", "--no-deps", "--dest", str(scratch)]
    fetched = subprocess.run(
        [*command, f"{distribution}=={version}"], capture_output=True, text=True
    )
    wheels = list(scratch.glob("*.whl"))
    if fetched.returncode or not wheels:
        raise SetupError(
            f"{distribution} {version} could not be fetched:\n{fetched.stderr.strip()[-800:]}\n"
            "Run with --no-peer to measure without it."
        )
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(scratch)
    wheels[0].unlink()
    scratch.rename(target)
