"""Events as FHIR R4 AuditEvents, a line each: disclosures as exports, decisions as consent decisions (HL7 FHIR 4.0.1; IHE BALP).

Shape of ``reference/fhir/auditevent.json``. People and workers stand in it by their pseudonyms, as in the log.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from audit.events import Outcome
from audit.queries.search import Found
from audit.reading import Entry, entry_of

DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
BALP_SUBTYPE: Final = "http://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
OBJECT_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
BUSINESS_ID: Final = "urn:oid:1.2.246.10"
PURPOSES: Final = "urn:luukku:purpose"
EVENT_TYPES: Final = "urn:luukku:event-type"
PSEUDONYMS: Final = "urn:luukku:pseudonym"
_EXPORT: Final = {"system": DCM, "code": "110106", "display": "Export"}
_ALERT: Final = {"system": DCM, "code": "110113", "display": "Security Alert"}
_READ: Final = {"system": DCM, "code": "110101", "display": "Audit Log Used"}
_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PERMIT: "0",
    Outcome.PARTIAL: "0",
    Outcome.OK: "0",
    Outcome.DENY: "8",
    Outcome.ERROR: "12",
}

Node = dict[str, Any]


def as_ndjson(found: Sequence[Found]) -> bytes:
    """Write events, an AuditEvent a line, in their order."""
    return b"".join(json.dumps(audit_event(each), ensure_ascii=False).encode() + b"\n" for each in found)


def audit_event(found: Found) -> Node:
    """Write one event."""
    entry, members = entry_of(found.entry), msgspec.json.decode(found.entry)
    return {
        "resourceType": "AuditEvent",
        "id": str(entry.id),
        **_type(entry),
        "action": "R" if entry.type.value.startswith(("disclosure", "query", "log", "person")) else "E",
        "recorded": _instant(entry.sealed_at),
        "period": {"start": _instant(entry.at)},
        "outcome": _OUTCOMES[entry.outcome],
        **({"purposeOfEvent": [{"coding": [{"system": PURPOSES, "code": entry.purpose}]}]} if entry.purpose else {}),
        "agent": list(_agents(entry, members.get("controllers", ()))),
        "source": {"observer": {"display": f"luukku/audit/{found.log}/{found.index}"}},
        "entity": list(_entities(entry)),
    }


def _type(entry: Entry) -> Node:
    """Name what it was: a disclosure, a decision, a reading of the log, or another event by its own type."""
    family = entry.type.value.partition(".")[0]
    own = {"system": EVENT_TYPES, "code": entry.type.value}
    if family == "disclosure":
        return {"type": _EXPORT, "subtype": [{"system": LIFECYCLE, "code": "disclose"}, own]}
    if family == "query":
        return {"type": _ALERT, "subtype": [{"system": BALP_SUBTYPE, "code": "AuthZ-Consent"}, own]}
    return {"type": _READ if family == "log" else own, "subtype": [own]}


def _agents(entry: Entry, controllers: Sequence[str]) -> Iterator[Node]:
    """Give who disclosed, who received, and who asked; the asker is the requestor, and somebody always is."""
    for controller in controllers:
        yield _agent(DCM, "110153", BUSINESS_ID, controller, asked=False)
    if entry.org:
        yield _agent(DCM, "110152", BUSINESS_ID, entry.org, asked=entry.user is None)
    if entry.user:
        yield _agent(PARTICIPATION, "IRCP", PSEUDONYMS, entry.user, asked=True)
    if not entry.org and not entry.user:
        yield _agent(DCM, "110150", EVENT_TYPES, entry.system or "luukku", asked=True)


def _agent(system: str, code: str, naming: str, name: str, *, asked: bool) -> Node:
    return {
        "type": {"coding": [{"system": system, "code": code}]},
        "who": {"identifier": {"system": naming, "value": name}},
        "requestor": asked,
    }


def _entities(entry: Entry) -> Iterator[Node]:
    """Give whom it was about, the consents that decided, and the kinds of data with what was decided of each."""
    if entry.person:
        yield _entity("1", "Patient", {"identifier": {"system": PSEUDONYMS, "value": entry.person}})
    for consent in entry.consents:
        yield _entity("4", "Domain Resource", {"reference": f"Consent/{consent.act}"})
    if entry.categories:
        told = [_detail("dataClass", category) for category in entry.given]
        told += [_detail("dataClassWithheld", category) for category in entry.withheld]
        told += [_detail("reason", f"{category} {reason}") for category, reason in sorted(entry.reasons.items())]
        classes = {"type": {"system": ENTITY_TYPE, "code": "2", "display": "System Object"}}
        yield classes | ({"detail": told} if told else {})


def _entity(code: str, display: str, what: Node) -> Node:
    return {"what": what, "role": {"system": OBJECT_ROLE, "code": code, "display": display}}


def _detail(kind: str, value: str) -> Node:
    return {"type": kind, "valueString": value}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
