"""What an event was about, as entities of an AuditEvent: the person, the consents, the kinds of data with what was decided of each."""

from collections.abc import Iterator

from audit.fhir import codes
from audit.fhir.codes import Node
from audit.reading import Entry


def of_disclosure(entry: Entry, xroad_id: str | None) -> Iterator[Node]:
    """Give the person, the consents that decided, and the kinds of data."""
    yield from _people_and_consents(entry, [])
    told = _kinds(entry) + ([_detail("xroadId", xroad_id)] if xroad_id else [])
    if told:
        type_ = {"system": codes.ENTITY_TYPE, "code": "2", "display": "System Object"}
        yield {"type": type_, "role": _role("4", "Domain Resource"), "detail": told}


def of_decision(entry: Entry) -> Iterator[Node]:
    """Give the person with what was decided of each kind of data, and the consents: a decision may name nothing else."""
    return _people_and_consents(entry, _kinds(entry))


def _people_and_consents(entry: Entry, told: list[Node]) -> Iterator[Node]:
    if entry.person:
        identifier = {"system": codes.PSEUDONYMS, "value": entry.person}
        yield {
            "what": {"type": "Patient", "identifier": identifier},
            "type": {"system": codes.ENTITY_TYPE, "code": "1", "display": "Person"},
            "role": _role("1", "Patient"),
        } | ({"detail": told} if told else {})
    for consent in entry.consents:
        type_ = {"system": codes.RESOURCE_TYPE, "code": "Consent", "display": "Consent"}
        yield {"what": {"reference": f"Consent/{consent.act}"}, "type": type_}


def _kinds(entry: Entry) -> list[Node]:
    return [
        *(_detail("dataClass", category) for category in entry.given),
        *(_detail("dataClassWithheld", category) for category in entry.withheld),
        *(_detail("reason", f"{category} {reason}") for category, reason in sorted(entry.reasons.items())),
    ]


def _role(code: str, display: str) -> Node:
    return {"system": codes.OBJECT_ROLE, "code": code, "display": display}


def _detail(kind: str, value: str) -> Node:
    return {"type": kind, "valueString": value}
