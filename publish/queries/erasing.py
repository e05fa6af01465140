"""Of whom something may have to go: the queue, and what of the leave lists goes with it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from connectors.tables import tyonhakija
from db.engine import Read, Transaction
from publish.queries.leaving import Home, homes_statement
from publish.queries.staged import listed, of_people
from publish.tables import leave, to_erase
from schemas.vocabulary import Source


class Due(NamedTuple):
    """A row of the queue; `looked_at` None: nobody has looked yet."""

    number: int
    person_id: UUID
    queued_at: datetime
    looked_at: datetime | None
    copies_of: tuple[str, ...]


def queue(tx: Transaction, *, people: Iterable[UUID], at: datetime) -> None:
    """Queue people of whom less may be kept from now on; nobody waits for whoever is erasing."""
    rows = [{"person_id": each, "queued_at": at, "due_at": at, "copies_of": []} for each in people]
    if rows:
        tx.execute(insert(to_erase).inline(), rows)


def any_due(read: Read, *, at: datetime) -> bool:
    """Tell whether anybody is to be looked at, or copies are still to be rewritten."""
    of = to_erase.c
    waiting = exists().where((of.due_at <= at) | (func.cardinality(of.copies_of) > 0))
    return bool(read.execute(select(waiting)).scalar_one())


def due(read: Read, *, at: datetime, limit: int) -> list[Due]:
    """List who is to be looked at now, the longest waiting first."""
    return _rows(read, to_erase.c.due_at <= at, limit)


def with_copies(read: Read, *, limit: int) -> list[Due]:
    """List of whom landed copies are still to be rewritten."""
    return _rows(read, func.cardinality(to_erase.c.copies_of) > 0, limit)


def _rows(read: Read, wanted: ColumnElement[bool], limit: int) -> list[Due]:
    of = to_erase.c
    statement = select(of.number, of.person_id, of.queued_at, of.looked_at, of.copies_of)
    rows = read.execute(statement.where(wanted).order_by(of.number).limit(limit))
    return [Due(row.number, row.person_id, row.queued_at, row.looked_at, tuple(row.copies_of)) for row in rows]


def note_look(tx: Transaction, *, numbers: Collection[int], again_at: datetime, at: datetime) -> None:
    """Write that people were looked at, and when to look again."""
    tx.execute(update(to_erase).where(_numbered(numbers)).values(looked_at=at, due_at=again_at))


def note_copies(tx: Transaction, *, number: int, sources: Collection[str]) -> None:
    """Write of which sources the landed copies are still to be rewritten for a person."""
    tx.execute(update(to_erase).where(to_erase.c.number == number).values(copies_of=sorted(sources)))


def done(tx: Transaction, *, numbers: Collection[int]) -> None:
    """Take rows off the queue."""
    tx.execute(delete(to_erase).where(_numbered(numbers)))


def homes_of(read: Read, *, people: Sequence[UUID]) -> list[Home]:
    """Give the homes of people as far as TE tells them."""
    statement = homes_statement().where(of_people(tyonhakija.c.person_id))
    return [Home(*row) for row in read.execute(statement, listed(people))]


def leave_of(read: Read, *, source: Source, people: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """Give what stands in a leave list of people."""
    of = leave.c
    statement = select(of.person_id, of.categories).where(of.source == source, of_people(of.person_id))
    return {person_id: frozenset(categories) for person_id, categories in read.execute(statement, listed(people))}


def _numbered(numbers: Collection[int]) -> ColumnElement[bool]:
    return to_erase.c.number == any_(literal(sorted(numbers), ARRAY(BigInteger())))
