"""Searching the log by the fields it keeps in clear, the newest first, paged by key (ACCESS-LOG 11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    cast,
    extract,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from audit import tables
from db.engine import Read

_own = tables.event.to_metadata(MetaData(), name="own_event", schema="audit")
"""The view that holds the events about the reader alone."""


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
    """What a search asks: pseudonyms (16 bytes each) of one person or one user, codes, and times; None and empty: any.

    Times are half-open, ``[since, until)``. ``before`` continues behind a page.
    """

    persons: tuple[bytes, ...] = ()
    users: tuple[bytes, ...] = ()
    org: str | None = None
    system: str | None = None
    types: tuple[str, ...] = ()
    outcome: str | None = None
    purpose: str | None = None
    category: str | None = None
    reason: str | None = None
    but_role: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: Key | None = None


def events(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """List what an auditor's search finds."""
    return _events(read, wanted, own=False, limit=limit)


def within(read: Read, wanted: Wanted, *, sizes: Mapping[int, int], limit: int) -> list[Found]:
    """List what a search finds among the first events of each log, ``sizes`` by year, as they stood there: by log and index."""
    of = tables.event.c
    places = (of.log, of.index)
    covered = _columns(tables.event).where(_within(sizes), *_conditions(tables.event, wanted))
    return _found(read, covered.order_by(*places).limit(limit))


def sample(read: Read, wanted: Wanted, *, sizes: Mapping[int, int], seed: str, limit: int) -> list[Found]:
    """Draw from what a search finds among the first events of each log: those whose SHA-256 of seed and leaf is lowest, in that order.

    The same seed draws the same, for whoever draws: nobody chooses what is looked at (ACCESS-LOG 11).
    """
    of = tables.event.c
    drawn_by = func.sha256(func.convert_to(seed, "UTF8").op("||", return_type=LargeBinary())(of.leaf))
    drawn = _columns(tables.event).where(_within(sizes), *_conditions(tables.event, wanted)).order_by(drawn_by)
    return _found(read, drawn.limit(limit))


def rhythm(read: Read, wanted: Wanted, *, zone: str) -> dict[tuple[int, int], int]:
    """Count what a search finds by weekday (1 to 7, Monday first) and hour (0 to 23) in a time zone."""
    of = tables.event.c
    local = func.timezone(zone, of.t)
    place = (cast(extract("isodow", local), Integer), cast(extract("hour", local), Integer))
    counted = select(*place, func.count()).where(*_conditions(tables.event, wanted)).group_by(*place)
    return {(day, hour): count for day, hour, count in read.execute(counted)}


def own_events(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """List what a person's search finds: events about themself."""
    return _events(read, wanted, own=True, limit=limit)


def event(read: Read, *, id_: UUID) -> Found | None:
    """Give one event."""
    return _event(read, tables.event, id_)


def own_event(read: Read, *, id_: UUID) -> Found | None:
    """Give one event about the reader."""
    return _event(read, _own, id_)


def _within(sizes: Mapping[int, int]) -> ColumnElement[bool]:
    of = tables.event.c
    return or_(*(and_(of.log == log, of.index < size) for log, size in sizes.items()))


def array(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Take a column of codes for PostgreSQL's own array, which knows what one holds."""
    return type_coerce(column, ARRAY(Text))


def _event(read: Read, table: Table[Any], id_: UUID) -> Found | None:
    return next(iter(_found(read, _columns(table).where(table.c.id == id_))), None)


def _events(read: Read, wanted: Wanted, *, own: bool, limit: int) -> list[Found]:
    table = _own if own else tables.event
    newest_first = (table.c.t.desc(), table.c.index.desc())
    return _found(read, _columns(table).where(*_conditions(table, wanted)).order_by(*newest_first).limit(limit))


def _columns(table: Table[Any]) -> Select[Any]:
    of = table.c
    return select(of.log, of.index, of.id, of.t, of.entry)


def _found(read: Read, statement: Select[Any]) -> list[Found]:
    return [Found(log, index, id_, t, bytes(entry)) for log, index, id_, t, entry in read.execute(statement)]


def _conditions(table: Table[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    of = table.c
    if wanted.persons:
        yield of.person.in_(wanted.persons)
    if wanted.users:
        yield of.actor_user.in_(wanted.users)
    for column, value in ((of.org, wanted.org), (of.system, wanted.system), (of.outcome, wanted.outcome)):
        if value is not None:
            yield column == value
    if wanted.types:
        yield of.type.in_(wanted.types)
    if wanted.but_role is not None:
        yield of.role.is_distinct_from(wanted.but_role)
    if wanted.purpose is not None:
        yield of.purpose == wanted.purpose
    if wanted.category is not None:
        yield array(of.categories).contains([wanted.category])
    if wanted.reason is not None:
        yield array(of.reasons).contains([wanted.reason])
    yield from _when(table, wanted)


def _when(table: Table[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    t, index = table.c.t, table.c.index
    if wanted.since is not None:
        yield t >= wanted.since
    if wanted.until is not None:
        yield t < wanted.until
    if wanted.before is not None:
        yield t <= wanted.before.t
        yield tuple_(t, index) < (wanted.before.t, wanted.before.index)
