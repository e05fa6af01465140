"""Events as FHIR R4 AuditEvents, a line each (HL7 FHIR 4.0.1; IHE BALP 1.1.4).

A disclosure is an export (profile PrivacyDisclosure.Source), a decision a security alert (AuthZconsent); what names all that its profile
asks for says so in ``meta``. People and workers stand in it by their pseudonyms, as in the log.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from msgspec import Raw

from audit.catalogue import EventType
from audit.events import Outcome
from audit.fhir import agents, codes, entities
from audit.fhir.codes import Node, fixed, written
from audit.fhir.told import Told, family_of, read
from audit.queries.search import Found

_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PERMIT: "0",
    Outcome.PARTIAL: "0",
    Outcome.OK: "0",
    Outcome.DENY: "8",
    Outcome.ERROR: "12",
}
_MILLISECONDS: Final = len("2026-06-01T09:00:00.000")
_READING: Final = ("disclosure", "log", "person")
_PURPOSES: Final = 256
"""Kept as written: more than there are agreements and statutes at a time."""
_OBSERVER: Final = fixed(agents.OBSERVER)


def lines(found: Iterable[Found]) -> Iterator[bytes]:
    """Yield events as lines of NDJSON, in their order, each as soon as it was found."""
    return (b"%b\n" % written(_audit_event(each)) for each in found)


def _audit_event(found: Found) -> Node:
    told = read(found.entry)
    family = family_of(told.type)
    about = list(entities.of_decision(told) if family == "query" else entities.of_disclosure(told))
    return {
        "resourceType": "AuditEvent",
        "id": told.id,
        **_meta(family, told),
        **_type(told.type),
        "action": "R" if family in _READING else "E",
        "period": {"start": _instant(told.t)},
        "recorded": _instant(told.seq_t),
        "outcome": _OUTCOMES[told.outcome],
        **_purpose(told.purpose),
        "agent": list(_agents(family, told)),
        "source": {"site": f"{found.log}/{found.index}", "observer": _OBSERVER},
        **({"entity": about} if about else {}),
    }


@cache
def _type(type_: EventType) -> Mapping[str, Raw]:
    """Name what it was: a disclosure, a decision, a reading of the log, or another event by its own type."""
    own = {"system": codes.EVENT_TYPES, "code": type_.value}
    family = family_of(type_)
    if family == "disclosure":
        return _typed(codes.EXPORT, codes.DISCLOSE, own)
    if family == "query":
        return _typed(codes.ALERT, codes.BY_CONSENT)
    return _typed(codes.LOG_USED if family == "log" else own, own)


def _typed(type_: Node, *subtypes: Node) -> Mapping[str, Raw]:
    return {"type": fixed(type_), "subtype": fixed(subtypes)}


def _meta(family: str, told: Told) -> Mapping[str, Raw]:
    """Claim a profile where all is there that it asks for: a feed page names nobody, and a law is no consent."""
    named = told.person and told.actor.org and told.actor.system
    if family == "disclosure" and named and told.categories:
        return _DISCLOSURE_META
    if family == "query" and named and told.actor.user and told.consents:
        return _DECISION_META
    return {}


@lru_cache(maxsize=_PURPOSES)
def _purpose(purpose: str | None) -> Mapping[str, Raw]:
    coding = [{"system": codes.PURPOSES, "code": purpose}]
    return {"purposeOfEvent": fixed([{"coding": coding}])} if purpose else {}


def _agents(family: str, told: Told) -> Iterator[Node | Raw]:
    if family == "disclosure":
        return agents.of_disclosure(told)
    return agents.of_decision(told) if family == "query" else agents.of_other(told)


def _instant(at: str) -> str:
    """Cut a moment of the log, in microseconds, to FHIR's milliseconds."""
    return f"{at[:_MILLISECONDS]}Z"


def _profile(url: str) -> Mapping[str, Raw]:
    return {"meta": fixed({"profile": [url]})}


_DISCLOSURE_META: Final = _profile(codes.DISCLOSURE_PROFILE)
_DECISION_META: Final = _profile(codes.DECISION_PROFILE)
