"""Landed pages of Kela to frames of text: by pattern where a page is plainly spelled, by the parser wherever it is not."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from connectors import xml
from connectors.errors import PageRefused, SourceChanged
from connectors.frames import HETU, LOCATOR, Frame, text_frame, uncollected, unpack
from connectors.kela import tree
from connectors.kela.cut import Cut, cut
from connectors.kela.tokens import Tokens, tokens
from connectors.kela.wire import CLIENT, PERSON_ERROR, qualified
from connectors.soap import ENVELOPE
from connectors.source import Malformed, Parsed
from schemas import kela

PARSER: Final = "kela-1"
FRAGMENT_CHARACTERS: Final = 1024**2


@dataclass(slots=True, kw_only=True)
class _Sink:
    """What one part has given so far; a row is a record's fields, its locator and the HETU."""

    rows: dict[type, list[tuple[str | None, ...]]] = field(default_factory=lambda: defaultdict(list))
    malformed: list[Malformed] = field(default_factory=list)

    def parsed(self) -> Parsed:
        frames = {record: text_frame(record, rows, (LOCATOR, HETU)) for record, rows in self.rows.items() if rows}
        return Parsed(frames=frames, malformed=self.malformed)


def parse(part: bytes) -> Parsed:
    """Read a landed part: one frame per record type with the record's fields, ``locator`` and the owner's ``hetu``.

    A record that cannot be read is set aside. Raises SourceChanged for an element that the contract does not name, PageRefused for a
    page that cannot be read at all.
    """
    sink = _Sink()
    with uncollected():
        for frame in unpack(part):
            _read_page(frame, sink)
        return sink.parsed()


