"""Whom a FHIR Consent's patient means: by the pseudonym that we export, or by identity code; and whether the office may know of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from audit.events import Actor, Event, EventType, RetentionClass
from audit.log import record
from consent.queries import recorded
from consent.registry import By
from db.engine import Transaction
from db.ids import uuid7
from publish.importing.fhir import Find
from publish.people import barred, person_of
from schemas.identifiers import Hetu, InvalidIdentifier

HETU_SYSTEM: Final = "urn:oid:1.2.246.21"
_REFERENCE: Final = "Patient/"

Node = Mapping[str, Any]


def clients_of(tx: Transaction, *, by: By, at: datetime) -> Find:
    """Look for clients of a steward's office; each look-up is told to the log, and who is no client of theirs is not found."""

    def find(patient: Node) -> UUID | None:
        found = _by_pseudonym(tx, patient) or _by_code(tx, patient)
        record(tx, _searched(found, by, at))
        if found is None or barred(tx, person_id=found, office=by.office or "", at=at):
            return None
        return found

    return find


def _by_pseudonym(tx: Transaction, patient: Node) -> UUID | None:
    reference = patient.get("reference")
    try:
        return recorded.subject(tx, UUID(str(reference).removeprefix(_REFERENCE)))
    except ValueError:
        return None


def _by_code(tx: Transaction, patient: Node) -> UUID | None:
    identifier = patient.get("identifier")
    if not isinstance(identifier, dict) or identifier.get("system") != HETU_SYSTEM:
        return None
    try:
        hetu = Hetu.parse(str(identifier.get("value")), artificial_only=tx.keyring.development)
    except InvalidIdentifier:
        return None
    return person_of(tx, hetu)


def _searched(found: UUID | None, by: By, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.PERSON_SEARCHED,
        actor=Actor(org=by.office, user=by.user, role=by.role),
        retention=RetentionClass.ADMIN,
        person_id=found,
    )
