"""What others say of a record: a second steward confirms or rejects it, or it turns out to be an error."""

from datetime import datetime
from typing import Any
from uuid import UUID

from audit.events import EventType
from consent.errors import ConsentError, Fault
from consent.model import Kind
from consent.queries import writes
from consent.queries.writes import ActRow, DenialRow
from consent.registry.denying import Scope, categories_of
from consent.registry.recording import By, DenialRecord, Told, begin, digest_of, finish
from db.engine import Transaction
from db.ids import uuid7


def confirm(tx: Transaction, *, act_id: UUID, accepted: bool, by: By, at: datetime) -> None:
    """Record a second steward's word; never on one's own record, never from another office. A rejection invalidates."""
    found = _act(tx, act_id)
    recorded_at = begin(tx, found.person_id, at)
    found = _act(tx, act_id)
    if found.office != by.office:
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    if found.recorded_by == by.user:
        raise ConsentError(Fault.SAME_STEWARD, "act_id")
    if not found.needs_second or found.confirmed or found.voided:
        raise ConsentError(Fault.INVALID_FIELD, "act_id")
    row = {"act_id": act_id, "confirmed_by": by.user, "confirmed_at": recorded_at, "accepted": accepted}
    writes.append_confirmation(tx, row)
    type_ = EventType.CONSENT_CONFIRMED if accepted else EventType.CONSENT_REJECTED
    told = Told(type=type_, table="consent.confirmation", row_id=act_id, digest=digest_of(row), categories=found.kinds)
    finish(tx, found.person_id, by=by, at=recorded_at, told=told)


def invalidate(
    tx: Transaction, *, act_id: UUID, cause: str, by: By, at: datetime, confirmed_by: str | None = None
) -> None:
    """Record that an act was written down in error: a yes never was, a no ends now.

    Annulling a no needs a second steward, ``confirmed_by``. ``cause`` is a code, not free text.
    """
    found = _act(tx, act_id)
    recorded_at = begin(tx, found.person_id, at)
    found = _act(tx, act_id)
    if found.voided:
        return
    if any(Kind(kind).no for kind in found.kinds.values()) and confirmed_by in (None, by.user):
        raise ConsentError(Fault.SAME_STEWARD, "confirmed_by")
    invalidation_id = uuid7(recorded_at)
    row = {
        "invalidation_id": invalidation_id,
        "act_id": act_id,
        "recorded_at": recorded_at,
        "recorded_by": by.user,
        "confirmed_by": confirmed_by,
        "cause": cause,
    }
    writes.append_invalidation(tx, row)
    told = Told(
        type=EventType.CONSENT_INVALIDATED,
        table="consent.invalidation",
        row_id=invalidation_id,
        digest=digest_of(row),
        categories=found.kinds,
    )
    finish(tx, found.person_id, by=by, at=recorded_at, told=told)


def annul_denial(
    tx: Transaction, *, denial_id: UUID, cause: str, by: By, at: datetime, confirmed_by: str
) -> DenialRecord:
    """Record that a standing no was written down in error: it ends now, and two stewards say so. ``cause`` is a code."""
    recorded_at = begin(tx, _denial(tx, denial_id).person_id, at)
    found = _denial(tx, denial_id)
    if confirmed_by == by.user:
        raise ConsentError(Fault.SAME_STEWARD, "confirmed_by")
    if not found.lifted:
        row: dict[str, Any] = {
            "invalidation_id": uuid7(recorded_at),
            "denial_id": denial_id,
            "recorded_at": recorded_at,
            "recorded_by": by.user,
            "confirmed_by": confirmed_by,
            "cause": cause,
        }
        writes.append_invalidation(tx, row)
        told = Told(
            type=EventType.DENIAL_LIFTED,
            table="consent.invalidation",
            row_id=row["invalidation_id"],
            digest=digest_of(row),
            categories=categories_of(Scope(source=found.source, category=found.category)),
        )
        finish(tx, found.person_id, by=by, at=recorded_at, told=told)
    return DenialRecord(denial_id=denial_id, person_id=found.person_id, digest=found.digest, lifted=True)


def _denial(tx: Transaction, denial_id: UUID) -> DenialRow:
    found = writes.denial_row(tx, denial_id)
    if found is None:
        raise ConsentError(Fault.NOT_FOUND, "denial_id")
    return found


def _act(tx: Transaction, act_id: UUID) -> ActRow:
    found = writes.act_row(tx, act_id)
    if found is None:
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    return found
