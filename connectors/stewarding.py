"""What stewards decide about what was refused or held; each step is an event in its own transaction (PIPELINE.md 3)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from audit import log
from audit.events import Actor, EventType
from connectors.ledger import State
from connectors.queries import books, quarantine
from connectors.staging import events
from db.engine import Transaction


class NotWaiting(LookupError):
    """There is no such row or batch that waits for a steward."""


class Ground(StrEnum):
    """Why a row will never be taken."""

    SOURCE_WITHDREW = "source_withdrew"
    NOT_OURS = "not_ours"
    RETENTION = "retention"


def explain(
    tx: Transaction, *, quarantine_id: int, cause: str, owner: str, due_on: date, by: Actor, at: datetime
) -> None:
    """Write why a row broke, who mends it and by when. Raises NotWaiting."""
    _tell(tx, EventType.QUARANTINE_EXPLAINED, quarantine_id=quarantine_id, state="explained", by=by, at=at)
    quarantine.explain(tx, quarantine_id=quarantine_id, cause=cause, owner=owner, due_on=due_on)


def discard(tx: Transaction, *, quarantine_id: int, why: Ground, by: Actor, at: datetime) -> None:
    """Close a row that will never be taken. Raises NotWaiting."""
    _tell(tx, EventType.QUARANTINE_DISCARDED, quarantine_id=quarantine_id, state=why.value, by=by, at=at)
    quarantine.discard(tx, quarantine_id=quarantine_id, why=why.value, at=at)


def _tell(tx: Transaction, type_: EventType, *, quarantine_id: int, state: str, by: Actor, at: datetime) -> None:
    source = quarantine.source_of(tx, quarantine_id=quarantine_id)
    if source is None:
        raise NotWaiting("No such row waits in quarantine.")
    log.record(tx, events.of_quarantine(type_, quarantine_id, source, state, actor=by, at=at))


def accept(tx: Transaction, *, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Let a held batch be merged as it is, with the next run. Raises NotWaiting."""
    _release(tx, batch_id, State.HELD, by, at)


def reject(tx: Transaction, *, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Give up a held batch: the next run pulls it again, for its watermark has not moved. Raises NotWaiting."""
    _release(tx, batch_id, State.FAILED, by, at)


def _release(tx: Transaction, batch_id: UUID, state: State, by: Actor, at: datetime) -> None:
    held = [each for each in books.batches(tx, batch_ids=[batch_id], locked=True) if each.state is State.HELD]
    if not held:
        raise NotWaiting("No such batch waits for a steward.")
    books.release(tx, batch_id=batch_id, state=state, accepted=state is State.HELD)
    log.record(tx, events.of_batch(EventType.BATCH_RELEASED, held[0], held[0].counts, at=at, actor=by))
