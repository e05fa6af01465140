"""A county's records as FHIR R4 resources, with far more than anyone may have: texts, diagnoses, addresses, so that the cutting shows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from simulators.population import (
    Activity,
    CarePlan,
    ContactPerson,
    Episode,
    Identity,
    Limitation,
    RehabilitativeWork,
    ServiceNeed,
    SotePatient,
    SoteRecord,
    SoteRecords,
)
from simulators.sote.counties import County

HETU = "urn:oid:1.2.246.21"
BUSINESS_ID = "urn:oid:1.2.246.10"
MUNICIPALITY = "urn:oid:1.2.246.537.6.21"
PLAN_KIND = "urn:example:ura:toimsuunlaji"
TASK = "urn:example:ura:toimikoodi"
LIMITATION = "urn:example:hub:tyokyvyn-rajoite"
DAYS_A_WEEK = "urn:example:hub:paivat-viikossa"
CUSTOMER = "urn:example:hub:asiakas"
ICD = "urn:oid:1.2.246.537.6.1"
PROTECTED = {
    "system": "https://hl7.fi/fhir/finnish-base-profiles/CodeSystem/fi-base-security-label-cs",
    "code": "TURVAKIELTO",
}
MUNICIPALITY_EXTENSION = "https://hl7.fi/fhir/finnish-base-profiles/StructureDefinition/municipality-code"
REHABILITATION = "086"

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose resources these are: the county's own entry of the person, and who they are."""

    patient: SotePatient
    identity: Identity
    county: County

    @property
    def identifier(self) -> Resource:
        """The identity code the county knows."""
        return {"system": HETU, "value": self.patient.hetu}

    @property
    def reference(self) -> Resource:
        """How other resources name the person."""
        return {"reference": f"Patient/{self.patient.id}", "identifier": self.identifier}


def resources(kind: str, subject: Subject, records: SoteRecords) -> Iterator[tuple[datetime, Resource]]:
    """Give a person's resources of a type that this county holds, each with the instant of its last change."""
    selected, write = KINDS[kind]
    for record in selected(records):
        if record.county == subject.county.code:
            yield record.muokattu_aika, {"resourceType": kind, **_head(record), **write(record, subject)}


