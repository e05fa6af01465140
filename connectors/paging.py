"""Walking a list to its last page: one window for all pages, no cursor twice, a repeated page folded (DOMAIN.md 4.2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b

from connectors.errors import PagingBroken, StampInFuture

DIGEST_BYTES = 16


@dataclass(slots=True, kw_only=True)
class Walk:
    """What one walk through a list has seen; `now` gives the present moment, against which the source's stamp is held."""

    now: Callable[[], datetime]
    stamp: datetime | None = None
    cursors: set[str] = field(default_factory=set)
    contents: set[bytes] = field(default_factory=set)

    def fix(self, stamp: datetime) -> None:
        """Take the window's end from the first page and hold every other page to it. Raises StampInFuture, PagingBroken."""
        if stamp > self.now():
            raise StampInFuture("The source's watermark lies in the future: changes made until then would be lost.")
        if self.stamp is not None and stamp != self.stamp:
            raise PagingBroken("The window moved between two pages.")
        self.stamp = stamp

    def follow(self, cursor: str | None) -> str | None:
        """Give the cursor of the next page. Raises PagingBroken for one seen before: the walk would never end."""
        if cursor is None:
            return None
        if cursor in self.cursors:
            raise PagingBroken("A cursor came back: the pages go in a circle.")
        self.cursors.add(cursor)
        return cursor

    def is_new(self, content: bytes) -> bool:
        """Tell whether these records were not on an earlier page of the walk; a repeated page folds into the first."""
        digest = blake2b(content, digest_size=DIGEST_BYTES).digest()
        if digest in self.contents:
            return False
        self.contents.add(digest)
        return True


def instant(moment: datetime) -> str:
    """Write a moment as the contract does: UTC with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
