"""Take files out of a folder into which other programs write, trusting none of them."""

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

# Written by programs that rename a file once it is complete.
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".partial")
# A file that was touched in the last seconds may still be written.
QUIET_SECONDS = 30


class UnsafeFile(Exception):
    """The file is none that may be read; ``reason`` says why, as a code."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Inbox:
    """A folder with its sub-folders for what was taken and what could not be."""

    folder: Path

    @property
    def done(self):
        return self.folder / "done"

    @property
    def failed(self):
        return self.folder / "failed"

    def list_names(self):
        """Return the names of what lies in the folder, without hidden and unfinished files."""
        if not self.folder.is_dir():
            return []
        return sorted(
            one.name
            for one in os.scandir(self.folder)
            if not one.name.startswith((".", "~"))
            and not one.name.lower().endswith(UNFINISHED)
            and not one.is_dir(follow_symlinks=False)
        )

    def read_file(self, name, now, limit):
        """Return the bytes of a file, or None while somebody may still be writing it.

        :param now: seconds of the clock that the file system uses
        :param limit: the most bytes that a file may have
        :raise UnsafeFile: a link, a device, or too large
        """
        try:
            handle = os.open(
                self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnsafeFile("link") from error
        with os.fdopen(handle, "rb") as stream:
            before = os.fstat(stream.fileno())
            _check(before, limit)
            if now - before.st_mtime < QUIET_SECONDS:
                return None
            content = stream.read(limit + 1)
            after = os.fstat(stream.fileno())
        if (after.st_size, after.st_mtime_ns) != (len(content), before.st_mtime_ns):
            return None
        return content

    def move(self, name, target):
        """Move a file into ``target``, one of the sub-folders, under a name that is free there.

        The entry of the folder is moved, never what a link points to.
        """
        target.mkdir(exist_ok=True)
        stem, dot, suffix = name.partition(".")
        number = 0
        while os.path.lexists(
            target / (new_name := f"{stem}{f'-{number}' if number else ''}{dot}{suffix}")
        ):
            number += 1
        with contextlib.suppress(FileNotFoundError):
            (self.folder / name).rename(target / new_name)


def _check(status, limit):
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFile("no_file")
    if status.st_nlink > 1:
        raise UnsafeFile("link")
    if status.st_size > limit:
        raise UnsafeFile("too_large")
