"""What waits for a steward, told without a value: refused rows and held batches."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from connectors.ledger import State
from connectors.tables import batch, quarantine
from db.engine import Read
from schemas.vocabulary import Source


class Row(NamedTuple):
    """A refused row without its payload; `failures` are code, field and severity."""

    quarantine_id: int
    source: str
    record: str
    record_key: str
    batch_id: UUID
    person_id: UUID | None
    locator: str
    failures: Sequence[dict[str, Any]]
    suite: str
    state: str
    first_at: datetime
    last_at: datetime
    times: int
    cause: str | None
    owner: str | None
    due_on: date | None
    closed_at: datetime | None
    closed_why: str | None


class Held(NamedTuple):
    """A batch that is held, and why."""

    batch_id: UUID
    connection_id: str
    planned_at: datetime
    held: Sequence[str] | None
    accepted_as_is: bool


_ROW = [quarantine.c[name] for name in Row._fields]
_HELD = [batch.c[name] for name in Held._fields]


def rows(read: Read, *, source: Source | None) -> list[Row]:
    """List the rows that wait, of one source or all, in the order they came."""
    statement = select(*_ROW).where(quarantine.c.closed_at.is_(None)).order_by(quarantine.c.quarantine_id)
    if source is not None:
        statement = statement.where(quarantine.c.source == source)
    return [Row(*row) for row in read.execute(statement)]


def row(read: Read, *, quarantine_id: int) -> Row | None:
    """Give one row, closed or not."""
    found = read.execute(select(*_ROW).where(quarantine.c.quarantine_id == quarantine_id)).first()
    return None if found is None else Row(*found)


def held(read: Read) -> list[Held]:
    """List the batches that are held, the newest last."""
    statement = select(*_HELD).where(batch.c.state == State.HELD).order_by(batch.c.planned_at)
    return [Held(*row) for row in read.execute(statement)]
