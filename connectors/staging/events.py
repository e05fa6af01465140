"""What the pulls tell the log, in the transaction of what they did (ACCESS-LOG 3, PIPELINE.md 1)."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, Result, RetentionClass, RunRef
from connectors.ledger import Batch, Connection
from db.ids import uuid7
from schemas.vocabulary import Source

CONNECTOR: Final = Actor(system="connectors")
RETENTION: Final = {
    Source.TE: RetentionClass.EMPLOYMENT,
    Source.KELA: RetentionClass.BENEFIT,
    Source.SOTE: RetentionClass.SOTE,
}


def of_batch(
    type_: EventType, batch: Batch, counts: Mapping[str, int], *, at: datetime, actor: Actor = CONNECTOR
) -> Event:
    """Tell something of a batch: fetched, held, released."""
    return Event(
        id=uuid7(at),
        at=at,
        type=type_,
        actor=actor,
        retention=RETENTION[batch.source],
        change=change("staging.batch", str(batch.batch_id), {"state": type_, "counts": dict(counts)}),
        result=Result(counts=counts),
        run=run_of(batch.source, batch.run_id, task="merge"),
    )


def run_of(source: Source, run_id: UUID, *, task: str) -> RunRef:
    """Name the run of a source's timetable that did something, so that an auditor finds all that it did."""
    return RunRef(dag=f"pull_{source}", run=str(run_id), task=task)


def load_completed(source: Source, counts: Mapping[str, int], *, at: datetime, run_ids: Collection[UUID] = ()) -> Event:
    """Tell that a run's batches are in staging, with their counts; batches of several runs are of none."""
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.LOAD_COMPLETED,
        actor=CONNECTOR,
        retention=RETENTION[source],
        result=Result(counts=counts),
        run=run_of(source, *run_ids, task="merge") if len(run_ids) == 1 else None,
    )


def person_asked(person_id: UUID, batch: Batch, connection: Connection, *, at: datetime) -> Event:
    """Tell that a source is about to be asked about a person by name; whom else the batch names is in its own file."""
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.PERSON_ASKED,
        actor=CONNECTOR,
        retention=RETENTION[batch.source],
        person_id=person_id,
        controllers=(connection.controller,),
        change=change("staging.batch", str(batch.batch_id), {"people": batch.people}),
    )


def identity_changed(person_id: UUID, told_by: str, *, at: datetime) -> Event:
    """Tell that a person has another HETU beside the one known; neither is in the event."""
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.IDENTITY_CHANGED,
        actor=CONNECTOR,
        retention=RETENTION[Source(told_by)],
        person_id=person_id,
        change=change("staging.identity", str(person_id), {"told_by": told_by}),
    )


def person_merged(from_id: UUID, into_id: UUID, *, actor: Actor, at: datetime, text: str) -> Event:
    """Tell that a steward found two persons to be one; `text` is why."""
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.PERSON_MERGED,
        actor=actor,
        retention=RetentionClass.EMPLOYMENT,
        person_id=into_id,
        change=change("staging.person", str(into_id), {"merged": str(from_id)}),
        text=text,
    )


def of_quarantine(
    type_: EventType, quarantine_id: int, source: Source, state: str, *, actor: Actor, at: datetime
) -> Event:
    """Tell a step of a quarantined row: explained, released, discarded."""
    return Event(
        id=uuid7(at),
        at=at,
        type=type_,
        actor=actor,
        retention=RETENTION[source],
        change=change("staging.quarantine", str(quarantine_id), {"state": state}),
    )


def change(table: str, key: str, content: Mapping[str, object]) -> ChangeRef:
    """Refer to the row that was written, by a digest of what was."""
    canonical = json.dumps({"id": key, **content}, sort_keys=True, separators=(",", ":")).encode()
    return ChangeRef(table=table, id=key, digest=sha256(canonical).hexdigest())
