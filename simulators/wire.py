"""What goes in and out of every stand-in: a request, an answer, and a page of rendered records before it is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Protocol, Self
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request: `path` percent-encoded as sent, header names in lower case in the order sent."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give the last value of a header: of several X-Road-Client the last one counts (PR-REST 4.3)."""
        return next((value for key, value in reversed(self.headers) if key == name), None)

    def every(self, name: str) -> list[str]:
        """Give all values of a header in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Give the decoded query parameters in order; an empty value stays."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; a `body` that is not bytes is streamed, `delay` is in seconds, `cut_after` in bytes of the body."""

    status: int = 200
    media_type: str = "application/json;charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | Iterable[bytes] = b""
    delay: float = 0.0
    cut_after: int | None = None

    def header(self, name: str) -> str | None:
        """Give the first value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)

    def with_headers(self, *headers: tuple[str, str]) -> Self:
        """Set these headers in place of any of the same names."""
        names = {name for name, _ in headers}
        kept = tuple(pair for pair in self.headers if pair[0] not in names)
        return replace(self, headers=kept + headers)

    @property
    def chunks(self) -> Iterator[bytes]:
        """Give the body piece by piece."""
        return iter((self.body,) if isinstance(self.body, bytes) else self.body)

    @property
    def whole(self) -> bytes:
        """Give the body in one piece; only for answers known to be small."""
        return b"".join(self.chunks)


class Provider(Protocol):
    """A provider's information system behind its security server: sees the path below its service only."""

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""


class Unreachable(Exception):
    """Raised by a provider that cannot be connected to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list: each record already rendered; `next` is the cursor or link of the next page, None on the last.

    `listing` is the same on all pages of one list, and another for another, so that faults can follow it from page to page.
    """

    listing: str
    records: tuple[bytes, ...]
    next: str | None
    stamp: str


class Shape(Protocol):
    """What may happen to a page before it is written; the faults put themselves here."""

    def __call__(self, page: Page) -> Page:
        """Give the page to be written."""


def unshaped(page: Page) -> Page:
    """Write the page as it is."""
    return page


@dataclass(slots=True)
class Asked:
    """What the stand-ins were asked: numbers a source and kind of request; people only in memory, for tests of AMENDMENTS 5."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    people: dict[str, set[str]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def count(self, source: str, kind: str, number: int = 1) -> None:
        """Add to the number of requests of a kind."""
        with self._lock:
            kinds = self.counts.setdefault(source, {})
            kinds[kind] = kinds.get(kind, 0) + number

    def name(self, source: str, people: Iterable[str]) -> None:
        """Remember whom a request named."""
        self.people.setdefault(source, set()).update(people)

    def clear(self) -> None:
        """Forget all."""
        self.counts.clear()
        self.people.clear()