def instant(moment: datetime) -> str:
    """Write an instant: UTC, whole seconds, with ``Z``."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _head(record: SoteRecord) -> Resource:
    return {"id": record.id, "meta": {"versionId": str(record.versio), "lastUpdated": instant(record.muokattu_aika)}}


def _patient(one: SotePatient, subject: Subject) -> Resource:
    identity = subject.identity
    security = {"security": [PROTECTED]} if one.protected else {}
    home = {"system": MUNICIPALITY, "code": identity.home.municipality}
    return {
        "meta": {"versionId": str(one.versio), "lastUpdated": instant(one.muokattu_aika), **security},
        "extension": [{"url": MUNICIPALITY_EXTENSION, "valueCoding": home}],
        "identifier": [{"use": "official", **subject.identifier}],
        "active": not one.deceased,
        "name": [{"use": "official", "family": identity.family_name, "given": identity.given_names.split()}],
        "telecom": [{"system": "phone", "value": "+358457000000"}],
        "birthDate": str(identity.born),
        **({"deceasedBoolean": True} if one.deceased else {}),
        "address": [
            {"line": [f"Salakatu {len(identity.family_name)} A 1"], "postalCode": "57100", "city": "SAVONLINNA"}
        ],
        "contact": [
            {"name": {"text": "Lähiomainen Läheinen"}, "telecom": [{"system": "phone", "value": "+358457000001"}]}
        ],
    }


def _episode(one: Episode, subject: Subject) -> Resource:
    return {
        "status": one.status,
        "type": [{"text": "Päihdekuntoutuksen asiakkuus"}],
        "diagnosis": [{"condition": {"display": "F32.1 Keskivaikea masennustila"}}],
        "patient": subject.reference,
        "managingOrganization": _organization(subject.county),
        "period": _period(one.start, one.end),
        "team": [{"display": "Mielenterveys- ja päihdetiimi"}],
    }


def _need(one: ServiceNeed, subject: Subject) -> Resource:
    return {
        "status": one.status,
        "intent": "order",
        "code": {"text": "Työkyvyn tuen tarve, uupumus"},
        "subject": subject.reference,
        "authoredOn": str(one.authored_on),
        "requester": _organization(subject.county),
        "reasonCode": [{"coding": [{"system": ICD, "code": "F10.2"}], "text": "Alkoholiriippuvuus"}],
        "note": [{"text": "Asiakas kertoo unettomuudesta ja perheen tilanteesta."}],
    }


def _plan(one: CarePlan, subject: Subject) -> Resource:
    return {
        "status": one.status,
        "intent": "plan",
        "category": [{"coding": [{"system": PLAN_KIND, "code": one.category}]}],
        "title": "Monialainen suunnitelma, mielenterveyskuntoutuja",
        "description": "Kuntoutuminen vakavasta masennuksesta",
        "subject": subject.reference,
        "created": str(one.created),
        "period": _period(one.start, one.end),
        "author": {"display": f"{subject.county.name}, aikuissosiaalityö"},
        "addresses": [{"display": "F33.2 Toistuva masennus"}],
        "goal": [{"display": "Raittius kuuden kuukauden ajan"}],
        "activity": [{"detail": _activity(activity)} for activity in one.activities],
        "note": [{"text": "Lääkityksen sopivuus arvioidaan lääkärin kanssa."}],
    }


def _activity(one: Activity) -> Resource:
    return {
        "status": one.status,
        "code": {"coding": [{"system": TASK, "code": one.code}], "text": "Päihdepoliklinikan ohjaus"},
        **({"scheduledPeriod": _period(one.start, one.end)} if one.start else {}),
        **_days(one.days_a_week),
        "description": "Keskeytyi sairausloman vuoksi",
        "location": {"display": "Päihdepoliklinikka, Salakatu 1"},
    }


def _rehabilitation(one: RehabilitativeWork, subject: Subject) -> Resource:
    return {
        "status": one.status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"coding": [{"system": TASK, "code": REHABILITATION}]}],
        "subject": subject.reference,
        "period": _period(one.start, one.end),
        **_days(one.days_a_week),
        "reasonCode": [{"text": "Keskeytys: päihteiden käyttö"}],
        "location": [{"location": {"display": "Korjauspaja, Salakatu 2"}}],
    }


def _limitation(one: Limitation, subject: Subject) -> Resource:
    return {
        "status": "final",
        "code": {"coding": [{"system": LIMITATION, "code": one.code}], "text": "Ei pitkää seisomista, selkäleikkaus"},
        "subject": subject.reference,
        "effectiveDateTime": str(one.recorded_on),
        "note": [{"text": "Lääkärin lausunto 2 sivua."}],
    }


def _contact(one: ContactPerson, subject: Subject) -> Resource:
    return {
        "extension": [{"url": CUSTOMER, "valueReference": {"identifier": subject.identifier}}],
        "active": True,
        "practitioner": {"display": one.name},
        "organization": {"display": one.unit},
        "specialty": [{"text": "Päihdetyö"}],
        "telecom": [{"system": "phone", "value": one.phone}],
    }


def _organization(county: County) -> Resource:
    return {"identifier": {"system": BUSINESS_ID, "value": county.business_id}, "display": county.name}


def _period(start: date, end: date | None) -> Resource:
    return {"start": str(start)} if end is None else {"start": str(start), "end": str(end)}


def _days(number: int | None) -> Resource:
    return {} if number is None else {"extension": [{"url": DAYS_A_WEEK, "valuePositiveInt": number}]}


KINDS: dict[str, tuple[Callable[[SoteRecords], Sequence[Any]], Callable[[Any, Subject], Resource]]] = {
    "Patient": (lambda records: records.patients, _patient),
    "EpisodeOfCare": (lambda records: records.episodes, _episode),
    "ServiceRequest": (lambda records: records.needs, _need),
    "CarePlan": (lambda records: records.plans, _plan),
    "Encounter": (lambda records: records.rehabilitative_work, _rehabilitation),
    "Observation": (lambda records: records.limitations, _limitation),
    "PractitionerRole": (lambda records: records.contacts, _contact),
}
