"""When sharing by consent was closed, for whom it was opened again, and what was lost."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, select

from consent.model.closing import Closing
from consent.tables import closing, opening
from db.engine import Read, Transaction


class Lost(NamedTuple):
    """What a restore lost of the log: events ``first`` to ``last``, each included; None where nobody knows."""

    closing_id: UUID
    log: int | None
    first: int | None
    last: int | None
    closed_at: datetime


def closings(read: Read, *, known_at: datetime) -> tuple[Closing, ...]:
    """List every closing recorded by a moment, with whom it had been opened for by then."""
    opened: dict[UUID, set[str]] = defaultdict(set)
    for closing_id, recipient in read.execute(
        select(opening.c.closing_id, opening.c.recipient).where(opening.c.recorded_at <= known_at)
    ):
        opened[closing_id].add(recipient)
    rows = read.execute(select(closing.c.closing_id, closing.c.closed_at).where(closing.c.recorded_at <= known_at))
    return tuple(Closing(closed_at, frozenset(opened[closing_id])) for closing_id, closed_at in rows)


def waiting(read: Read, *, recipient: str) -> list[Lost]:
    """List the closings that a recipient's stewards have not dealt with, the oldest first."""
    of = closing.c
    dealt_with = select(opening.c.closing_id).where(
        opening.c.closing_id == of.closing_id, opening.c.recipient == recipient
    )
    rows = read.execute(
        select(of.closing_id, of.log, of.first, of.last, of.closed_at)
        .where(~dealt_with.exists())
        .order_by(of.closed_at, of.closing_id)
    )
    return [Lost(*row) for row in rows]


def append(tx: Transaction, lost: Lost) -> None:
    """Close sharing by consent."""
    tx.execute(insert(closing).values(**lost._asdict(), recorded_at=lost.closed_at))


def open_for(tx: Transaction, closing_id: UUID, *, recipient: str, opened_by: str, at: datetime) -> None:
    """Note that a recipient's steward has dealt with what was lost."""
    row = {"closing_id": closing_id, "recipient": recipient, "opened_by": opened_by, "recorded_at": at}
    tx.execute(insert(opening).values(**row))
