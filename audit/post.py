"""Posts: events on their way into the book, with what is written beside them, as the server reads it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from audit.details import Box
from audit.disclosure import Spend

Members = dict[str, Any]


class DetailRow(NamedTuple):
    """An event's encrypted detail in hexadecimal, with what its key is filed under."""

    event_id: str
    key_id: str
    wrapped: str
    nonce: str
    box: str
    log: str
    class_: str
    person: str


class Post(NamedTuple):
    """An event, its detail, its decision as JSON, and what it spends."""

    members: Members
    detail: DetailRow | None = None
    decision: str | None = None
    spend: Sequence[Spend] = ()


def posted(members: Members, box: Box | None = None, decision: str | None = None, spend: Sequence[Spend] = ()) -> Post:
    """Make an event ready to be written: that costs nobody's time who waits for a batch, when it is done before."""
    return Post(members, None if box is None else _detail(members, box), decision, spend)


def _detail(members: Members, box: Box) -> DetailRow:
    return DetailRow(
        event_id=members["id"],
        key_id=box.key_id.hex,
        wrapped=box.wrapped.hex(),
        nonce=box.nonce.hex(),
        box=box.box.hex(),
        log=members["t"][:4],
        class_=members["class"],
        person=members.get("person", ""),
    )
