"""What is read of one person's events: the newest, by all pseudonyms that are this person's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from audit import tables
from db.engine import Read


@dataclass(frozen=True, slots=True)
class Found:
    """An event at its place, as it was sealed."""

    log: int
    index: int
    entry: bytes


def newest_of(read: Read, persons: Collection[str], most: int) -> Sequence[Found]:
    """Return up to ``most`` of the newest events about these pseudonyms (hex), newest first.

    Each pseudonym's own newest are read by its index alone, so the cost does not grow with the log.
    """
    c = tables.event.c
    found: list[Found] = []
    for person in persons:
        statement = (
            select(c.log, c.index, c.entry)
            .where(c.person == bytes.fromhex(person))
            .order_by(c.person_n.desc())
            .limit(most)
        )
        found += [Found(log, index, bytes(entry)) for log, index, entry in read.execute(statement)]
    return sorted(found, key=lambda each: (each.log, each.index), reverse=True)[:most]
