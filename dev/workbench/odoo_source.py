"""Odoo 19: from ODOO_HOME, from the cache, or out of Debian's archive.

Debian's package is pure Python and needs no root to unpack. It is fetched with
a private sources file, so that the system's own apt sources stay as they are.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import paths, system_packages
from .console import SetupError, step, warn
from .locking import exclusive

PACKAGE = "odoo-19"
VERSION = "19.0.0+dfsg-1"
SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"

# Debian strips these from Odoo and links to the packages instead.
COMPANIONS_SID = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
)
# Newer releases of these two moved the files that Odoo links to.
COMPANIONS_BOOKWORM = ("fonts-font-awesome", "fonts-inconsolata")

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SEGMENTATION = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
NPM_SEGMENTATION = "@mediapipe/selfie_segmentation@0.1.1675465747"

ALTERNATIVE = (
    "Alternatively clone Odoo's branch 19.0 yourself and name the folder that has "
    "`odoo-bin` in it: ODOO_HOME=/path/to/odoo make run"
)


@dataclass(frozen=True)
class OdooSource:
    """Where an Odoo is and how to start it."""

    launcher: Path
    python_path: Path
    addons_paths: tuple[Path, ...]
    version: str


def ensure():
    """Find or fetch Odoo 19.

    Raises SetupError with the way out when there is none to be had.
    """
    if home := os.environ.get("ODOO_HOME"):
        return _from_checkout(Path(home).expanduser().resolve())
    root = _cached()
    if root is None:
        with exclusive(paths.cache_dir() / "odoo.lock", "download of Odoo"):
            root = _cached() or _fetch()
    return _from_package(root)


def _from_checkout(home):
    launcher = home / "odoo-bin"
    addons = tuple(path for path in (home / "addons", home / "odoo" / "addons") if path.is_dir())
    if not launcher.is_file() or not addons:
        raise SetupError(
            f"ODOO_HOME is {home}, but there is no odoo-bin with addons/ in it. "
            "Name the folder of an Odoo 19 source checkout, or unset ODOO_HOME."
        )
    release = (home / "odoo" / "release.py").read_text(encoding="utf-8")
    if not re.search(r"version_info\s*=\s*\(19,", release):
        raise SetupError(f"ODOO_HOME={home} is not Odoo 19; check out the branch 19.0.")
    return OdooSource(launcher, home, addons, "checkout")


def _from_package(root):
    python_path = root / "usr/lib/python3/dist-packages"
    # `dist-packages/addons` is an incomplete duplicate: only odoo/addons counts.
    return OdooSource(
        root / "usr/bin/odoo", python_path, (python_path / "odoo/addons",), root.name[5:]
    )


def _cached():
    complete = sorted(paths.cache_dir().glob("odoo-19*/.complete"))
    pinned = paths.cache_dir() / _folder_name(VERSION) / ".complete"
    if pinned in complete:
        return pinned.parent
    return complete[-1].parent if complete else None


def _folder_name(version):
    return "odoo-" + re.sub(r"[^\w.]", "-", version)


def _fetch():
    _require_debian_tools()
    mirror = _mirror()
    with step("Downloading Odoo 19 (about 150 MB)"):
        apt = _PrivateApt(paths.cache_dir() / "apt", mirror)
        version = apt.download_odoo()
        apt.download("sid", COMPANIONS_SID)
        apt.download("bookworm", COMPANIONS_BOOKWORM)
    target = paths.cache_dir() / _folder_name(version)
    with step("Unpacking Odoo 19"):
        unpacked = target.with_name(target.name + ".part")
        shutil.rmtree(unpacked, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        unpacked.mkdir()
        for archive in apt.archives():
            _checked(["dpkg-deb", "-x", archive, unpacked], f"unpack {archive.name}")
        _add_segmentation(unpacked)
        _verify_links(unpacked)
        unpacked.rename(target)
        (target / ".complete").touch()
    shutil.rmtree(apt.folder, ignore_errors=True)
    return target


def _require_debian_tools():
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise SetupError(
                f"Odoo 19 is fetched from Debian's archive, which needs {tool}; "
                f"it is not here. {ALTERNATIVE}"
            )
    if not KEYRING.exists():
        raise SetupError(
            f"{KEYRING} is missing (package debian-archive-keyring), so a download "
            f"from Debian's archive could not be verified. {ALTERNATIVE}"
        )


def _mirror():
    """The Debian mirror that this system already uses."""
    if explicit := os.environ.get("DEBITOR_DEBIAN_MIRROR"):
        return explicit
    found = _configured_mirrors()
    if not found:
        # A minimal image comes without package lists, thus without targets.
        system_packages.update_package_lists()
        found = _configured_mirrors()
    if not found:
        raise SetupError(
            "apt-get knows no Debian mirror on this system. Name one: "
            f"DEBITOR_DEBIAN_MIRROR=<address ending in /debian> make run. {ALTERNATIVE}"
        )
    return found[0]


def _configured_mirrors():
    fields = "$(ORIGIN)|$(LABEL)|$(REPO_URI)"
    result = _run(["apt-get", "indextargets", "--format", fields])
    rows = [line.split("|") for line in result.stdout.splitlines() if line.count("|") == 2]
    return [uri for origin, label, uri in rows if (origin, label) == ("Debian", "Debian")]


class _PrivateApt:
    """apt-get with its own sources, lists and cache; needs no root."""

    def __init__(self, folder, mirror):
        self.folder = folder
        self.mirror = mirror
        self.debs = folder / "debs"
        shutil.rmtree(folder, ignore_errors=True)
        self.debs.mkdir(parents=True)
        self._updated = set()

    def archives(self):
        return sorted(self.debs.glob("*.deb"))

    def download_odoo(self):
        """Fetch the pinned version, else the one on offer; return the version."""
        offered = self._offered_versions()
        if not offered:
            raise SetupError(f"The Debian mirror offers no {PACKAGE}. {ALTERNATIVE}")
        version = VERSION if VERSION in offered else offered[0]
        self.download("sid", [f"{PACKAGE}={version}"])
        (archive,) = self.debs.glob(f"{PACKAGE}_*.deb")
        if version != VERSION:
            warn(
                f"Debian no longer offers {PACKAGE} {VERSION}, which the tests ran on; "
                f"using {version}"
            )
        elif _sha256(archive) != SHA256:
            raise SetupError(f"{archive.name} is not the file that was tested: wrong checksum.")
        return version

    def _offered_versions(self):
        self._update("sid")
        listing = _run(self._command("sid", "apt-cache", "madison", PACKAGE)).stdout
        return [row.split("|")[1].strip() for row in listing.splitlines() if row.count("|") == 2]

    def download(self, suite, packages):
        self._update(suite)
        command = self._command(suite, "apt-get", "-qq", "download", *packages)
        _checked(command, f"download {' '.join(packages)}", cwd=self.debs)

    def _update(self, suite):
        if suite in self._updated:
            return
        (self.folder / suite / "lists" / "partial").mkdir(parents=True)
        (self.folder / suite / "cache").mkdir()
        line = f"deb [signed-by={KEYRING}] {self.mirror} {suite} main\n"
        (self.folder / suite / "sources.list").write_text(line, encoding="utf-8")
        _checked(self._command(suite, "apt-get", "-qq", "update"), f"read Debian's list of {suite}")
        self._updated.add(suite)

    def _command(self, suite, tool, *arguments):
        home = self.folder / suite
        options = {
            "Dir::Etc::sourcelist": home / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": home / "lists",
            "Dir::Cache": home / "cache",
            # The sandbox user could not enter a cache below a private home folder.
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        return [tool, *flags, *arguments]


def _add_segmentation(root):
    """Supply the one asset that the package lacks altogether.

    Without the file the web client logs an error and every browser tour fails;
    its content (blurring of a video call's background) is not needed.
    """
    target = root / "usr/lib/python3/dist-packages" / SEGMENTATION
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if not _segmentation_from_npm(target):
        target.touch()


def _segmentation_from_npm(target):
    if not shutil.which("npm"):
        return False
    scratch = paths.cache_dir() / "npm"
    scratch.mkdir(exist_ok=True)
    try:
        packed = _run(["npm", "pack", "--silent", NPM_SEGMENTATION], cwd=scratch, timeout=60)
        archives = list(scratch.glob("*.tgz"))
        if packed.returncode or not archives:
            return False
        with tarfile.open(archives[0]) as archive:
            content = archive.extractfile("package/selfie_segmentation.js").read()
    except (OSError, KeyError, subprocess.TimeoutExpired):
        return False
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    target.write_bytes(content)
    return True


def _verify_links(root):
    dangling = [path for path in root.rglob("*") if path.is_symlink() and not path.exists()]
    if dangling:
        names = ", ".join(str(path.relative_to(root)) for path in dangling[:5])
        raise SetupError(
            f"The unpacked Odoo has {len(dangling)} links into the void ({names}); "
            f"Debian seems to have moved files. {ALTERNATIVE}"
        )


def _sha256(path):
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _run(command, cwd=None, timeout=None):
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def _checked(command, purpose, cwd=None):
    result = _run(command, cwd=cwd)
    if result.returncode:
        detail = (result.stderr or result.stdout).strip()[-1500:]
        raise SetupError(f"Could not {purpose}:\n{detail}\n{ALTERNATIVE}")
