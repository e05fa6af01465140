"""Stretches of the log and the kinds of event in each: a search reads those that can answer it, the newest first, and no others.

A kind is all that events can have in common: organisation, system, type, outcome, role, purpose, categories, reasons, retention class,
timetable and controllers. A log of ten millions has some ten thousands of them, and each says in which blocks it is, a bit a block. What
asks for a kind that never was reads nothing; what asks for a rare one reads its blocks. Blocks are taken in behind the sequencer, which
pays nothing for it; the events behind the last full block are read as they stand.
"""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby, islice, repeat
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    text,  # noqa: TID251 - a row digested as one text is clearer as SQL
)

from audit import tables
from audit.queries.wanted import Found, Wanted, columns, conditions, of_kind, rows
from db.engine import Read, Transaction

BLOCK: Final = 1_024
"""Events: few enough that what is rare is soon read, many enough that all blocks of a year are soon looked through."""
SPAN: Final = 1_024
"""Blocks whose bits stand in one row of a kind: as many as the column is long."""
AT_ONCE: Final = 50
"""Blocks taken in by one transaction."""
_STEPS: Final = (4, 16, 64)
"""Blocks read by the first statements of a search; each further one reads as many as the last."""
_LISTED: Final = 64
"""Blocks looked through before all others: what is common is found in them."""

_STRETCHES: Final = 64
"""Parts of a log walked one by one; where more of them can answer, all from the first on is walked."""
_COMMON: Final = 2_000
"""Kinds: where more of them answer a search, the newest blocks are read without asking whether they hold one."""

_TOLD: Final = "org, system, type, outcome, role, purpose, categories, reasons, class, dag, controllers"
DIGEST: Final = f"md5(ROW({_TOLD})::text)::uuid"
"""What a kind is told by, of the columns of an event or of a kind."""
_NEW_KINDS: Final = text(f"""
    INSERT INTO audit.event_kind (digest, {_TOLD})
    SELECT DISTINCT ON (digest) * FROM (
        SELECT {DIGEST} AS digest, {_TOLD}
          FROM audit.event WHERE log = :log AND index >= :first AND index < :until
    ) AS told WHERE NOT EXISTS (SELECT FROM audit.event_kind known WHERE known.digest = told.digest)
        ON CONFLICT DO NOTHING
""")
_NEW_BLOCKS: Final = text("""
    INSERT INTO audit.block (log, block, first_t, last_t)
    SELECT log, (index / :size)::integer, min(t), max(t)
      FROM audit.event WHERE log = :log AND index >= :first AND index < :until
     GROUP BY 1, 2
        ON CONFLICT DO NOTHING
""")
_NEW_BITS: Final = text(f"""
    INSERT INTO audit.kind_blocks AS known (log, span, kind, held)
    SELECT :log, block / {SPAN}, kind, bit_or(set_bit(CAST(0 AS bit({SPAN})), block % {SPAN}, 1))
      FROM (SELECT DISTINCT (index / :size)::integer AS block, {DIGEST} AS digest
              FROM audit.event WHERE log = :log AND index >= :first AND index < :until) AS told
      JOIN audit.event_kind USING (digest)
     GROUP BY 2, 3
        ON CONFLICT (log, span, kind) DO UPDATE SET held = known.held | excluded.held
""")


class _Block(NamedTuple):
    log: int
    block: int
    last_t: datetime


class Stretch(NamedTuple):
    """A part of a log that can answer a search: its events ``[first, until)``."""

    log: int
    first: int
    until: int


def take_in(tx: Transaction) -> int:
    """Take in full blocks that are not yet; gives how many, at most ``AT_ONCE`` of each log."""
    return sum(_taken_in(tx, log, done) for log, done in _marks(tx).items())


