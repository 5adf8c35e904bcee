"""XML to flat records, streaming: ``{"Refs/EndToEndId": ["…"], "TxDtls": [{…}]}``.

Namespaces don't matter and elements may be wrapped in any envelope. Each element that can be
repeated as a group (an entry, its details, a charge) is a record of its own; all other text
is kept under its path within the record, currencies under ``path@Ccy``. The parser is
expat; documents with a DTD are refused, so that there are no entities to expand.
"""

import re
from typing import Any, BinaryIO
from xml.parsers import expat

from ..errors import HostileFile, UnreadableFile
from ..statement import MessageKind
from .limits import Limits

Record = dict[str, list[Any]]

_CHUNK = 1 << 16
_MESSAGES = {
    "BkToCstmrAcctRpt": MessageKind.REPORT,
    "BkToCstmrStmt": MessageKind.STATEMENT,
    "BkToCstmrDbtCdtNtfctn": MessageKind.NOTIFICATION,
}
_VERSION_SUFFIX = re.compile(r"V\d\d$")
_NAMESPACE = re.compile(r"camt\.05[234]\.(001\.\d\d)")
STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
_MESSAGE = "message"
# What begins a record of its own, and in which records only; elsewhere the name means nothing.
_RECORDS = {
    "GrpHdr": (_MESSAGE,),
    **dict.fromkeys(STATEMENTS, (_MESSAGE,)),
    "Bal": STATEMENTS,
    "Ntry": STATEMENTS,
    "TxDtls": ("Ntry",),
    "Strd": ("Ntry", "TxDtls"),
    "Chrgs": ("Ntry", "TxDtls"),
    "Rcrd": ("Chrgs",),
}
# Whatever banks agree on with whomever; nothing in it is a payment.
_FOREIGN = "SplmtryData"
_AGAIN = (
    expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT],
    expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI],
)


class _Step:
    """An element at its place in a document; made once for each place, not for each element.

    ``path`` leads here from the record that holds the element. ``record`` is the name of a
    step that begins a record, ``kind`` the kind of one that begins a message; both, and the
    one step that stands for everything outside of messages, are special. ``holder`` is the
    name of the record that it is in. What ``is_foreign`` has no path and is kept nowhere.
    """

    __slots__ = (
        "children", "currency_path", "holder", "is_foreign", "is_special", "kind", "parent",
        "path", "record",
    )  # fmt: skip

    def __init__(
        self,
        parent: "_Step | None",
        path: str = "",
        record: str | None = None,
        kind: MessageKind | None = None,
        is_foreign: bool = False,
    ) -> None:
        self.parent: _Step = parent or self
        self.is_foreign = is_foreign
        around = parent.holder if parent else None
        self.holder: str | None = record or (_MESSAGE if kind else around)
        self.path = path
        self.currency_path = f"{path}@Ccy"
        self.record = record
        self.kind = kind
        self.is_special = not (path or is_foreign)
        self.children: dict[str, _Step] = {}


class Listener:
    """Gets what the parser finds, in the order of the file."""

    def begin_message(self, kind: MessageKind, version: str) -> None: ...

    def end_message(self) -> None: ...

    def take_record(self, name: str, record: Record, parent: Record) -> bool:
        """Take a finished record; True if it is done with, False to keep it in its parent.

        :param parent: the record around it, with what came before
        """
        raise NotImplementedError