def _read_page(frame: Frame, sink: _Sink) -> None:
    page = cut(frame.body)
    reader = _Reader(sink=sink, frame=frame, locators=frame.locators())
    try:
        if page.whole:
            reader.whole(page)
        else:
            _Plain(reader, page).read()
    except xml.NotWellFormed as error:
        raise PageRefused(str(error)) from None


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One page on its way into the sink; `locators` numbers its records as they come."""

    sink: _Sink
    frame: Frame
    locators: Iterator[str]

    def whole(self, page: Cut) -> None:
        """Read the whole page through the parser."""
        for element in xml.elements(self.frame.body, qualified(CLIENT)):
            self.client(element)
        self.person_errors(_content(page.skeleton()))

    def client(self, element: xml.Element) -> None:
        """Take a client from the parser, with all its records or none."""
        try:
            self.add(list(tree.client(element)))
        except tree.TwiceTold as error:
            self.set_aside(CLIENT, str(error), xml.source(element))

    def person_errors(self, content: xml.Element) -> None:
        """Take from the parser the persons Kela gives nothing for, each alone."""
        for element in tree.person_errors(content):
            try:
                self.add([tree.person_error(element)])
            except tree.TwiceTold as error:
                self.set_aside(PERSON_ERROR, str(error), xml.source(element))

    def add(self, rows: Iterable[tree.Row]) -> None:
        """Take records from the parser."""
        for row in rows:
            self.sink.rows[row.record].append((*row.texts, next(self.locators), row.hetu))

    def set_aside(self, record: str, reason: str, payload: bytes) -> None:
        """Keep what could not be read."""
        kept = Malformed(record=record, locator=next(self.locators), reason=reason, payload=payload)
        self.sink.malformed.append(kept)


def _content(root: xml.Element) -> xml.Element:
    body = root.find(f"{{{ENVELOPE}}}Body")
    if body is None or len(body) != 1:
        raise PageRefused("The page is no SOAP message.")
    return body[0]


class _Plain:
    """The clients of a page, read by pattern; what no pattern matches goes to the parser as a fragment, and alone fails there."""

    def __init__(self, reader: _Reader, page: Cut) -> None:
        self.reader = reader
        self.page = page
        self.text = page.clients.decode()
        self.tokens: Tokens = tokens(page.prefix)
        self.closing = page.closing() if self.text else b""
        rows = reader.sink.rows
        self.people = rows[kela.Asiakas]
        self.groups = tuple((pattern.match, rows[record]) for record, pattern in self.tokens.groups)

    def read(self) -> None:
        """Read client after client, then what stands beside them."""
        root, damaged = self.page.beside()
        self._refuse_strange_clients()
        at = 0
        while at < len(self.text):
            opened = self.tokens.opening.match(self.text, at)
            at = self._odd_client(at) if opened is None else self._client(opened)
        self.reader.person_errors(_content(root))
        for each in damaged:
            self.reader.set_aside(PERSON_ERROR, "not well formed", each)

    def _client(self, opened: "re.Match[str]") -> int:
        hetu, protected = opened.groups()
        self.people.append((protected, next(self.reader.locators), hetu))
        at, end = opened.end(), None
        while end is None:
            came = at
            at = self._plain_groups(at, hetu)
            end = self._end(at)
            if end is None and at == came:
                at = self._odd_group(at, hetu)
        return end

    def _plain_groups(self, at: int, hetu: str) -> int:
        """Match the records in the contract's order: the hot path, about a microsecond a record."""
        text, locators = self.text, self.reader.locators
        for match, rows in self.groups:
            found = match(text, at)
            while found:
                rows.append((*found.groups(), next(locators), hetu))
                at = found.end()
                found = match(text, at)
        return at

    def _end(self, at: int) -> int | None:
        """Tell where the client ends, if it does here; one without an end tag ends where the next begins."""
        closed = self.tokens.closing.match(self.text, at)
        if closed:
            return closed.end()
        return at if at >= len(self.text) or self.tokens.opening.match(self.text, at) else None

    def _odd_group(self, at: int, hetu: str) -> int:
        """Give the parser what stands up to the next record's edge."""
        end = _edge(self.tokens.group_edge, self.text, at)
        fragment = self.text[at:end]
        try:
            element = self._fragment(f"<{self.page.prefix}{CLIENT}>{fragment}</{self.page.prefix}{CLIENT}>")
            self.reader.add([tree.group(child, hetu) for clients in element for child in clients])
        except (xml.NotWellFormed, tree.TwiceTold) as error:
            named = self.tokens.group_name.search(fragment)
            self.reader.set_aside(named.group(1) if named else CLIENT, _reason(error), fragment.encode())
        return end

    def _odd_client(self, at: int) -> int:
        """Give the parser a whole client that does not begin as it should."""
        end = _edge(self.tokens.client_edge, self.text, at)
        fragment = self.text[at:end]
        try:
            for element in self._fragment(fragment):
                if element.tag != qualified(CLIENT):
                    raise SourceChanged(f"{xml.local(element)}")
                self.reader.client(element)
        except xml.NotWellFormed as error:
            self.reader.set_aside(CLIENT, _reason(error), fragment.encode())
        return end

    def _fragment(self, text: str) -> xml.Element:
        """Parse a fragment in the surroundings of its page, and give the element that holds the clients."""
        if len(text) > FRAGMENT_CHARACTERS:
            raise xml.NotWellFormed("A record is larger than 1 MiB.")
        root = xml.document(self.page.head + text.encode() + self.closing)
        content = _content(root)
        for child in content.findall("{*}vesileima") + content.findall("{*}sivu"):
            content.remove(child)
        return content

    def _refuse_strange_clients(self) -> None:
        """See that the clients' prefix means Kela's namespace here, for the patterns only know how it is spelled."""
        name = f"{self.page.prefix}{CLIENT}"
        if self.text and any(element.tag != qualified(CLIENT) for element in self._fragment(f"<{name}/>")):
            raise SourceChanged(CLIENT)


def _edge(pattern: "re.Pattern[str]", text: str, at: int) -> int:
    found = pattern.search(text, at + 1)
    if found is None:
        return len(text)
    return found.end() if found["end"] else found.start()


def _reason(error: ValueError) -> str:
    return str(error) if isinstance(error, tree.TwiceTold) else "not well formed"