def _taken_in(tx: Transaction, log: int, done: int) -> int:
    of = tables.event.c
    size = tx.execute(select(func.coalesce(func.max(of.index) + 1, 0)).where(of.log == log)).scalar_one()
    blocks = min(size // BLOCK - done, AT_ONCE)
    if blocks <= 0:
        return 0
    bound = {"log": log, "first": done * BLOCK, "until": (done + blocks) * BLOCK}
    tx.execute(_NEW_KINDS, bound)
    tx.execute(_NEW_BITS, bound | {"size": BLOCK})
    tx.execute(_NEW_BLOCKS, bound | {"size": BLOCK})
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
    kinds = _kinds(read, wanted)
    for some in _stepwise(_blocks(read, wanted, kinds, marks)) if kinds else ():
        if len(found) >= limit and found[limit - 1].t > some[0].last_t:
            break
        found = _newest(found + _read(read, wanted, _in(some), limit), limit)
    return found


def blocks_of(read: Read, wanted: Wanted) -> list[_Block]:
    """List the blocks that can answer a search."""
    kinds = _kinds(read, wanted)
    return list(_blocks(read, wanted, kinds, _marks(read))) if kinds else []


def stretches(read: Read, wanted: Wanted, sizes: Mapping[int, int]) -> Iterator[Stretch]:
    """Yield the parts that can answer a search of the first events of each log, by log and index; what was not taken in is one."""
    marks, kinds = _marks(read), _kinds(read, wanted)
    found = list(_blocks(read, wanted, kinds, marks)) if kinds else []
    for log, size in sorted(sizes.items()):
        mark, held = marks.get(log, 0), sorted(each.block for each in found if each.log == log)
        parts = list(_neighbours([*held, mark]))
        for first, last in parts if len(parts) <= _STRETCHES else [(held[0], mark)]:
            until = size if last == mark else min(size, (last + 1) * BLOCK)
            if first * BLOCK < until:
                yield Stretch(log, first * BLOCK, until)


def _neighbours(blocks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of those that follow one another."""
    for _, some in groupby(enumerate(blocks), key=lambda placed: placed[1] - placed[0]):
        together = [block for _, block in some]
        yield together[0], together[-1]


def _kinds(read: Read, wanted: Wanted) -> Sequence[int]:
    return read.execute(select(tables.event_kind.c.kind).where(*of_kind(tables.event_kind, wanted))).scalars().all()


def _held(read: Read, kinds: Sequence[int], log: int, span: int) -> str:
    """Give the blocks of a span that hold one of these kinds, a bit each."""
    of = tables.kind_blocks.c
    asked = (of.log == log, of.span == span, of.kind == any_(literal(kinds, ARRAY(Integer))))
    return read.execute(select(func.bit_or(of.held)).where(*asked)).scalar_one() or "0" * SPAN


def _blocks(read: Read, wanted: Wanted, kinds: Sequence[int], marks: Mapping[int, int]) -> Iterator[_Block]:
    """List the blocks before the marks that hold one of these kinds and can lie within the times asked for, by their newest event."""
    of = tables.block.c
    ends = [at for at in (wanted.until, wanted.before.t if wanted.before else None) if at is not None]
    asked = [of.first_t <= at for at in ends] + ([] if wanted.since is None else [of.last_t >= wanted.since])
    statement = select(of.log, of.block, of.last_t).where(*asked)
    held: dict[tuple[int, int], str] = {}
    newest_first = statement.order_by(of.last_t.desc(), of.log, of.block)
    for first, part in ((True, newest_first.limit(_LISTED)), (False, newest_first.offset(_LISTED))):
        for log, block, last_t in read.execute(part):
            if block >= marks.get(log, 0):
                continue
            span, place = divmod(block, SPAN)
            common = first and len(kinds) > _COMMON
            if not common and (log, span) not in held:
                held[log, span] = _held(read, kinds, log, span)
            if common or held[log, span][place] == "1":
                yield _Block(log, block, last_t)


def _stepwise(blocks: Iterator[_Block]) -> Iterator[list[_Block]]:
    for step in chain(_STEPS, repeat(_STEPS[-1])):
        some = list(islice(blocks, step))
        if not some:
            return
        yield some


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
