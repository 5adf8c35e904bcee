"""What the person at the terminal sees: one line per step, errors as sentences."""

import sys
import time
from contextlib import contextmanager


class SetupError(Exception):
    """Something the person at the terminal can act on; its text says how."""


def say(text=""):
    print(text, flush=True)


def warn(text):
    print(f"warning: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title):
    """Announce a long step and, once it is over, how long it took."""
    say(f"{title} …")
    started = time.monotonic()
    yield
    say(f"{title}: done in {time.monotonic() - started:.0f} s")


def tail(path, lines=25):
    """The last lines of a log, for an error message."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:])
