"""Which encoding a file is really in: some banks declare UTF-8 and write Latin-1."""

import codecs
import re
from typing import BinaryIO

_CHUNK = 1 << 20
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii")
# In Windows-1252 these bytes are letters and signs, in ISO-8859-1 controls nobody writes.
_WINDOWS = re.compile(rb"[\x80-\x9f]")


def find_encoding(stream: BinaryIO) -> str | None:
    """Return the encoding to read a file by, or None where it declares it truly.

    The stream is left at its beginning.
    """
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)) or b"\0" in head[:4]:
        return None
    declared = _DECLARED.search(head)
    if declared and declared[1].decode("ascii").lower() not in _UTF8:
        return None
    return _check_utf8(stream)


def _check_utf8(stream: BinaryIO) -> str | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        stream.seek(0)
        return _guess_single_byte(stream)
    finally:
        stream.seek(0)
    return None


def _guess_single_byte(stream: BinaryIO) -> str:
    while chunk := stream.read(_CHUNK):
        if _WINDOWS.search(chunk):
            return "windows-1252"
    return "iso-8859-1"
