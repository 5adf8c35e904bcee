"""How much of a file is read before it counts as an attack."""

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, else numbers; all are far above what banks send.

    ``size`` holds for all that comes out of one file, unpacked.
    """

    size: int = 1024 * _MIB
    ratio: int = 200
    members: int = 2000
    nesting: int = 3
    prolog: int = 64 * 1024
    token: int = _MIB
    text: int = 64 * 1024
    depth: int = 60
    paths: int = 5000
    statements: int = 20_000
    entries: int = 1_000_000
    details: int = 100_000
    values: int = 20_000


DEFAULT = Limits()
