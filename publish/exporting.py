"""All that a person has said, handed out in the form of a standard: the look is in their log (CONSENT.md 13)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from audit.events import Actor, Event, EventType, RetentionClass
from consent import exports
from consent.errors import ConsentError, Fault
from consent.model import Kind
from consent.queries import receipts, writes
from db.engine import Read
from db.ids import uuid7
from publish.withdrawal import signed, withdrawal


class Form(StrEnum):
    """ISO/IEC TS 27560 in JSON-LD, a record an agreement; or HL7 FHIR R4, a Consent an act, denial or pause."""

    DPV = "27560"
    FHIR = "fhir"


def export(read: Read, *, person_id: UUID, form: Form, by: Actor, at: datetime) -> tuple[dict[str, Any], Event]:
    """Give one JSON object that holds it all, empty where nothing was said, and the event to be sealed before it is shown.

    Raises PartyNotDescribed: no record is made without a field that its standard demands.
    """
    told = _bundle(read, person_id, at) if form is Form.FHIR else _graph(read, person_id)
    return told, _viewed(person_id, by, at)


def proof(read: Read, *, act_id: UUID, by: Actor, at: datetime) -> tuple[str, Event]:
    """Give the signed proof of a withdrawal, a refusal or a controller's end, as it stands, and the event to be sealed before it is shown.

    Raises ConsentError for any other act.
    """
    act = writes.act_row(read, act_id)
    if act is None or not any(Kind(kind).no or Kind(kind) is Kind.REVOKED for kind in act.kinds.values()):
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    return signed(read, withdrawal(read, act_id, at=at), at=at), _viewed(act.person_id, by, at)


def _viewed(person_id: UUID, by: Actor, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.PERSON_VIEWED,
        actor=by,
        retention=RetentionClass.SOTE,
        person_id=person_id,
    )


def _bundle(read: Read, person_id: UUID, at: datetime) -> dict[str, Any]:
    told = [{"resource": each} for each in exports.consents(read, person_id=person_id, at=at)]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": told} if told else {})}


def _graph(read: Read, person_id: UUID) -> dict[str, Any]:
    found = (exports.record(read, person_id=person_id, agreement_id=each) for each in _agreements(read, person_id))
    return {"@graph": [told for told in found if told is not None]}


def _agreements(read: Read, person_id: UUID) -> Sequence[UUID]:
    """Name the agreements of which something was said, the earliest first."""
    kept = reversed(receipts.of_person(read, person_id))
    return list(dict.fromkeys(each.agreement_id for each in kept if each.agreement_id is not None))
