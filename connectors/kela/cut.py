"""A Kela page cut at its end tags: what stands before the clients, the clients, and what stands after them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from connectors import xml
from connectors.errors import PageRefused
from connectors.kela.wire import CLIENT, COUNTED, NAMESPACE, PERSON_ERROR, RESPONSE, qualified

_FIRST: Final = re.compile(rf"<((?:[\w.-]+:)?){CLIENT}[\s/>]".encode())
_ERROR: Final = re.compile(
    rf"<((?:[\w.-]+:)?){PERSON_ERROR}>.*?(?:</\1{PERSON_ERROR}>|(?=<\1{PERSON_ERROR}>|</\1{RESPONSE}>))".encode(),
    re.DOTALL,
)
_COUNTED: Final = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(COUNTED)})[\s/>]".encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A page and the places where its clients begin and end.

    `whole` when it holds comments, CDATA or instructions, in which a tag need not be one: then it is never cut. `prefix` is that of
    Kela's namespace with its colon, empty for a default namespace.
    """

    body: bytes = field(repr=False)
    start: int
    end: int
    prefix: str
    whole: bool

    @property
    def head(self) -> bytes:
        """Give what stands before the clients."""
        return self.body[: self.start]

    @property
    def tail(self) -> bytes:
        """Give what stands after the clients."""
        return self.body[self.end :]

    @property
    def clients(self) -> bytes:
        """Give the clients."""
        return self.body[self.start : self.end]

    @property
    def end_tag(self) -> bytes:
        """Give the tag that ends a client."""
        return f"</{self.prefix}{CLIENT}>".encode()

    def each(self) -> Iterator[memoryview]:
        """Yield each client as a view; what stands between two belongs to the later."""
        view, tag, at = memoryview(self.body), self.end_tag, self.start
        while (found := self.body.find(tag, at, self.end)) >= 0:
            yield view[at : found + len(tag)]
            at = found + len(tag)

    def without(self, places: Collection[int]) -> Self:
        """Give the page without the clients of these places."""
        if not places:
            return self
        kept = [client for place, client in enumerate(self.each()) if place not in places]
        body = b"".join((self.head, *kept, self.tail))
        return replace(self, body=body, end=self.start + sum(map(len, kept)))

    def skeleton(self) -> xml.Element:
        """Parse all but the clients and what is damaged beside them. Raises NotWellFormed, PageRefused."""
        return self.beside()[0]

    def beside(self) -> tuple[xml.Element, Sequence[bytes]]:
        """Parse all but the clients; a person Kela gives nothing for who is not well formed is left out, and given as sent.

        Raises NotWellFormed where more than those is damaged, PageRefused.
        """
        if self.whole:
            return xml.without(self.body, qualified(CLIENT)), ()
        rest = self.head + self.tail
        try:
            return xml.document(rest), ()
        except xml.NotWellFormed:
            damaged = [found[0] for found in _ERROR.finditer(rest) if not _is_sound(found)]
            for each in damaged:
                rest = rest.replace(each, b"", 1)
            return xml.document(rest), damaged

    def closing(self) -> bytes:
        """Give the end tags that close what the head leaves open."""
        return b"".join(f"</{name}>".encode() for name in reversed(xml.open_tags(self.head)))

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the page as pages of at most about `size` bytes, cut between clients; only the last keeps what stands after them."""
        if self.whole:
            raise PageRefused("The page is too large, and cannot be cut for the comments in it.")
        head, closing, at = self.head, self.closing(), self.start
        while self.end - at > size and (found := self.body.find(self.end_tag, at + size, self.end)) >= 0:
            yield head + self.body[at : found + len(self.end_tag)] + closing
            at = found + len(self.end_tag)
        yield head + self.body[at:]


def cut(body: bytes) -> Cut:
    """Cut a page given as UTF-8."""
    declared = xml.declaration_end(body)
    first = _FIRST.search(body)
    whole = _holds(body, b"<!", declared) or _holds(body, b"<?", declared)
    if first is None or whole:
        return Cut(body=body, start=len(body), end=len(body), prefix="", whole=whole)
    prefix = first.group(1).decode()
    ends = re.compile(rf"</{re.escape(prefix)}{CLIENT}\s*>".encode())
    end = _last(ends, body, first.start())
    return Cut(body=body, start=first.start(), end=end, prefix=prefix, whole=False)


def before_clients(body: bytes) -> int:
    """Find where the first client begins; the page's end where there is none."""
    first = _FIRST.search(body)
    return len(body) if first is None else first.start()


def _is_sound(error: "re.Match[bytes]") -> bool:
    prefix, binding = error[1], b":".join((b"xmlns", error[1])).rstrip(b":")
    try:
        xml.document(b'<%spage %s="%s">%s</%spage>' % (prefix, binding, NAMESPACE.encode(), error[0], prefix))
    except xml.NotWellFormed:
        return False
    return True


def _holds(body: bytes, opening: bytes, start: int) -> bool:
    """Look for the rare second byte before the pair: a page is full of the first."""
    return body.find(opening[1:], start) >= 0 and body.find(opening, start) >= 0


def count(body: bytes) -> int:
    """Count the records of a page by their start tags."""
    return sum(1 for _ in _COUNTED.finditer(body))


def _last(ends: "re.Pattern[bytes]", body: bytes, start: int) -> int:
    """Find where the last client ends, looking from the page's end in widening steps."""
    step = 4096
    while True:
        at = max(start, len(body) - step)
        found = [end.end() for end in ends.finditer(body, at)]
        if found:
            return found[-1]
        if at == start:
            return len(body)
        step *= 8
