"""The addons of this tree, and fingerprints of what they consist of."""

import ast
import hashlib

from . import paths

ODOO_MODULES = ("account", "l10n_de")
# The first one is the language of the main company; Odoo activates no other by itself.
LANGUAGES = ("en_US", "de_DE")
IGNORED = {"__pycache__", "tests", "readme"}


def names():
    """Addons that can be installed, in alphabetical order."""
    return sorted(path.parent.name for path in paths.ROOT.glob("debitor_*/__manifest__.py"))


def manifest(name):
    text = (paths.ROOT / name / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(text)


def fingerprint(folder):
    """Digest of the files in `folder` that decide about a database's content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not IGNORED.intersection(relative.parts):
            digest.update(str(relative).encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def fingerprints():
    return {name: fingerprint(paths.ROOT / name) for name in names()}


def foreign_dependencies():
    """Odoo's own modules that the addons build on, beside `ODOO_MODULES`."""
    own = set(names())
    wanted = {dependency for name in own for dependency in manifest(name).get("depends", [])}
    return sorted(wanted - own - set(ODOO_MODULES) - {"base"})