class RecordParser:
    """Parses one XML document, or several that follow each other in a file."""

    def __init__(self, listener: Listener, limits: Limits) -> None:
        self._listener = listener
        self._limits = limits
        self._outside = _Step(None)
        self._path_count = 0
        self._previous = b""

    def parse(self, stream: BinaryIO, encoding: str | None) -> None:
        """Read the stream to its end.

        :raise UnreadableFile: not well-formed, or cut off
        :raise HostileFile: a DTD, or more than the limits allow
        """
        size = 0
        self._begin(encoding)
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > self._limits.size:
                raise HostileFile("too_large", limit=self._limits.size)
            self._feed(chunk, size, encoding)
            if size - self._offset - self._parser.CurrentByteIndex > self._limits.token:
                raise HostileFile("long_tag", line=self._parser.CurrentLineNumber)
        self._finish()

    def _begin(self, encoding: str | None) -> None:
        self._parser = parser = expat.ParserCreate(encoding)
        parser.buffer_text = True  # whole texts, unless one is cut by the end of a chunk
        parser.buffer_size = _CHUNK
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._node = self._outside
        self._depth = 0  # of the elements outside of messages
        self._record: Record = {}
        self._records: list[Record] = []
        self._text = ""
        self._has_root = False
        self._version: str | None = None
        self._offset = 0  # where the document begins in the stream

    def _feed(self, chunk: bytes, size: int, encoding: str | None) -> None:
        """Parse a chunk that ends at ``size``; go on where one document follows another."""
        recent = self._previous + chunk
        self._previous = chunk
        while True:
            try:
                self._parser.Parse(chunk, False)
                return
            except (LookupError, ValueError) as error:  # of Python, for what expat doesn't know
                raise UnreadableFile("encoding", reason=str(error)) from error
            except expat.ExpatError as error:
                junk = self._offset + self._parser.ErrorByteIndex - (size - len(recent))
                chunk = recent[max(junk, 0) :].lstrip()
                is_next = error.code in _AGAIN and self._has_root and not self._depth
                if not is_next or not chunk.startswith(b"<"):
                    raise self._as_unreadable(error) from error
            self._begin(encoding)
            self._offset = size - len(chunk)

    def _finish(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._as_unreadable(error) from error

    @staticmethod
    def _as_unreadable(error: expat.ExpatError) -> UnreadableFile:
        return UnreadableFile(
            "not_xml", reason=expat.ErrorString(error.code), line=error.lineno, column=error.offset
        )

    # ------------------------------------------------------------------
    # What expat calls
    # ------------------------------------------------------------------

    def _start(self, name: str, attributes: list[str]) -> None:
        node = self._node
        step = node.children.get(name) or self._add_step(node, name)
        self._node = step
        if step.is_special:
            self._begin_special(step)
        if attributes and not step.is_foreign:
            self._take_attributes(step, attributes)
        self._text = ""

    def _end(self, _name: str) -> None:
        step = self._node
        if self._text:
            self._keep_text(step.path)
        if step.is_special:
            self._end_special(step)
        self._node = step.parent

    def _characters(self, text: str) -> None:
        self._text += text
        if len(self._text) > self._limits.text:
            raise HostileFile("long_text", line=self._parser.CurrentLineNumber)

    def _refuse_doctype(self, *_args: object) -> None:
        raise HostileFile("doctype", line=self._parser.CurrentLineNumber)

    # ------------------------------------------------------------------

    def _begin_special(self, step: _Step) -> None:
        if step.record is not None:
            self._records.append(self._record)
            self._record = {}
            return
        self._has_root = True
        self._depth += 1
        if self._depth > self._limits.depth:
            raise HostileFile("too_deep", line=self._parser.CurrentLineNumber)
        if step.kind is not None:
            self._listener.begin_message(step.kind, self._version or "?")

    def _end_special(self, step: _Step) -> None:
        if step.record is not None:
            self._end_record(step.record)
            return
        self._depth -= 1
        if step.kind is not None:
            self._listener.end_message()

    def _keep_text(self, path: str) -> None:
        text = self._text.strip()
        self._text = ""
        if not text or not path:
            return
        values = self._record.get(path)
        if values is None:
            self._record[path] = [text]
        elif len(values) < self._limits.values:
            values.append(text)
        else:
            raise HostileFile("too_many_values", line=self._parser.CurrentLineNumber)

    def _end_record(self, name: str) -> None:
        record, self._record = self._record, self._records.pop()
        if self._listener.take_record(name, record, self._record):
            return
        siblings = self._record.setdefault(name, [])
        if len(siblings) >= self._limits.details:
            raise HostileFile("too_many_details", limit=self._limits.details)
        siblings.append(record)

    def _take_attributes(self, step: _Step, attributes: list[str]) -> None:
        for name, value in zip(attributes[::2], attributes[1::2], strict=True):
            if name == "Ccy":
                self._record.setdefault(step.currency_path, [value.strip()])
            elif name.startswith("xmlns") and (match := _NAMESPACE.search(value)):
                self._version = match[1]

    def _add_step(self, parent: _Step, name: str) -> _Step:
        self._path_count += 1
        if self._path_count > self._limits.paths:
            raise HostileFile("too_many_tags", line=self._parser.CurrentLineNumber)
        local = name.rpartition(":")[2]
        if parent is self._outside:
            # Whatever is wrapped around a message doesn't matter.
            kind = _MESSAGES.get(_VERSION_SUFFIX.sub("", local))
            step = _Step(parent, kind=kind) if kind else parent
        elif parent.is_foreign or local == _FOREIGN:
            step = _Step(parent, is_foreign=True)
        elif parent.holder in _RECORDS.get(local, ()):
            step = _Step(parent, record=local)
        else:
            step = _Step(parent, f"{parent.path}/{local}" if parent.path else local)
        parent.children[name] = step
        return step
