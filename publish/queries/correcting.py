"""Requests for correction on their way: written, handed over, answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update

from db.engine import Read, Transaction
from publish.tables import correction


class Row(NamedTuple):
    """A request as it stands; ``words`` and ``answer`` are encrypted."""

    correction_id: UUID
    person_id: UUID
    controller: str
    category: str
    words: bytes
    asked_at: datetime
    tried_at: datetime | None
    handed_at: datetime | None
    reference: str | None
    outcome: str | None
    answer: bytes | None
    answered_at: datetime | None
    reason: str | None


def put(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Add a request."""
    tx.execute(insert(correction).values(**row))


def unanswered(read: Read, *, limit: int) -> list[Row]:
    """List requests without an answer: first those that were not tried, then the ones tried longest ago."""
    of = correction.c
    return _rows(read, of.answered_at.is_(None), limit=limit)


def of_person(read: Read, *, person_id: UUID) -> list[Row]:
    """List a person's requests."""
    return _rows(read, correction.c.person_id == person_id)


def one(read: Read, *, correction_id: UUID) -> Row | None:
    """Give one request."""
    return next(iter(_rows(read, correction.c.correction_id == correction_id)), None)


def note(tx: Transaction, *, correction_id: UUID, noted: Mapping[str, Any]) -> bool:
    """Write what came of a try; tell whether it was written, for a step that another try has taken meanwhile is not taken again."""
    of = correction.c
    taken = of.handed_at if "handed_at" in noted else of.answered_at
    mine = update(correction).where(of.correction_id == correction_id, of.answered_at.is_(None), taken.is_(None))
    return tx.execute(mine.values(**noted)).rowcount > 0


def _rows(read: Read, wanted: ColumnElement[bool], *, limit: int | None = None) -> list[Row]:
    of = correction.c
    columns = [of[name] for name in Row._fields]
    rows = read.execute(
        select(*columns).where(wanted).order_by(of.tried_at.asc().nulls_first(), of.asked_at).limit(limit)
    )
    return [Row(*row) for row in rows]
