"""Sharing by consent closed by a restore that lost acts, and opened by stewards who have dealt with them (AMENDMENTS 15)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record
from consent.errors import ConsentError, Fault
from consent.queries import closings
from consent.queries.closings import Lost
from consent.queries.register_writes import number_register
from consent.registry import By
from consent.registry.recording import digest_of
from db.engine import Transaction
from db.ids import uuid7

MOST_LETTERS: Final = 4_000
"""Of the words on what was done."""


def close(tx: Transaction, *, log: int | None, first: int | None, last: int | None, at: datetime) -> UUID:
    """Close sharing by consent for everybody; the log tells of it by ``log.restored``. Returns the closing's id."""
    lost = Lost(uuid7(at), log, first, last, at)
    closings.append(tx, lost)
    number_register(tx)
    return lost.closing_id


def worded(why: str) -> None:
    """Ask for words on what was done, and not too many; raises ConsentError."""
    if not 0 < len(why.strip()) <= MOST_LETTERS:
        raise ConsentError(Fault.INVALID_FIELD, "why")


def reopen(tx: Transaction, closing_id: UUID, *, recipient: str, by: By, why: str, at: datetime) -> None:
    """Open sharing by consent for a recipient again; ``why`` says what was done about the acts that were lost.

    Raises ConsentError: ``not_found`` where nothing of it is closed for them any more, ``invalid_field`` without words or with too many.
    """
    worded(why)
    if closing_id not in {each.closing_id for each in closings.waiting(tx, recipient=recipient)}:
        raise ConsentError(Fault.NOT_FOUND, "closing_id")
    closings.open_for(tx, closing_id, recipient=recipient, opened_by=by.user, at=at)
    number_register(tx)
    row = {"closing_id": closing_id, "recipient": recipient, "opened_by": by.user, "recorded_at": at}
    record(
        tx,
        Event(
            id=uuid7(at),
            at=at,
            type=EventType.CONFIG_CHANGED,
            actor=Actor(org=recipient, user=by.user, role=by.role),
            retention=RetentionClass.ADMIN,
            change=ChangeRef(table="consent.opening", id=f"{closing_id}/{recipient}", digest=digest_of(row).hex()),
            text=why.strip(),
        ),
    )
