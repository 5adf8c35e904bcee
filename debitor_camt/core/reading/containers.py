"""What is inside of ZIP, gzip and tar files, without trusting a byte of it.

Members are read as streams into bounded temporary files; their names are labels and never
become paths.
"""

import gzip
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from ..errors import HostileFile, UnreadableFile
from .limits import Limits

_CHUNK = 1 << 16
_IN_MEMORY = 8 << 20
_RATIO_FROM = 10 << 20  # small files may be packed as tightly as they like
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257


@dataclass(slots=True)
class _Budget:
    """What is left of the limits for one file; it is used up by all of its members."""

    limits: Limits
    size: int = 0
    members: int = 0

    def take(self, size: int) -> None:
        self.size += size
        if self.size > self.limits.size:
            raise HostileFile("too_large", limit=self.limits.size)

    def count(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise HostileFile("too_many_members", limit=self.limits.members)


_Member = BinaryIO | UnreadableFile
_Opener = Callable[[BinaryIO, _Budget], Iterator[tuple[str, _Member]]]


def open_members(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str | None, _Member]]:
    """Yield (name in the container, seekable stream); a file that holds none is its own only one.

    A member that is broken or encrypted by itself comes as what is wrong with it.

    :raise HostileFile: a bomb, or more than the limits allow
    :raise UnreadableFile: the file is a container that is broken as a whole
    """
    yield from _walk(None, stream, _Budget(limits), 0)


def _walk(
    name: str | None, stream: BinaryIO, budget: _Budget, depth: int
) -> Iterator[tuple[str | None, _Member]]:
    head = stream.read(_TAR_MAGIC_AT + len(_TAR_MAGIC))
    stream.seek(0)
    opener = _find_opener(head)
    if opener is None:
        yield name, stream
        return
    if depth >= budget.limits.nesting:
        raise HostileFile("nested", limit=budget.limits.nesting)
    try:
        for inner, member in opener(stream, budget):
            label = "/".join(filter(None, (name, inner))) or None
            if isinstance(member, UnreadableFile):
                yield label, member
                continue
            with member:
                yield from _walk(label, member, budget, depth + 1)
    except HostileFile:
        raise
    except Exception as error:
        problem = _as_problem(error)
        if name is None:
            raise problem from error
        yield name, problem


def _as_problem(error: Exception) -> UnreadableFile:
    """Return what is wrong; the libraries raise whatever a damaged file makes them."""
    if isinstance(error, UnreadableFile):
        return error
    return UnreadableFile("broken_container", reason=str(error) or type(error).__name__)


def _find_opener(head: bytes) -> _Opener | None:
    if head.startswith(_ZIP):
        return _open_zip
    if head.startswith(_GZIP):
        return _open_gzip
    if head[_TAR_MAGIC_AT:] == _TAR_MAGIC:
        return _open_tar
    return None


def _open_zip(stream: BinaryIO, budget: _Budget) -> Iterator[tuple[str, _Member]]:
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            budget.count()
            if not info.is_dir():
                yield info.filename, _open_zipped(archive, info, budget)


def _open_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> _Member:
    """Return a member; one that is damaged leaves the others readable."""
    if info.flag_bits & 1:
        return UnreadableFile("encrypted")
    try:
        with archive.open(info) as packed:
            return _copy(packed, budget, info.compress_size)
    except HostileFile:
        raise
    except Exception as error:
        return _as_problem(error)


def _open_gzip(stream: BinaryIO, budget: _Budget) -> Iterator[tuple[str, _Member]]:
    packed_size = stream.seek(0, 2)
    stream.seek(0)
    with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
        yield "", _copy(cast("IO[bytes]", packed), budget, packed_size)


def _open_tar(stream: BinaryIO, budget: _Budget) -> Iterator[tuple[str, _Member]]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            budget.count()
            packed = archive.extractfile(info) if info.isreg() else None  # no links, no devices
            if packed:
                with packed:
                    yield info.name, _copy(packed, budget, info.size)


def _copy(packed: IO[bytes], budget: _Budget, packed_size: int) -> BinaryIO:
    """Return what a member holds, as far as it stays within its limits."""
    target = cast("BinaryIO", SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 whoever walks closes it
    try:
        size = 0
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            budget.take(len(chunk))
            if size > _RATIO_FROM and size > budget.limits.ratio * max(packed_size, 1):
                raise HostileFile("bomb", limit=budget.limits.ratio)
            target.write(chunk)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target
