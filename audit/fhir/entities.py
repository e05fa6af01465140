"""What an event was about, as entities of an AuditEvent: the person, the consents, the kinds of data with what was decided of each."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec import Raw

from audit.fhir import codes
from audit.fhir.codes import Node, fixed
from audit.fhir.told import Told

_KEPT: Final = 4_096
"""Kinds of data, alone and with a reason, that are kept as written."""


def of_disclosure(told: Told) -> Iterator[Node]:
    """Give the person, the consents that decided, and the kinds of data."""
    yield from _people_and_consents(told, [])
    xroad_id = told.request.xroad.id
    details = _kinds(told) + ([_detail("xroadId", xroad_id)] if xroad_id else [])
    if details:
        yield {"type": _SYSTEM_OBJECT, "role": _DOMAIN_RESOURCE, "detail": details}


def of_decision(told: Told) -> Iterator[Node]:
    """Give the person with what was decided of each kind of data, and the consents: a decision may name nothing else."""
    return _people_and_consents(told, _kinds(told))


def _people_and_consents(told: Told, details: list[Raw]) -> Iterator[Node]:
    if told.person:
        identifier = {"system": codes.PSEUDONYMS, "value": told.person}
        person: Node = {"what": {"type": "Patient", "identifier": identifier}, "type": _PERSON, "role": _PATIENT}
        yield person | {"detail": details} if details else person
    for consent in told.consents:
        yield {"what": {"reference": f"Consent/{consent.act}"}, "type": _CONSENT}


def _kinds(told: Told) -> list[Raw]:
    reasons = sorted(told.decision.reason.items())
    return [
        *(_kind("dataClass", category) for category in told.given),
        *(_kind("dataClassWithheld", category) for category in told.withheld),
        *(_kind("reason", f"{category} {reason}") for category, reason in reasons),
    ]


@lru_cache(maxsize=_KEPT)
def _kind(kind: str, value: str) -> Raw:
    return _detail(kind, value)


def _detail(kind: str, value: str) -> Raw:
    return fixed({"type": kind, "valueString": value})


def _role(code: str, display: str) -> Raw:
    return fixed({"system": codes.OBJECT_ROLE, "code": code, "display": display})


_PERSON: Final = fixed({"system": codes.ENTITY_TYPE, "code": "1", "display": "Person"})
_PATIENT: Final = _role("1", "Patient")
_SYSTEM_OBJECT: Final = fixed({"system": codes.ENTITY_TYPE, "code": "2", "display": "System Object"})
_DOMAIN_RESOURCE: Final = _role("4", "Domain Resource")
_CONSENT: Final = fixed({"system": codes.RESOURCE_TYPE, "code": "Consent", "display": "Consent"})
