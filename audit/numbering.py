"""Numbering, pure: bodies become entries with their time and place, and the tree grows by their leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from audit import entry
from audit.checkpoint import Checkpoint
from audit.columns import Columns, columns_of
from audit.post import Members
from audit.tree import Frontier, Node, leaf_hash, numbered


class Head(NamedTuple):
    """A person's newest event in a log: its number and its leaf."""

    n: int
    leaf: bytes


class Row(NamedTuple):
    """An event as it is entered."""

    entry: bytes
    leaf: bytes
    columns: Columns


class Former(NamedTuple):
    """The key that signed before, and until when it signs beside the new one, for those who know only it."""

    key_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """The open log: its year, its origin, the key that signs it, the edge of its tree, the time of its last entry."""

    log: int
    origin: str
    key_id: str
    frontier: Frontier
    last: datetime
    former: Former | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """The tree as it is to be signed."""
        return Checkpoint(self.origin, self.frontier.size, self.frontier.root())


class Entered(NamedTuple):
    """Events in order, and the new heads of the persons named."""

    rows: list[Row]
    heads: dict[str, Head]


class Grown(NamedTuple):
    """The nodes that a batch completes, and the book after it."""

    nodes: list[Node]
    book: Book


def enter(heads: Mapping[str, Head], events: Iterable[Members], at: datetime) -> Entered:
    """Enter events in order; ``heads`` are those of the persons they name."""
    newest, stamp = dict(heads), entry.moment(at)
    rows: list[Row] = []
    for body in events:
        person = body.get("person")
        members = {**body, "seq_t": stamp, **({} if person is None else _number(newest.get(person)))}
        written = entry.unchecked(members)
        leaf = leaf_hash(written)
        if person is not None:
            newest[person] = Head(members["person_n"], leaf)
        rows.append(Row(written, leaf, columns_of(members)))
    return Entered(rows, newest)


def grow(book: Book, rows: Iterable[Row], at: datetime) -> Grown:
    """Let the tree grow by the leaves entered at ``at``, which stand where it ended."""
    frontier = book.frontier.copy()
    completed = frontier.extend([row.leaf for row in rows])
    return Grown(list(numbered(completed, book.frontier.size)), replace(book, frontier=frontier, last=at))


def _number(head: Head | None) -> Members:
    return {"person_n": 1} if head is None else {"person_n": head.n + 1, "person_prev": head.leaf.hex()}
