"""Who may speak for a person, the answers on their authority, and pauses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.events import EventType
from consent.errors import ConsentError, Fault
from consent.model import RepresentationKind
from consent.queries import writes
from consent.registry import guards
from consent.registry.recording import By, Told, begin, digest_of, finish
from db.engine import Transaction
from db.ids import uuid7


def represent(
    tx: Transaction,
    *,
    person_id: UUID,
    representative: UUID,
    kind: RepresentationKind,
    allowed: bool,
    by: By,
    at: datetime,
) -> UUID:
    """Note who speaks for a person, with the first answer on their authority, and return the voice's id."""
    recorded_at = begin(tx, person_id, at)
    representation_id = uuid7(recorded_at)
    row = {
        "representation_id": representation_id,
        "person_id": person_id,
        "representative": representative,
        "kind": kind,
        "recorded_at": recorded_at,
    }
    writes.append_representation(tx, row)
    _answered(
        tx, person_id, {"representation_id": representation_id, "checked_at": recorded_at, "allowed": allowed}, by=by
    )
    return representation_id


def check(
    tx: Transaction,
    *,
    representation_id: UUID,
    allowed: bool,
    by: By,
    at: datetime,
    answer_ref: str | None = None,
) -> None:
    """Record an answer on a representative's authority; why it was refused is not kept."""
    person_id = writes.owner_of_voice(tx, representation_id)
    if person_id is None:
        raise ConsentError(Fault.NOT_FOUND, "representation_id")
    recorded_at = begin(tx, person_id, at)
    row = {"representation_id": representation_id, "checked_at": recorded_at, "allowed": allowed}
    _answered(tx, person_id, {**row, "answer_ref": answer_ref}, by=by)


def _answered(tx: Transaction, person_id: UUID, row: Mapping[str, Any], *, by: By) -> None:
    """Append an answer, with its event: each answer of the register of mandates is one (ACCESS-LOG 3)."""
    whole = {"answer_ref": None, **row}
    writes.append_check(tx, whole)
    told = Told(
        type=EventType.REPRESENTATION_CHECKED,
        table="consent.representation_check",
        row_id=whole["representation_id"],
        digest=digest_of(whole),
    )
    finish(tx, person_id, by=by, at=whole["checked_at"], told=told)


def suspend(
    tx: Transaction, *, person_id: UUID, agreement_id: UUID, by: By, at: datetime, until_at: datetime | None = None
) -> UUID:
    """Pause all of a person's keys under an agreement from now on, and return the pause's id."""
    recorded_at = begin(tx, person_id, at)
    row: dict[str, Any] = {
        "suspension_id": uuid7(recorded_at),
        "person_id": person_id,
        "agreement_id": agreement_id,
        "from_at": recorded_at,
        "until_at": until_at,
        "recorded_at": recorded_at,
        "recorded_by": by.user,
    }
    _pause(tx, EventType.CONSENT_SUSPENDED, row, by=by)
    suspension_id: UUID = row["suspension_id"]
    return suspension_id


def resume(tx: Transaction, *, suspension_id: UUID, by: By, at: datetime) -> None:
    """End a pause now."""
    pause = writes.pause_row(tx, suspension_id)
    if pause is None:
        raise ConsentError(Fault.NOT_FOUND, "suspension_id")
    recorded_at = begin(tx, pause["person_id"], at)
    row = {**pause, "until_at": recorded_at, "recorded_at": recorded_at, "recorded_by": by.user}
    _pause(tx, EventType.CONSENT_RESUMED, row, by=by)


def _pause(tx: Transaction, type_: EventType, row: Mapping[str, Any], *, by: By) -> None:
    terms = guards.agreed(tx, row["agreement_id"])
    writes.append_pause(tx, row)
    told = Told(
        type=type_,
        table="consent.suspension",
        row_id=row["suspension_id"],
        digest=digest_of(row),
        categories=terms.categories,
        purpose=terms.purpose,
        controllers=(terms.controller,),
    )
    finish(tx, row["person_id"], by=by, at=row["recorded_at"], told=told)
