"""Where things lie: the tree, the download cache, the state of this tree."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "dev"
VAR = ROOT / "var"
LOGS = VAR / "log"


def cache_dir():
    """Downloads and the virtual environment, shared by all trees of a user."""
    if explicit := os.environ.get("DEBITOR_CACHE"):
        return Path(explicit).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser().resolve() / "debitor"


def tree_key():
    """Short name of this tree for places that several trees share."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
