"""Make the pure cores importable without Odoo, and `dev/` for what tests share."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def register_bare_packages():
    """Let `debitor_x.core` be imported although `debitor_x/__init__.py` needs Odoo.

    An empty package stands in for each addon; its subpackages are found as usual.
    """
    for core in ROOT.glob("debitor_*/core"):
        addon = core.parent
        package = types.ModuleType(addon.name)
        package.__path__ = [str(addon)]
        sys.modules.setdefault(addon.name, package)


if str(ROOT / "dev") not in sys.path:
    sys.path.insert(0, str(ROOT / "dev"))
register_bare_packages()
