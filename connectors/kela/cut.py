"""A Kela page cut at its end tags: what stands before the clients, the clients, and what stands after them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Self

from connectors import xml
from connectors.errors import PageRefused
from connectors.kela.wire import CLIENT, COUNTED, qualified

_FIRST: Final = re.compile(rf"<((?:[\w.-]+:)?){CLIENT}[\s/>]".encode())
_COUNTED: Final = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(COUNTED)})[\s/>]".encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A page in three; `whole` when it holds comments, CDATA or instructions, in which a tag need not be one: then it is never cut.

    `prefix` is that of Kela's namespace with its colon, empty for a default namespace.
    """

    head: bytes
    clients: bytes
    tail: bytes
    prefix: str
    whole: bool

    @property
    def body(self) -> bytes:
        """Give the page as one."""
        return self.head + self.clients + self.tail if self.clients else self.head + self.tail

    @property
    def end_tag(self) -> bytes:
        """Give the tag that ends a client."""
        return f"</{self.prefix}{CLIENT}>".encode()

    def folded(self, fold: Callable[[Iterable[bytes]], list[bytes]]) -> Self:
        """Give the page without the clients that `fold` leaves out."""
        ended = self.clients.split(self.end_tag)
        kept = fold(ended[:-1])
        return self if len(kept) == len(ended) - 1 else replace(self, clients=self.end_tag.join((*kept, ended[-1])))

    def skeleton(self) -> xml.Element:
        """Parse all but the clients. Raises NotWellFormed, PageRefused."""
        return xml.without(self.head, qualified(CLIENT)) if self.whole else xml.document(self.head + self.tail)

    def closing(self) -> bytes:
        """Give the end tags that close what the head leaves open."""
        return b"".join(f"</{name}>".encode() for name in reversed(xml.open_tags(self.head)))

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the page as pages of at most about `size` bytes, cut between clients; only the last keeps what stands after them."""
        if self.whole:
            raise PageRefused("The page is too large, and cannot be cut for the comments in it.")
        closing = self.closing()
        slices = list(_slices(self.clients, self.end_tag, size))
        for part in slices[:-1]:
            yield self.head + part + closing
        yield self.head + slices[-1] + self.tail


def cut(body: bytes) -> Cut:
    """Cut a page given as UTF-8 without declaration."""
    first = _FIRST.search(body)
    whole = _holds(body, b"<!") or _holds(body, b"<?")
    if first is None or whole:
        return Cut(head=body, clients=b"", tail=b"", prefix="", whole=whole)
    prefix = first.group(1).decode()
    ends = re.compile(rf"</{re.escape(prefix)}{CLIENT}\s*>".encode())
    last = _last(ends, body, first.start())
    return Cut(
        head=body[: first.start()], clients=body[first.start() : last], tail=body[last:], prefix=prefix, whole=False
    )


def _holds(body: bytes, opening: bytes) -> bool:
    """Look for the rare second byte before the pair: a page is full of the first."""
    return opening[1:] in body and opening in body


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


def _slices(clients: bytes, end: bytes, size: int) -> Iterator[bytes]:
    at = 0
    while len(clients) - at > size:
        cut_at = clients.find(end, at + size)
        if cut_at < 0:
            break
        yield clients[at : cut_at + len(end)]
        at = cut_at + len(end)
    yield clients[at:]
