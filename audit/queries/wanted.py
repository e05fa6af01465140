"""What a search of the log asks and gives, and the conditions it comes to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Text, Uuid, any_, literal, or_, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from db.engine import Read


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: when that event happened, and its index."""

    t: datetime
    index: int


@dataclass(frozen=True, slots=True)
class Found:
    """An event with its place in the log of a year."""

    log: int
    index: int
    id: UUID
    t: datetime
    entry: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a search asks: pseudonyms (16 bytes each) of one person, one user or one case, codes, and times; None and empty: any.

    ``reference`` is the id of an event or of a decision: it finds the event, what was decided so, and what refers to the event.
    ``controller`` is one of those whose data were given, ``class_`` how long the event is linked to its person, ``run`` the id of a
    run of a timetable, ``dag`` the timetable.
    ``pages`` are events that name nobody and yet are about the person asked for: the feed pages that told of them.
    Times are half-open, ``[since, until)``. ``before`` continues behind a page.
    """

    persons: tuple[bytes, ...] = ()
    pages: frozenset[UUID] = frozenset()
    users: tuple[bytes, ...] = ()
    cases: tuple[bytes, ...] = ()
    run: str | None = None
    org: str | None = None
    system: str | None = None
    types: tuple[str, ...] = ()
    outcome: str | None = None
    purpose: str | None = None
    category: str | None = None
    reason: str | None = None
    role: str | None = None
    but_role: str | None = None
    controller: str | None = None
    class_: str | None = None
    dag: str | None = None
    reference: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: Key | None = None


_ALIKE: Final = ("org", "system", "outcome", "role", "purpose", "class_", "dag")
"""What is asked by a value that a column of events, and of kinds, holds as it is."""


def array(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Take a column of codes for PostgreSQL's own array, which knows what one holds."""
    return type_coerce(column, ARRAY(Text))


def conditions(table: Table[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Say all that a search asks of the columns of events."""
    of = table.c
    if wanted.persons:
        on_pages = [of.id == any_(literal(list(wanted.pages), ARRAY(Uuid)))] if wanted.pages else []
        yield or_(of.person.in_(wanted.persons), *on_pages)
    if wanted.users:
        yield of.actor_user.in_(wanted.users)
    if wanted.cases:
        yield of.request_case.in_(wanted.cases)
    if wanted.run is not None:
        yield of.run == wanted.run
    if wanted.reference is not None:
        yield or_(*(column == wanted.reference for column in (of.id, of.decision_id, of.ref)))
    yield from of_kind(table, wanted)
    yield from _when(table, wanted)


def of_kind(table: Table[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Say what a search asks but for whom, who and when: of events, or of the kinds they are of."""
    of = table.c
    asked = {name: value for name in _ALIKE if (value := getattr(wanted, name)) is not None}
    yield from (of[name] == value for name, value in asked.items())
    if wanted.types:
        yield of.type.in_(wanted.types)
    if wanted.but_role is not None:
        yield of.role.is_distinct_from(wanted.but_role)
    if wanted.category is not None:
        yield array(of.categories).contains([wanted.category])
    if wanted.reason is not None:
        yield array(of.reasons).contains([wanted.reason])
    if wanted.controller is not None:
        yield of.controllers.contains([wanted.controller])


def _when(table: Table[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    t, index = table.c.t, table.c.index
    if wanted.since is not None:
        yield t >= wanted.since
    if wanted.until is not None:
        yield t < wanted.until
    if wanted.before is not None:
        yield t <= wanted.before.t
        yield tuple_(t, index) < (wanted.before.t, wanted.before.index)


def columns(table: Table[Any]) -> Select[Any]:
    """Ask for what ``Found`` holds."""
    of = table.c
    return select(of.log, of.index, of.id, of.t, of.entry)


def rows(read: Read, statement: Select[Any]) -> list[Found]:
    """Run a statement that asks for ``columns``."""
    return [Found(log, index, id_, t, bytes(entry)) for log, index, id_, t, entry in read.execute(statement)]
