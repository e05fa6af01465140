"""Entries of the feeds: one to be written, and those that a recipient reads, under its own names for people."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from audit.queries.pages import Told
from consent.tables import person
from db.engine import Read
from publish.tables import change, person_ref


class Change(NamedTuple):
    """An entry of a feed to be written: ``changed`` or ``removed``."""

    recipient: str
    person_id: UUID
    kind: str


class Entry(NamedTuple):
    """An entry: whom it is about by the recipient's name for them, and ``changed`` or ``removed``."""

    seq: int
    person_id: UUID
    ref: UUID
    kind: str
    at: datetime


def entries(
    read: Read, *, recipient: str, after: int, limit: int, at: datetime, refs: Collection[UUID] | None = None
) -> list[Entry]:
    """List entries behind a number; of the people that the recipient names so, where it names any.

    Of whom a machine may be shown nothing, whoever asks, there is only ``removed``, also before that is published (AMENDMENTS 2, 8).
    """
    of = change.c
    among = () if refs is None else (person_ref.c.ref.in_(refs),)
    rows = read.execute(
        select(of.seq, of.person_id, person_ref.c.ref, case((_closed(at), "removed"), else_=of.kind), of.at)
        .join(person_ref, and_(person_ref.c.recipient == of.recipient, person_ref.c.person_id == of.person_id))
        .outerjoin(person, person.c.person_id == of.person_id)
        .where(of.recipient == recipient, of.seq > after, of.superseded.is_(False), *among)
        .order_by(of.seq)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def _closed(at: datetime) -> ColumnElement[bool]:
    return or_(person.c.protected, person.c.deceased_at <= at)


def newest(read: Read, *, recipient: str, before: datetime | None = None) -> int:
    """Give the number of a feed's last entry, of those older than a moment if one is named; 0 when there is none."""
    of = change.c
    older = () if before is None else (of.at < before,)
    rows = read.execute(select(func.coalesce(func.max(of.seq), 0)).where(of.recipient == recipient, *older))
    return int(rows.scalar_one())


def told_on(read: Read, *, recipient: str, first: int, last: int, at: datetime) -> list[tuple[int, UUID]]:
    """List the entries of a stretch of a feed, both ends in it, that none had replaced at a moment, with whom each is about."""
    of, newer = change.c, change.alias("newer").c
    same = and_(newer.recipient == of.recipient, newer.person_id == of.person_id, newer.seq > of.seq)
    replaced = exists().where(same, newer.at <= at)
    rows = read.execute(
        select(of.seq, of.person_id)
        .where(of.recipient == recipient, of.seq >= first, of.seq <= last, ~replaced)
        .order_by(of.seq)
    )
    return [(seq, person_id) for seq, person_id in rows]


def entries_about(read: Read, *, person_id: UUID) -> list[Told]:
    """List every entry of any feed that told of a person, with when the next one took its place."""
    of = change.c
    replaced = func.lead(of.at).over(partition_by=of.recipient, order_by=of.seq)
    rows = read.execute(select(of.recipient, of.seq, replaced).where(of.person_id == person_id))
    return [Told(*row) for row in rows]
