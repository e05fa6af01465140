"""A search by a name in events, of a user, a case or a run: the newest events of each name, by an index of their own.

Somebody goes by a name for each year and retention class, and most of those were never used: so each name is looked up by itself, and
nothing is left to the planner's guess. Where a name stands in more events than the blocks hold that can answer the rest of the
question, those blocks are read instead.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, func, literal, select, true

from audit import tables
from audit.queries.blocks import BLOCK, blocks_of, by_blocks
from audit.queries.wanted import Found, Wanted, columns, conditions, of_kind, rows
from db.engine import Read

FEW: Final = 5_000
"""Events of a name that are read without asking whether blocks would be less."""
MANY: Final = 100_000
"""So many are counted at most; who has so many is taken to have ten times as many."""


_WAYS: Final = ("enable_sort", "enable_bitmapscan")


class _Named(NamedTuple):
    """The column that names stand in, the names asked for, and the rest of the question."""

    column: ColumnElement[Any]
    names: tuple[Any, ...]
    rest: Wanted


def is_named(wanted: Wanted) -> bool:
    """Say whether a search names a user, a case or a run."""
    return bool(wanted.cases or wanted.run or wanted.users)


def by_name(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """List what such a search finds, the newest first."""
    named = _rarest(read, list(_named(wanted)))
    if any(True for _ in of_kind(tables.event, wanted)):
        few = _count(read, named, FEW) < FEW
        if not few and len(blocks_of(read, wanted)) * BLOCK < _about_how_many(read, named):
            return by_blocks(read, wanted, limit=limit)
    return _newest(read, named, limit)


def _named(wanted: Wanted) -> Iterator[_Named]:
    of = tables.event.c
    if wanted.cases:
        yield _Named(of.request_case, wanted.cases, replace(wanted, cases=()))
    if wanted.run is not None:
        yield _Named(of.run, (wanted.run,), replace(wanted, run=None))
    if wanted.users:
        yield _Named(of.actor_user, wanted.users, replace(wanted, users=()))


def _rarest(read: Read, named: Sequence[_Named]) -> _Named:
    return named[0] if len(named) == 1 else min(named, key=lambda each: _count(read, each, FEW))


def _newest(read: Read, named: _Named, limit: int) -> list[Found]:
    name = select(func.unnest(literal(list(named.names), ARRAY(named.column.type))).label("name")).subquery().c.name
    of = tables.event.c
    each = columns(tables.event).where(named.column == name, *conditions(tables.event, named.rest))
    own = each.order_by(of.t.desc(), of.index.desc()).limit(limit).lateral()
    found = select(own).select_from(name.table.join(own, true()))
    with _in_order(read):
        return rows(read, found.order_by(own.c.t.desc(), own.c.index.desc()).limit(limit))


@contextmanager
def _in_order(read: Read) -> Iterator[None]:
    """Have an index walked in its order: who takes a name for a usual one would read all its events first, of a job millions."""
    for way in _WAYS:
        read.execute(select(func.set_config(way, "off", true())))
    yield
    for way in _WAYS:
        read.execute(select(func.set_config(way, "on", true())))


def _about_how_many(read: Read, named: _Named) -> int:
    counted = _count(read, named, MANY)
    return counted * 10 if counted == MANY else counted


def _count(read: Read, named: _Named, most: int) -> int:
    some = select(1).where(named.column.in_(named.names)).limit(most).subquery()
    return read.execute(select(func.count()).select_from(some)).scalar_one()
