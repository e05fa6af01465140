"""Events as FHIR R4 AuditEvents, a line each (HL7 FHIR 4.0.1; IHE BALP 1.1.4).

A disclosure is an export (profile PrivacyDisclosure.Source), a decision a security alert (AuthZconsent); what names all that its profile
asks for says so in ``meta``. People and workers stand in it by their pseudonyms, as in the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from audit.events import Outcome
from audit.fhir import agents, codes, entities
from audit.fhir.codes import Node
from audit.queries.search import Found
from audit.reading import Entry, entry_in, members_of

_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PERMIT: "0",
    Outcome.PARTIAL: "0",
    Outcome.OK: "0",
    Outcome.DENY: "8",
    Outcome.ERROR: "12",
}
_MILLISECONDS: Final = len("2026-06-01T09:00:00.000")
_READING: Final = ("disclosure", "log", "person")


def as_ndjson(found: Sequence[Found]) -> bytes:
    """Write events, an AuditEvent a line, in their order."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(audit_event(each)) + b"\n" for each in found)


def audit_event(found: Found) -> Node:
    """Write one event."""
    members = members_of(found.entry)
    entry = entry_in(members)
    family = entry.type.value.partition(".")[0]
    about = list(_entities(family, entry, members))
    return {
        "resourceType": "AuditEvent",
        "id": members["id"],
        **_meta(family, entry),
        **_type(family, entry),
        "action": "R" if family in _READING else "E",
        "period": {"start": _instant(members["t"])},
        "recorded": _instant(members["seq_t"]),
        "outcome": _OUTCOMES[entry.outcome],
        **(
            {"purposeOfEvent": [{"coding": [{"system": codes.PURPOSES, "code": entry.purpose}]}]}
            if entry.purpose
            else {}
        ),
        "agent": list(_agents(family, entry, members)),
        "source": {"site": f"{found.log}/{found.index}", "observer": agents.OBSERVER},
        **({"entity": about} if about else {}),
    }


def _type(family: str, entry: Entry) -> Node:
    """Name what it was: a disclosure, a decision, a reading of the log, or another event by its own type."""
    own = {"system": codes.EVENT_TYPES, "code": entry.type.value}
    if family == "disclosure":
        return {"type": codes.EXPORT, "subtype": [codes.DISCLOSE, own]}
    if family == "query":
        return {"type": codes.ALERT, "subtype": [codes.BY_CONSENT]}
    return {"type": codes.LOG_USED if family == "log" else own, "subtype": [own]}


def _meta(family: str, entry: Entry) -> Node:
    """Claim a profile where all is there that it asks for: a feed page names nobody, and a law is no consent."""
    named = entry.person and entry.org and entry.system
    if family == "disclosure" and named and entry.categories:
        return {"meta": {"profile": [codes.DISCLOSURE_PROFILE]}}
    if family == "query" and named and entry.user and entry.consents:
        return {"meta": {"profile": [codes.DECISION_PROFILE]}}
    return {}


def _agents(family: str, entry: Entry, members: Mapping[str, Any]) -> Iterator[Node]:
    if family == "disclosure":
        return agents.of_disclosure(entry, members.get("controllers", ()))
    return agents.of_decision(entry) if family == "query" else agents.of_other(entry)


def _entities(family: str, entry: Entry, members: Mapping[str, Any]) -> Iterator[Node]:
    if family == "query":
        return entities.of_decision(entry)
    return entities.of_disclosure(entry, members.get("request", {}).get("xroad", {}).get("id"))


def _instant(at: str) -> str:
    """Cut a moment of the log, in microseconds, to FHIR's milliseconds."""
    return f"{at[:_MILLISECONDS]}Z"
