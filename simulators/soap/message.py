"""Reading a SOAP message with expat: its head by names and offsets, its texts by path, and never an entity."""

from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD = "http://x-road.eu/xsd/xroad.xsd"
IDENTIFIERS = "http://x-road.eu/xsd/identifiers"
BODY_DEPTH = 2
FIELD_DEPTH = 3


class Name(NamedTuple):
    """An element's namespace and local name."""

    namespace: str
    local: str


class Leaf(NamedTuple):
    """A text of the message: where it stands, as local names joined by slashes from the child of Header or Body on."""

    path: str
    text: str


@dataclass(slots=True)
class Message:
    """What was read of a SOAP message; offsets count bytes of the message as received.

    `fields` are the X-Road header fields in the order sent, twice if sent twice; `leaves` the texts below Body, in order.
    """

    raw: bytes
    has_header: bool = False
    has_body: bool = False
    header_end: int = 0
    body_start: int = 0
    hash_span: tuple[int, int] | None = None
    fields: list[Leaf] = field(default_factory=list)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    operations: list[Name] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """Give the text of an X-Road header field, stripped; None when it is not there."""
        return next((leaf.text.strip() for leaf in self.fields if leaf.path == name), None)

    def count(self, name: str) -> int:
        """Count how often a header field was sent."""
        return sum(leaf.path == name for leaf in self.fields)

    def texts(self, path: str) -> list[str]:
        """Give the texts below Body that stand at a path."""
        return [leaf.text.strip() for leaf in self.leaves if leaf.path == path]

    @property
    def is_fault(self) -> bool:
        """Whether Body holds a Fault."""
        return Name(ENVELOPE, "Fault") in self.operations


class NotSoap(Exception):
    """Raised when bytes are no SOAP message; the sentence holds no value of it."""


class _Enough(Exception):
    """Stops the parser where only the head was wanted."""


class _Reader:
    """Fills a Message from expat's events; with `head_only` it stops at the first child of Body."""

    def __init__(self, raw: bytes, encoding: str | None, *, head_only: bool) -> None:
        self.message = Message(raw=raw)
        self._head_only = head_only
        self._path: list[Name] = []
        self._text: list[str] = []
        self._parser = expat.ParserCreate(encoding, namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def read(self) -> Message:
        try:
            self._parser.Parse(self.message.raw, True)
        except _Enough:
            pass
        except (expat.ExpatError, LookupError) as error:
            raise NotSoap("The message is not well-formed XML.") from error
        return self.message

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _name(tag)
        self._text.clear()
        self._path.append(name)
        if len(self._path) == 1 and name != Name(ENVELOPE, "Envelope"):
            raise NotSoap("The message is no SOAP envelope.")
        if len(self._path) == BODY_DEPTH:
            self._enter(name)
        if len(self._path) == FIELD_DEPTH:
            self._child(name, attributes)

    def _enter(self, name: Name) -> None:
        if name == Name(ENVELOPE, "Header"):
            self.message.has_header = True
        if name == Name(ENVELOPE, "Body"):
            self.message.has_body = True
            self.message.body_start = self._parser.CurrentByteIndex

    def _child(self, name: Name, attributes: dict[str, str]) -> None:
        if self._path[1].local == "Body":
            self.message.operations.append(name)
            if self._head_only:
                raise _Enough
        elif name.namespace == XROAD:
            self.message.fields.append(Leaf(name.local, ""))
            self.message.attributes[name.local] = {_name(key).local: value for key, value in attributes.items()}
            if name.local == "requestHash":
                self.message.hash_span = (self._parser.CurrentByteIndex, 0)

    def _end(self, _tag: str) -> None:
        text, path = "".join(self._text), self._path
        self._text.clear()
        name = path[-1]
        if len(path) == BODY_DEPTH and name.local == "Header":
            self.message.header_end = self._parser.CurrentByteIndex
        if len(path) >= FIELD_DEPTH:
            self._leaf(path, text)
        path.pop()

    def _leaf(self, path: list[Name], text: str) -> None:
        message, name = self.message, "/".join(part.local for part in path[2:])
        if path[1].local == "Body":
            message.leaves.append(Leaf(name, text))
        elif len(path) > FIELD_DEPTH:
            message.fields.append(Leaf(name, text))
        elif path[-1].namespace == XROAD:
            self._close_field(name, text)

    def _close_field(self, name: str, text: str) -> None:
        message = self.message
        last = max(at for at, leaf in enumerate(message.fields) if leaf.path == name)
        message.fields[last] = Leaf(name, text)
        if name == "requestHash" and message.hash_span is not None:
            end = message.raw.index(b">", self._parser.CurrentByteIndex) + 1
            message.hash_span = (message.hash_span[0], end)


def _name(tag: str) -> Name:
    namespace, _, local = tag.rpartition(" ")
    return Name(namespace, local)


def _refuse_doctype(*_: object) -> None:
    raise NotSoap("A SOAP message has no document type.")


def read(raw: bytes, *, encoding: str | None = None, head_only: bool = False) -> Message:
    """Read a message; NotSoap when it is not well-formed, has a document type or is no envelope."""
    return _Reader(raw, encoding, head_only=head_only).read()
