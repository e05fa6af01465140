"""A log taken piece by piece: streams of numbered things, and stretches of consecutive places."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SEQ_T = b'"seq_t":"'
_SEQ_T_BYTES = len(_SEQ_T) + len("2026-06-01T09:00:00.000000Z")


class Stream:
    """Numbered hashes or entries, taken by ranges of numbers; what lies before a range is passed over."""

    def __init__(self, items: Iterable[tuple[int, bytes]]) -> None:
        self._items = iter(items)
        self._next = next(self._items, None)

    def take(self, start: int, stop: int) -> dict[int, bytes]:
        """Return what has a number in [start, stop), by number."""
        taken = {}
        while self._next is not None and self._next[0] < stop:
            if self._next[0] >= start:
                taken[self._next[0]] = self._next[1]
            self._next = next(self._items, None)
        return taken

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """Yield what was not taken."""
        if self._next is not None:
            yield self._next
        yield from self._items


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some consecutive places of a log: its entries and its stored nodes, by number, as far as they are there."""

    start: int
    stop: int
    entries: dict[int, bytes]
    levels: list[dict[int, bytes]]

    def times(self) -> list[bytes]:
        """Return when each entry says it was entered."""
        found = ((entry, entry.find(_SEQ_T)) for entry in self.entries.values())
        return [entry[at : at + _SEQ_T_BYTES] for entry, at in found if at >= 0]
