"""Stretches of the log and the kinds of event in each: a search reads those that can answer it, the newest first, and no others.

A kind is all that events can have in common: organisation, system, type, outcome, role, purpose, categories and reasons. There are some
thousands of them in a log of ten millions. What asks for a kind that never was reads nothing; what asks for a rare one reads its blocks.
Blocks are taken in behind the sequencer, which pays nothing for it; the events behind the last full block are read as they stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    text,  # noqa: TID251 - one statement that adds to three tables is clearer as SQL
)

from audit import tables
from audit.queries.wanted import Found, Wanted, columns, conditions, of_kind, rows
from db.engine import Read, Transaction

BLOCK: Final = 2_048
"""Events; what reads a whole block for one of them takes a millisecond or two."""
AT_ONCE: Final = 50
"""Blocks taken in by one transaction."""
_STEPS: Final = (4, 16, 64)
"""Blocks read by the first statements of a search; each further one reads as many as the last."""

_TAKE_IN: Final = text("""
    WITH taken AS MATERIALIZED (
        SELECT log, (index / :size)::integer AS block, t, org, system, type, outcome, role, purpose, categories, reasons,
               md5(ROW(org, system, type, outcome, role, purpose, categories, reasons)::text)::uuid AS kind
          FROM audit.event WHERE log = :log AND index >= :first AND index < :until
    ), kinds AS (
        INSERT INTO audit.event_kind (kind, org, system, type, outcome, role, purpose, categories, reasons)
        SELECT DISTINCT ON (kind) kind, org, system, type, outcome, role, purpose, categories, reasons FROM taken
            ON CONFLICT DO NOTHING
    ), held AS (
        INSERT INTO audit.block_kind (log, block, kind) SELECT DISTINCT log, block, kind FROM taken ON CONFLICT DO NOTHING
    )
    INSERT INTO audit.block (log, block, first_t, last_t)
    SELECT log, block, min(t), max(t) FROM taken GROUP BY log, block ON CONFLICT DO NOTHING
""")


class _Block(NamedTuple):
    log: int
    block: int
    last_t: datetime


def take_in(tx: Transaction) -> int:
    """Take in full blocks that are not yet; gives how many, at most ``AT_ONCE`` of each log."""
    return sum(_taken_in(tx, log, done) for log, done in _marks(tx).items())


def _taken_in(tx: Transaction, log: int, done: int) -> int:
    of = tables.event.c
    size = tx.execute(select(func.coalesce(func.max(of.index) + 1, 0)).where(of.log == log)).scalar_one()
    blocks = min(size // BLOCK - done, AT_ONCE)
    if blocks <= 0:
        return 0
    bound = {"log": log, "size": BLOCK, "first": done * BLOCK, "until": (done + blocks) * BLOCK}
    tx.execute(_TAKE_IN, bound)
    return blocks


def _marks(read: Read) -> Mapping[int, int]:
    """Give of every log how many blocks were taken in."""
    logs, of = select(tables.signer.c.log).distinct().subquery().c, tables.block.c
    done = select(func.coalesce(func.max(of.block) + 1, 0)).where(of.log == logs.log).scalar_subquery()
    return {row.log: row.done for row in read.execute(select(logs.log, done.label("done")))}


def by_blocks(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    """List what a search finds, the newest first."""
    marks = _marks(read)
    found = _read(read, wanted, _behind(marks), limit)
    kinds = list(read.execute(select(tables.event_kind.c.kind).where(*of_kind(tables.event_kind, wanted))).scalars())
    for some in _stepwise(_blocks(read, wanted, kinds, marks) if kinds else []):
        if len(found) >= limit and found[limit - 1].t > some[0].last_t:
            break
        found = _newest(found + _read(read, wanted, _in(some), limit), limit)
    return found


def _blocks(read: Read, wanted: Wanted, kinds: Sequence[UUID], marks: Mapping[int, int]) -> list[_Block]:
    """List the blocks before the marks that hold one of these kinds and can lie within the times asked for, by their newest event."""
    of, held = tables.block.c, tables.block_kind.c
    of_kinds = exists().where(held.log == of.log, held.block == of.block, held.kind.in_(kinds))
    ends = [at for at in (wanted.until, wanted.before.t if wanted.before else None) if at is not None]
    asked = [of.first_t <= at for at in ends] + ([] if wanted.since is None else [of.last_t >= wanted.since])
    statement = select(of.log, of.block, of.last_t).where(of_kinds, *asked)
    found = read.execute(statement.order_by(of.last_t.desc(), of.log, of.block))
    return [block for block in map(_Block._make, found) if block.block < marks.get(block.log, 0)]


def _stepwise(blocks: Sequence[_Block]) -> Iterator[Sequence[_Block]]:
    start = 0
    for step in _STEPS:
        if start < len(blocks):
            yield blocks[start : start + step]
        start += step
    yield from (blocks[each : each + _STEPS[-1]] for each in range(start, len(blocks), _STEPS[-1]))


def _read(read: Read, wanted: Wanted, where: ColumnElement[bool], limit: int) -> list[Found]:
    """Read what a search finds in a part of the log; by its numbers, whatever the order."""
    part: Select[Any] = columns(tables.event).where(where, *conditions(tables.event, wanted)).offset(0)
    of = part.subquery()
    return rows(read, select(of).order_by(of.c.t.desc(), of.c.index.desc()).limit(limit))


def _in(blocks: Sequence[_Block]) -> ColumnElement[bool]:
    of = tables.event.c
    return or_(
        *(
            and_(of.log == each.log, of.index >= each.block * BLOCK, of.index < (each.block + 1) * BLOCK)
            for each in blocks
        )
    )


def _behind(marks: Mapping[int, int]) -> ColumnElement[bool]:
    of = tables.event.c
    return or_(*(and_(of.log == log, of.index >= mark * BLOCK) for log, mark in marks.items()), of.log.is_(None))


def _newest(found: list[Found], limit: int) -> list[Found]:
    return sorted(found, key=lambda each: (each.t, each.index), reverse=True)[:limit]
