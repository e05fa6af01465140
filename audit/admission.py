"""Admission: a body is looked at for the last time before it stands for ever; of a disclosure while others are being entered."""

from collections.abc import Mapping
from typing import NamedTuple

from audit import entry, wire
from audit.catalogue import ALWAYS, EventType, required
from audit.errors import EventRejected
from audit.post import Members, Post, posted
from audit.shape import refuse_misshapen
from audit.wire import Call

_TYPES: Mapping[object, EventType] = {type_.value: type_ for type_ in EventType}


class Admitted(NamedTuple):
    """A disclosure that may be entered, ready for the book."""

    call: Call
    post: Post


def admit(payload: bytes) -> Admitted:
    """Read a disclosure as it travelled. Raises ``EventRejected``."""
    call = wire.read_call(payload)
    members = admitted(call.envelope.body)
    if members["id"] != str(call.envelope.id):
        raise EventRejected("The disclosure names another event than it holds.")
    return Admitted(call, posted(members, call.envelope.box, call.decision, call.spend))


def admitted(body: bytes) -> Members:
    """Return the members of a body that may be entered; anything else raises ``EventRejected``.

    Writers checked the same before.
    """
    members = entry.read(body)
    if len(body) > entry.MAX_BODY_BYTES or not members.keys().isdisjoint(entry.SEQUENCED):
        raise EventRejected("The event leaves no room for what the sequencer adds.")
    type_ = _TYPES.get(members.get("type"))
    if type_ is None:
        raise EventRejected("The event is of no listed type.")
    if not members.keys() >= ALWAYS | required(type_):
        raise EventRejected("The event lacks a member that its type requires.")
    refuse_misshapen(body)
    return members
