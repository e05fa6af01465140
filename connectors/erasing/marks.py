"""What people are known by in what the sources send: their identity codes, and TE's own ids of them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from connectors.layout import hetu_context
from connectors.queries import erasing
from db.engine import Read
from db.keys import Use


@dataclass(frozen=True, slots=True)
class Marks:
    """Byte strings one of which stands in every element about these people; never printed, never stored."""

    texts: tuple[bytes, ...] = field(repr=False)

    def within(self, body: bytes | memoryview) -> bool:
        """Tell whether a body is about one of the people."""
        whole = bytes(body)
        return any(text in whole for text in self.texts)


def marks_of(read: Read, *, people: Collection[UUID]) -> Marks:
    """Open every identity code that ever led to people, and give it beside TE's ids of them."""
    codes, ids = erasing.known_by(read, people=people)
    opened = [
        read.keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, hetu, context=hetu_context(str(person_id)))
        for person_id, hetu in codes
    ]
    return Marks((*opened, *(each.encode() for each in ids)))
