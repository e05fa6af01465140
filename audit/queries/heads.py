"""The lines of a log's people: as they stand now, as they stood, and the blocks that are kept of each root (ACCESS-LOG 5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, or_, select

from audit import tables
from audit.heads import Block
from audit.queries.wanted import Found
from db.copy import copy_out
from db.engine import Read, Transaction

_NOW = """
    SELECT encode(person, 'hex') || ' ' || n || ' ' || encode(leaf, 'hex') FROM audit.person_head WHERE log = %(log)s ORDER BY person
"""
_THEN = """
    SELECT encode(person, 'hex') || ' ' || person_n || ' ' || encode(leaf, 'hex') FROM (
        SELECT DISTINCT ON (person) person, person_n, leaf FROM audit.event
         WHERE log = %(log)s AND index < %(size)s AND person >= decode(%(first)s, 'hex')
           AND (person < decode(%(until)s, 'hex') OR %(until)s IS NULL)
         ORDER BY person, person_n DESC
    ) AS head ORDER BY person
"""


def now(read: Read, *, log: int) -> Iterator[bytes]:
    """Yield the lines of all people of a log, by person."""
    return _rows(copy_out(read, _NOW, {"log": log}))


def then(read: Read, *, log: int, size: int, first: str = "", until: str | None = None) -> Iterator[bytes]:
    """Yield the lines as the first ``size`` events of a log say, of the people in ``[first, until)`` (hex); None: of all from there on."""
    return _rows(copy_out(read, _THEN, {"log": log, "size": size, "first": first, "until": until}))


def _rows(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *rows, rest = (rest + block).split(b"\n")
        yield from rows


def sizes(read: Read) -> Mapping[int, int]:
    """Give how many events of each log are sealed."""
    of = tables.checkpoint.c
    return {row.log: row.size for row in read.execute(select(of.log, func.max(of.size).label("size")).group_by(of.log))}


def roots(read: Read, *, sizes: Mapping[int, int]) -> list[Found]:
    """List the events that tell a root among the first events of each log, the oldest first."""
    of = tables.event.c
    within = or_(*((of.log == log) & (of.index < size) for log, size in sizes.items()), of.log.is_(None))
    told = select(of.log, of.index, of.id, of.t, of.entry).where(of.type == "index.root", within)
    return [Found(*row) for row in read.execute(told.order_by(of.log, of.index))]


def keep(tx: Transaction, *, log: int, size: int, blocks: Sequence[Block]) -> None:
    """Keep the blocks of a log's root at a size of it."""
    rows: list[dict[str, Any]] = [
        {"log": log, "size": size, "block": n, "first": bytes.fromhex(block.first.decode()), "hash": block.hash}
        for n, block in enumerate(blocks)
    ]
    if rows:
        tx.execute(insert(tables.head_block), rows)


def kept(read: Read) -> Mapping[int, int]:
    """Give of each log how many of its events the newest root covers that blocks were kept of; that root may wait to be sealed."""
    of = tables.head_block.c
    return {row.log: row.size for row in read.execute(select(of.log, func.max(of.size).label("size")).group_by(of.log))}


def blocks(read: Read, *, log: int, size: int) -> list[Block]:
    """Give the blocks that were kept of a root."""
    of = tables.head_block.c
    statement = select(of.first, of.hash).where(of.log == log, of.size == size).order_by(of.block)
    return [Block(first.hex().encode(), bytes(hash_)) for first, hash_ in read.execute(statement)]


def first_kept(read: Read, *, log: int) -> int | None:
    """Return the first event of a log that is still there; None where none is."""
    of = tables.event.c
    return read.execute(select(func.min(of.index)).where(of.log == log)).scalar_one()
