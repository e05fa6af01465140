"""Searching the log by the fields it keeps in clear, the newest first, paged by key (ACCESS-LOG 11)."""

from collections.abc import Generator, Mapping
from contextlib import closing
from itertools import starmap
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    and_,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)

from audit import tables
from audit.queries import blocks
from audit.queries.blocks import Stretch, by_blocks
from audit.queries.named import by_name, is_named
from audit.queries.wanted import Found, Key, Wanted, array, columns, conditions, rows
from db.engine import Read
from db.streaming import each_row

__all__ = [
    "Found",
    "Key",
    "Wanted",
    "array",
    "event",
    "events",
    "own_event",
    "own_events",
    "rhythm",
    "sample",
    "within",
]

_own = tables.event.to_metadata(MetaData(), name="own_event", schema="audit")
"""The view that holds the events about the reader alone."""


def events(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """List what an auditor's search finds.

    Of a person it reads all events, of an id the few; of a user, a case or a run the newest (``named``); any other search reads the
    blocks that hold a kind it asks for (``blocks``), which are all where it asks for none.
    """
    if wanted.persons or wanted.reference:
        return _all_of(read, wanted, limit=limit)
    if is_named(wanted):
        return by_name(read, wanted, limit=limit)
    return by_blocks(read, wanted, limit=limit)


def within(
    read: Read, wanted: Wanted, *, sizes: Mapping[int, int], limit: int
) -> closing[Generator[Found, None, None]]:
    """Lend what a search finds among the first events of each log, ``sizes`` by year, as they stood there: by log and index.

    Each comes as soon as it is found; nothing else is asked in the transaction until the end of the block. What no index names is looked
    for in the stretches of the log that can hold it, which are walked in their order.
    """
    if wanted.persons or wanted.reference or is_named(wanted):
        return closing(_each(read, wanted, _within(sizes), limit=literal(limit)))
    return closing(_walked(read, wanted, sizes, limit))


def _walked(read: Read, wanted: Wanted, sizes: Mapping[int, int], limit: int) -> Generator[Found, None, None]:
    for some in list(blocks.stretches(read, wanted, sizes)):
        with closing(_each(read, wanted, _on(some), limit=_unforeseen(limit))) as found:
            for each in found:
                yield each
                limit -= 1


def _each(
    read: Read, wanted: Wanted, where: ColumnElement[bool], *, limit: ColumnElement[int]
) -> Generator[Found, None, None]:
    of = tables.event.c
    asked = columns(tables.event).where(where, *conditions(tables.event, wanted)).order_by(of.log, of.index)
    with each_row(read, asked.limit(limit)) as rows_:
        yield from starmap(Found, rows_)


def _on(stretch: Stretch) -> ColumnElement[bool]:
    of = tables.event.c
    return and_(of.log == stretch.log, of.index >= stretch.first, of.index < stretch.until)


def sample(read: Read, wanted: Wanted, *, sizes: Mapping[int, int], seed: str, limit: int) -> list[Found]:
    """Draw from what a search finds among the first events of each log: those whose SHA-256 of seed and leaf is lowest, in that order.

    The same seed draws the same, for whoever draws: nobody chooses what is looked at (ACCESS-LOG 11).
    """
    of = tables.event.c
    drawn_by = func.sha256(func.convert_to(seed, "UTF8").op("||", return_type=LargeBinary())(of.leaf))
    drawn = columns(tables.event).where(_within(sizes), *conditions(tables.event, wanted)).order_by(drawn_by)
    return rows(read, drawn.limit(limit))


def rhythm(read: Read, wanted: Wanted, *, zone: str) -> dict[tuple[int, int], int]:
    """Count what a search finds by weekday (1 to 7, Monday first) and hour (0 to 23) in a time zone."""
    of = tables.event.c
    local = func.timezone(zone, of.t)
    place = (cast(extract("isodow", local), Integer), cast(extract("hour", local), Integer))
    counted = select(*place, func.count()).where(*conditions(tables.event, wanted)).group_by(*place)
    return {(day, hour): count for day, hour, count in read.execute(counted)}


def own_events(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """List what a person's search finds: events about themself."""
    newest_first = (_own.c.t.desc(), _own.c.index.desc())
    return rows(read, columns(_own).where(*conditions(_own, wanted)).order_by(*newest_first).limit(limit))


def event(read: Read, *, id_: UUID) -> Found | None:
    """Give one event."""
    return _event(read, tables.event, id_)


def own_event(read: Read, *, id_: UUID) -> Found | None:
    """Give one event about the reader."""
    return _event(read, _own, id_)


def _unforeseen(limit: int) -> ColumnElement[int]:
    """Give a limit that the planner does not see: it then wants the first rows soon, and walks the log in its order.

    Else it would read the whole log and sort what it found, and whoever writes that would wait meanwhile.
    """
    return select(literal(limit)).scalar_subquery()


def _within(sizes: Mapping[int, int]) -> ColumnElement[bool]:
    of = tables.event.c
    return or_(*(and_(of.log == log, of.index < size) for log, size in sizes.items()))


def _event(read: Read, table: Table[Any], id_: UUID) -> Found | None:
    return next(iter(rows(read, columns(table).where(table.c.id == id_))), None)


def _all_of(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """Read all that is found and sort it then: the planner, who takes each of a person's names for used, would walk the whole log."""
    of = columns(tables.event).where(*conditions(tables.event, wanted)).offset(0).subquery()
    return rows(read, select(of).order_by(of.c.t.desc(), of.c.index.desc()).limit(limit))
