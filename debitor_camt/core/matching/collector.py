"""The garbage collector, held while an import is matched.

Every full collection walks over all open items of the index; matching makes no cycles that
it could free. Reference counts free everything as always.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_collector() -> Iterator[None]:
    """Do without the cyclic collector; it is left as it was."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
