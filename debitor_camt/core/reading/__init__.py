"""From the bytes of a bank file to typed statements: camt.052, 053 and 054, all versions.

``read_messages`` is all that others need. Within: ``containers`` unpacks, ``encoding`` and
``records`` turn XML into flat records as it streams by, ``messages`` and ``entries`` type
them, ``division`` makes details add up to their entry, ``keys`` names them for ever.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from ..errors import CamtError, UnreadableFile
from ..statement import Message
from .containers import open_members
from .encoding import open_text
from .limits import DEFAULT, Limits
from .messages import MessageBuilder
from .records import RecordParser

__all__ = ["Limits", "iter_members", "read_messages"]


def read_messages(
    source: bytes | BinaryIO, name: str = "", limits: Limits = DEFAULT
) -> list[Message]:
    """Return the camt messages of a file, which may be a ZIP, gzip or tar file.

    :param source: the file's bytes, or a seekable stream of them
    :param name: the file's name, for error messages
    :raise CamtError: any part of the file can't be read; nothing of it is returned
    """
    messages: list[Message] = []
    for member, found in iter_members(source, limits):
        if isinstance(found, CamtError):
            found.values |= {"member": member} if member else {}
            raise found
        messages += found
    if not messages:
        raise UnreadableFile("no_camt", **({"file": name} if name else {}))
    return messages


def iter_members(
    source: bytes | BinaryIO, limits: Limits = DEFAULT
) -> Iterator[tuple[str | None, list[Message] | CamtError]]:
    """Yield (name in the container or None, its messages or what is wrong with it).

    Members of a container that are no XML, or XML without a camt message, are passed over.

    :raise CamtError: the container itself can't be read
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    for member, content in open_members(stream, limits):
        if isinstance(content, CamtError):
            yield member, content
            continue
        if member is not None and not _is_markup(content):
            continue
        try:
            messages = [replace(one, member=member) for one in _read_document(content, limits)]
        except CamtError as error:
            yield member, error
            continue
        if messages:
            yield member, messages
        elif member is None:
            yield member, UnreadableFile("no_camt")


def _read_document(stream: BinaryIO, limits: Limits) -> list[Message]:
    builder = MessageBuilder(limits)
    RecordParser(builder, limits).parse(*open_text(stream))
    return [message for message in builder.messages if message.statements]


def _is_markup(stream: BinaryIO) -> bool:
    head = stream.read(200)
    stream.seek(0)
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
