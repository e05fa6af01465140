"""All that a person has said, handed out in the form of a standard: the look is in their log (CONSENT.md 13)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from audit.events import Actor, Event, EventType, RetentionClass
from audit.log import record
from consent import exports
from consent.errors import ConsentError, Fault
from consent.model import Kind
from consent.queries import receipts, writes
from db.engine import Transaction
from db.ids import uuid7
from publish.withdrawal import signed, withdrawal


class Form(StrEnum):
    """ISO/IEC TS 27560 in JSON-LD, a record an agreement; or HL7 FHIR R4, a Consent an act, denial or pause."""

    DPV = "27560"
    FHIR = "fhir"


def export(tx: Transaction, *, person_id: UUID, form: Form, by: Actor, at: datetime) -> dict[str, Any]:
    """Give one JSON object that holds it all, empty where nothing was said.

    Raises PartyNotDescribed: no record is made without a field that its standard demands.
    """
    record(tx, _viewed(person_id, by, at))
    return _bundle(tx, person_id, at) if form is Form.FHIR else _graph(tx, person_id)


def proof(tx: Transaction, *, act_id: UUID, by: Actor, at: datetime) -> tuple[str, Event]:
    """Give the signed proof of a withdrawal, a refusal or a controller's end, as it stands, and the event to be sealed before it is shown.

    Raises ConsentError for any other act.
    """
    act = writes.act_row(tx, act_id)
    if act is None or not any(Kind(kind).no or Kind(kind) is Kind.REVOKED for kind in act.kinds.values()):
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    return signed(tx, withdrawal(tx, act_id, at=at), at=at), _viewed(act.person_id, by, at)


def _viewed(person_id: UUID, by: Actor, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.PERSON_VIEWED,
        actor=by,
        retention=RetentionClass.SOTE,
        person_id=person_id,
    )


def _bundle(tx: Transaction, person_id: UUID, at: datetime) -> dict[str, Any]:
    told = [{"resource": each} for each in exports.consents(tx, person_id=person_id, at=at)]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": told} if told else {})}


def _graph(tx: Transaction, person_id: UUID) -> dict[str, Any]:
    found = (exports.record(tx, person_id=person_id, agreement_id=each) for each in _agreements(tx, person_id))
    return {"@graph": [told for told in found if told is not None]}


def _agreements(tx: Transaction, person_id: UUID) -> Sequence[UUID]:
    """Name the agreements of which something was said, the earliest first."""
    kept = reversed(receipts.of_person(tx, person_id))
    return list(dict.fromkeys(each.agreement_id for each in kept if each.agreement_id is not None))
