"""Which encoding a file is really in: some banks declare UTF-8 and write Latin-1."""

import codecs
import re
from typing import BinaryIO, cast

_CHUNK = 1 << 20
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii")
# In Windows-1252 these bytes are letters and signs, in ISO-8859-1 controls nobody writes.
_WINDOWS = re.compile(rb"[\x80-\x9f]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ESCAPED = re.compile(r"[\udc80-\udcff]")
_REPAIR = "debitor_windows_1252"


def open_text(stream: BinaryIO) -> tuple[BinaryIO, str | None]:
    """Return the stream at its beginning and the encoding to read it by; None as declared.

    A file in UTF-8 with single bytes that aren't is read through a stream that repairs them.
    """
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)) or b"\0" in head[:4]:
        return stream, None
    declared = _DECLARED.search(head)
    if declared and declared[1].decode("ascii").lower() not in _UTF8:
        return stream, None
    try:
        if _is_utf8(stream):
            return stream, "utf-8" if declared else None  # which may have declared less
        if _is_mostly_utf8(stream):
            return cast("BinaryIO", codecs.EncodedFile(stream, "utf-8", errors=_REPAIR)), "utf-8"
        return stream, _guess_single_byte(stream)
    finally:
        stream.seek(0)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _is_mostly_utf8(stream: BinaryIO) -> bool:
    """Whether more characters of several bytes are right than wrong."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    right = wrong = 0
    while chunk := stream.read(_CHUNK):
        for character in _BEYOND_ASCII.findall(text.decode(chunk)):
            if _ESCAPED.match(character):
                wrong += 1
            else:
                right += 1
    stream.seek(0)
    return right > wrong


def _guess_single_byte(stream: BinaryIO) -> str:
    while chunk := stream.read(_CHUNK):
        if _WINDOWS.search(chunk):
            return "windows-1252"
    return "iso-8859-1"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Return what Windows means by bytes that are no UTF-8, and where to go on."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


codecs.register_error(_REPAIR, _as_windows)
