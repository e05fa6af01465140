"""What the fast pass over the log asks of the tables: stretches of it, each in one value, and how much there is of everything."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import FromClause, func, select
from sqlalchemy import text as sql  # noqa: TID251 - a snapshot is taken up by a command, not by a select

from audit import tables
from audit.checkpoint import SignedNote
from db.binary import binary_rows
from db.copy import fetched
from db.engine import Read

_ROWS = "SELECT * FROM audit.event WHERE log = %(log)s AND index >= %(start)s AND index < %(stop)s ORDER BY index"

_NODES = """
    SELECT (SELECT string_agg(int8send(n) || hash, ''::bytea ORDER BY n) FROM audit.node
             WHERE log = %(log)s AND level = r.level AND n >= r.start AND n < r.stop)
      FROM unnest(%(levels)s::int[], %(starts)s::bigint[], %(stops)s::bigint[])
           WITH ORDINALITY AS r (level, start, stop, place)
     ORDER BY place
"""

_HEADS = "SELECT encode(person, 'hex'), n, encode(leaf, 'hex') FROM audit.person_head WHERE log = %(log)s"


def rows(read: Read, log: int, start: int, stop: int) -> Generator[bytes, None, None]:
    """Yield the rows of the events [start, stop), by index, as COPY writes them in its binary form."""
    return binary_rows(read, _ROWS, {"log": log, "start": start, "stop": stop})


def nodes(read: Read, log: int, ranges: Sequence[range]) -> list[bytes]:
    """Return for each level from 0 on the nodes whose numbers are in its range: number (8 bytes) and hash, joined."""
    values = {
        "log": log,
        "levels": list(range(len(ranges))),
        "starts": [each.start for each in ranges],
        "stops": [each.stop for each in ranges],
    }
    return [joined or b"" for (joined,) in fetched(read, _NODES, values)]


def leaves(read: Read, log: int, start: int, stop: int) -> list[bytes]:
    """Return the leaves of [start, stop) as the tree keeps them, fewer when some are missing."""
    c = tables.node.c
    statement = select(c.hash).where(c.log == log, c.level == 0, c.n >= start, c.n < stop).order_by(c.n)
    return [bytes(each) for each in read.execute(statement).scalars()]


def notes(read: Read, log: int, start: int, stop: int) -> list[SignedNote]:
    """Return the signed notes of sizes in (start, stop], and the one before them, by size."""
    c = tables.checkpoint.c
    before = select(func.max(c.size)).where(c.log == log, c.size <= start).scalar_subquery()
    statement = (
        select(c.size, c.root, c.note, c.signed_at)
        .where(c.log == log, c.size >= func.coalesce(before, start + 1), c.size <= stop)
        .order_by(c.size)
    )
    return [SignedNote(size, bytes(root), note, at) for size, root, note, at in read.execute(statement)]


def times(read: Read, log: int, start: int, stop: int) -> list[datetime]:
    """Return when the events [start, stop) were entered."""
    of = tables.event.c
    entered = select(of.seq_t).where(of.log == log, of.index >= start, of.index < stop)
    return list(read.execute(entered.order_by(of.index)).scalars())


def heads(read: Read, log: int) -> dict[str, tuple[int, str]]:
    """Return each person's newest event as the projection has it: its number, its leaf in hex."""
    return {person: (n, leaf) for person, n, leaf in fetched(read, _HEADS, {"log": log})}


@dataclass(frozen=True, slots=True)
class Extent:
    """How many events, nodes and checkpoints a log has."""

    events: int
    nodes: int
    checkpoints: int


def size(read: Read, log: int) -> int:
    """Return the size that the newest checkpoint names, nought before the first."""
    c = tables.checkpoint.c
    return read.execute(select(func.max(c.size)).where(c.log == log)).scalar_one() or 0


def extent(read: Read, log: int) -> Extent:
    """Count what is there."""
    return Extent(
        events=_count(read, tables.event, log),
        nodes=_count(read, tables.node, log),
        checkpoints=_count(read, tables.checkpoint, log),
    )


def _count(read: Read, table: FromClause, log: int) -> int:
    counted: int = read.execute(select(func.count()).select_from(table).where(table.c.log == log)).scalar_one()
    return counted


def exported_snapshot(read: Read) -> str:
    """Name the moment that this transaction sees, for others to see the same."""
    return str(read.execute(select(func.pg_export_snapshot())).scalar_one())


def take_up_snapshot(read: Read, name: str) -> None:
    """See the moment that another transaction named; must come first."""
    quoted = "".join(each for each in name if each.isalnum() or each == "-")
    read.execute(sql(f"SET TRANSACTION SNAPSHOT '{quoted}'"))
