"""Who was told of an ending: notices added, taken, fetched and reported applied."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select, update

from consent.tables import act
from db.engine import Read, Transaction
from publish.tables import change, outbox


class Notice(NamedTuple):
    """That a recipient was told, and how far that has come; ``done`` is what it says it did."""

    notice_id: UUID
    person_id: UUID
    recipient: str
    seq: int
    about: UUID
    event: str
    told_at: datetime
    taken_at: datetime | None = None
    fetched_at: datetime | None = None
    applied_at: datetime | None = None
    done: str | None = None


def entries(read: Read, *, person_id: UUID, recipients: Sequence[str]) -> dict[str, int]:
    """Give the number of a person's newest entry in the feed of each of these recipients."""
    of = change.c
    rows = read.execute(
        select(of.recipient, of.seq).where(
            of.person_id == person_id, of.recipient.in_(recipients), of.superseded.is_(False)
        )
    )
    return {row.recipient: row.seq for row in rows}


def append(tx: Transaction, notices: Sequence[Notice]) -> None:
    """Add notices."""
    tx.execute(insert(outbox), [notice._asdict() for notice in notices])


def take(tx: Transaction, *, limit: int, at: datetime) -> list[Notice]:
    """Take notices that nobody has taken, the oldest first; what another transaction is taking is passed by."""
    of = outbox.c
    free = (
        select(of.notice_id)
        .where(of.taken_at.is_(None))
        .order_by(of.told_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.execute(update(outbox).where(of.notice_id.in_(free)).values(taken_at=at).returning(*_columns()))
    return sorted((Notice(*row) for row in rows), key=lambda notice: notice.told_at)


def fetched(
    tx: Transaction, *, recipient: str, last: int, at: datetime, people: Collection[UUID] | None = None
) -> None:
    """Note that a recipient has fetched its feed up to an entry; of some people only, where it asked about those."""
    of = outbox.c
    whose = () if people is None else (of.person_id.in_(people),)
    tx.execute(
        update(outbox)
        .where(of.recipient == recipient, of.seq <= last, of.fetched_at.is_(None), *whose)
        .values(fetched_at=at)
    )


def entry_of(read: Read, *, recipient: str, seq: int) -> UUID | None:
    """Tell whom an entry of a recipient's feed is about; None when it has no such entry."""
    of = change.c
    return read.execute(select(of.person_id).where(of.recipient == recipient, of.seq == seq)).scalar_one_or_none()


def applied(tx: Transaction, *, recipient: str, person_id: UUID, seq: int, done: str, at: datetime) -> list[Notice]:
    """Note that a recipient has acted on an entry, and so on all before it about the same person; gives those not yet reported."""
    of = outbox.c
    rows = tx.execute(
        update(outbox)
        .where(of.recipient == recipient, of.person_id == person_id, of.seq <= seq, of.applied_at.is_(None))
        .values(applied_at=at, done=done)
        .returning(*_columns())
    )
    return [Notice(*row) for row in rows]


def about(read: Read, about_id: UUID) -> list[Notice]:
    """List who was told of an act, a denial or a pause, by recipient."""
    return _notices(read, outbox.c.about == about_id)


def unapplied(
    read: Read, *, told_before: datetime, office: str | None = None, limit: int | None = None
) -> list[Notice]:
    """List the notices told before a moment that nobody has reported applied, the oldest first.

    Of an ``office``: those told to it, and those told to anybody of an act that it recorded.
    """
    of = outbox.c
    recorded = select(act.c.act_id).where(act.c.office == office)
    whose = () if office is None else (or_(of.recipient == office, of.about.in_(recorded)),)
    return _notices(read, of.applied_at.is_(None), of.told_at <= told_before, *whose, limit=limit)


def _notices(read: Read, *wanted: ColumnElement[bool], limit: int | None = None) -> list[Notice]:
    of = outbox.c
    rows = read.execute(select(*_columns()).where(*wanted).order_by(of.told_at, of.recipient).limit(limit))
    return [Notice(*row) for row in rows]


def _columns() -> list[ColumnElement[Any]]:
    return [outbox.c[name] for name in Notice._fields]
