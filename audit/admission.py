"""Admission: a body is looked at for the last time before it stands for ever; of a disclosure while others are being entered."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from audit import entry, wire
from audit.catalogue import ALWAYS, EventType, required
from audit.errors import EventRejected
from audit.post import Members, Post, posted
from audit.shape import refuse_misshapen
from audit.wire import Call

_REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    type_.value: frozenset(ALWAYS | required(type_)) for type_ in EventType
}


class Admitted(NamedTuple):
    """A disclosure that may be entered, ready for the book."""

    call: Call
    post: Post

    @property
    def id(self) -> str:
        """The id of the event."""
        return str(self.post.members["id"])


def admit(payload: bytes) -> Admitted:
    """Read a disclosure as it travelled. Raises ``EventRejected``."""
    call = wire.read_call(payload)
    return Admitted(call, posted(admitted(call.body), call.box, call.decision, call.spend))


def admitted(body: bytes) -> Members:
    """Return the members of a body that may be entered; anything else raises ``EventRejected``.

    Writers checked the same before.
    """
    members = entry.read(body)
    if len(body) > entry.MAX_BODY_BYTES or not members.keys().isdisjoint(entry.SEQUENCED):
        raise EventRejected("The event leaves no room for what the sequencer adds.")
    type_ = members.get("type")
    needed = _REQUIRED.get(type_) if isinstance(type_, str) else None
    if needed is None:
        raise EventRejected("The event is of no listed type.")
    if not members.keys() >= needed:
        raise EventRejected("The event lacks a member that its type requires.")
    refuse_misshapen(body)
    return members
