"""The witnesses' lines as verification reads them: all of them, each with the checkpoint that it should be under."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import select, tuple_

from audit import tables
from db.engine import Read

_PAGE: Final = 5_000
"""Lines, with their checkpoints some 2 MB."""
_BEFORE_ALL: Final = (-(2**15), -(2**63), "")


class Kept(NamedTuple):
    """A witness's line as it stands there, and the checkpoint of its size, if there is one."""

    log: int
    size: int
    witness: str
    line: str
    note: str | None


def kept(read: Read) -> Iterator[Kept]:
    """Yield every line by log, size and witness."""
    last = _BEFORE_ALL
    while page := _after(read, last):
        yield from page
        last = page[-1][:3]


def _after(read: Read, last: tuple[int, int, str]) -> list[Kept]:
    of, under = tables.cosignature.c, tables.checkpoint.c
    place = (of.log, of.size, of.witness)
    statement = (
        select(*place, of.line, under.note)
        .join_from(tables.cosignature, tables.checkpoint, (under.log == of.log) & (under.size == of.size), isouter=True)
        .where(tuple_(*place) > tuple_(*last))
        .order_by(*place)
        .limit(_PAGE)
    )
    return [Kept(*row) for row in read.execute(statement)]
