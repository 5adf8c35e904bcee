"""Make the factories of this folder importable from its tests."""

import sys
from pathlib import Path

from hypothesis import settings

_HERE = str(Path(__file__).resolve().parent)
if _HERE not in sys.path:
    sys.path.insert(0, _HERE)

# A busy machine must not fail a property, and a failure prints its example anyway.
settings.register_profile("debitor", deadline=None, database=None)
settings.load_profile("debitor")
