"""Numbering, pure: bodies become entries with their time and place, and the tree grows by their leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from audit import entry
from audit.catalogue import ALWAYS, EventType, required
from audit.checkpoint import Checkpoint
from audit.columns import Columns, columns_of
from audit.errors import EventRejected
from audit.tree import Frontier, Node, leaf_hash, numbered

Members = dict[str, Any]
_TYPES: Mapping[object, EventType] = {type_.value: type_ for type_ in EventType}


class Head(NamedTuple):
    """A person's newest event in a log: its number and its leaf."""

    n: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """An event at its place in the log."""

    index: int
    entry: bytes
    leaf: bytes
    columns: Columns


@dataclass(frozen=True, slots=True)
class Book:
    """The open log: its year, its origin, the key that signs it, the edge of its tree, the time of its last entry."""

    log: int
    origin: str
    key_id: str
    frontier: Frontier
    last: datetime

    @property
    def checkpoint(self) -> Checkpoint:
        """The tree as it is to be signed."""
        return Checkpoint(self.origin, self.frontier.size, self.frontier.root())


@dataclass(frozen=True, slots=True)
class Pages:
    """What a batch adds: events, nodes, the new heads of the persons named, and the book after it."""

    rows: list[Row]
    nodes: list[Node]
    heads: dict[str, Head]
    book: Book


def admitted(body: bytes) -> Members:
    """Return the members of a body that may be entered; anything else raises ``EventRejected``.

    Writers checked the same before; this is the last look before it stands for ever.
    """
    members = entry.read(body)
    if len(body) > entry.MAX_BODY_BYTES or not members.keys().isdisjoint(entry.SEQUENCED):
        raise EventRejected("The event leaves no room for what the sequencer adds.")
    type_ = _TYPES.get(members.get("type"))
    if type_ is None:
        raise EventRejected("The event is of no listed type.")
    if not members.keys() >= ALWAYS | required(type_):
        raise EventRejected("The event lacks a member that its type requires.")
    return members


def enter(book: Book, heads: Mapping[str, Head], events: Iterable[Members], at: datetime) -> Pages:
    """Enter events at the end of the book, in order; ``heads`` are those of the persons they name."""
    frontier, newest, stamp = book.frontier.copy(), dict(heads), entry.moment(at)
    rows: list[Row] = []
    for index, members in enumerate(events, start=frontier.size):
        members["seq_t"] = stamp
        person = members.get("person")
        if person is not None:
            _number(members, newest.get(person))
        written = entry.unchecked(members)
        leaf = leaf_hash(written)
        if person is not None:
            newest[person] = Head(members["person_n"], leaf)
        rows.append(Row(index, written, leaf, columns_of(members)))
    completed = frontier.extend([row.leaf for row in rows])
    nodes = list(numbered(completed, book.frontier.size))
    return Pages(rows, nodes, newest, replace(book, frontier=frontier, last=at))


def _number(members: Members, head: Head | None) -> None:
    members["person_n"] = 1 if head is None else head.n + 1
    if head is not None:
        members["person_prev"] = head.leaf.hex()
