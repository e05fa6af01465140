"""Walking a list to its last page: one window for all pages, no cursor twice, repeated records folded (DOMAIN.md 4.2)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from typing import TypeVar

import msgspec

from connectors.errors import PagingBroken, StampInFuture

DIGEST_BYTES = 16
COMPARED = 10_000
_T = TypeVar("_T")
Buffer = bytes | memoryview | msgspec.Raw


@dataclass(slots=True, kw_only=True)
class Walk:
    """What one walk through a list has seen; `now` gives the present moment, against which the source's stamp is held."""

    now: Callable[[], datetime]
    stamp: datetime | None = None
    cursors: set[str] = field(default_factory=set)
    before: frozenset[bytes] = frozenset()

    def fix(self, stamp: datetime) -> None:
        """Take the window's end from the first page and hold every other page to it. Raises StampInFuture, PagingBroken."""
        self.refuse_future(stamp)
        if self.stamp is not None and stamp != self.stamp:
            raise PagingBroken("The window moved between two pages.")
        self.stamp = stamp

    def refuse_future(self, stamp: datetime) -> None:
        """Hold a stamp against the present moment. Raises StampInFuture."""
        if stamp > self.now():
            raise StampInFuture("The source's watermark lies in the future: changes made until then would be lost.")

    def follow(self, cursor: str | None) -> str | None:
        """Give the cursor of the next page. Raises PagingBroken for one seen before: the walk would never end."""
        if cursor is None:
            return None
        if cursor in self.cursors:
            raise PagingBroken("A cursor came back: the pages go in a circle.")
        self.cursors.add(cursor)
        return cursor

    def repeated(self, elements: Iterable[Buffer]) -> frozenset[int]:
        """Give the places of elements that this page or the one before it held already: what a source repeats counts once.

        Contracts allow 500 records a page; of a page beyond 10,000 only the first are compared, so that memory stays small.
        """
        again: set[int] = set()
        seen: set[bytes] = set()
        for place, element in enumerate(islice(elements, COMPARED)):
            digest = blake2b(element, digest_size=DIGEST_BYTES).digest()
            if digest in seen or digest in self.before:
                again.add(place)
            seen.add(digest)
        self.before = frozenset(seen)
        return frozenset(again)


def instant(moment: datetime) -> str:
    """Write a moment as the contract does: UTC with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def batched(values: Iterable[_T], size: int) -> Iterator[tuple[_T, ...]]:
    """Cut values into groups of at most `size`, in order; none when there are no values."""
    rest = iter(values)
    while group := tuple(islice(rest, size)):
        yield group
