"""Announcing: callers are told what a batch came to once the fence stands behind it, while the server writes the next batch."""

from collections.abc import Sequence
from typing import Self

from audit.door import Arrival, Door
from audit.errors import Unanswered
from audit.fence import Fence
from audit.wire import Answer

UNANSWERED = "The log could not be written; nothing may be shown."


class Announcer:
    """What there is to do beside the server's work (``db.engine.Beside``): the fence, the answers, and hearing who calls."""

    def __init__(self, door: Door, fence: Fence, note: str) -> None:
        """Begin with ``note`` behind the fence."""
        self._door = door
        self._fence = fence
        self._fenced = self._note = note
        self._due: list[tuple[Arrival, Answer]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.tell()

    def owe(self, note: str, arrivals: Sequence[Arrival], answers: Sequence[Answer]) -> None:
        """Take over what is to be told once ``note`` is behind the fence."""
        self._note = note
        self._due += zip(arrivals, answers, strict=True)

    def tell(self) -> None:
        """Move the fence and have the door say what is owed; when the fence cannot be moved, nothing may be shown."""
        due, self._due = self._due, []
        try:
            if self._note != self._fenced:
                self._fence.write(self._note)
                self._fenced = self._note
        except OSError:
            self.fail([arrival for arrival, _ in due])
            raise
        for arrival, answer in due:
            self._door.answer(arrival.caller, answer)

    def fail(self, arrivals: Sequence[Arrival]) -> None:
        """Have callers told that they get nothing."""
        for arrival in arrivals:
            self._door.answer(arrival.caller, Unanswered(UNANSWERED))

    def glance(self) -> bool:
        """Move the fence, or say one of the things that are to be said; tell whether there is another."""
        if self._due or self._note != self._fenced:
            self.tell()
            return True
        return self._door.glance()

    def watched(self) -> int | None:
        """Give what is readable when somebody calls."""
        return self._door.watched()

    def attend(self) -> None:
        """Hear who calls."""
        self._door.attend()
