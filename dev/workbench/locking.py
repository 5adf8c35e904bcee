"""Files as locks between processes; the kernel frees them when one dies."""

import fcntl
from contextlib import contextmanager

from .console import say


@contextmanager
def exclusive(path, waiting_for=None):
    """Hold the lock on `path`, waiting for another holder to finish."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting_for:
                say(f"Waiting for another process: {waiting_for} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def try_hold(path):
    """The open handle that holds the lock, or None when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
