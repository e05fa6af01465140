"""What wellbeing counties hold about a person, as far as DOMAIN.md 6.2 names it; FHIR shapes are made on the wire."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SoteRecord:
    """What every sote record carries; ``county`` is the two-digit code of the county whose system holds it."""

    id: str
    versio: int
    muokattu_aika: datetime
    county: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SotePatient(SoteRecord):
    """The county's own entry of the person; ``hetu`` may be the replaced one until the county learns of the change."""

    hetu: str
    protected: bool
    deceased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(SoteRecord):
    """A client relation (EpisodeOfCare): ``status`` active or finished."""

    status: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNeed(SoteRecord):
    """A service need (ServiceRequest of intent order): ``status`` active, completed or revoked."""

    status: str
    authored_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A step of a care plan; ``code`` is a toimikoodi, ``status`` FHIR's (scheduled, in-progress, completed)."""

    code: str
    status: str
    start: date | None
    end: date | None
    days_a_week: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan(SoteRecord):
    """A plan (CarePlan of intent plan); ``category`` is a toimsuunlaji, ``status`` draft, active or completed."""

    status: str
    category: str
    created: date
    start: date
    end: date | None
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RehabilitativeWork(SoteRecord):
    """Rehabilitative work as the county runs it (Encounter): ``status`` planned, in-progress or finished."""

    status: str
    start: date
    end: date | None
    days_a_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation(SoteRecord):
    """A coded limitation of work ability: a code, never a text."""

    code: str
    recorded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPerson(SoteRecord):
    """Who at the county answers for the person (PractitionerRole)."""

    name: str
    unit: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoteRecords:
    """All that the counties hold about a person; after a move two counties may hold something."""

    patients: tuple[SotePatient, ...] = ()
    episodes: tuple[Episode, ...] = ()
    needs: tuple[ServiceNeed, ...] = ()
    plans: tuple[CarePlan, ...] = ()
    rehabilitative_work: tuple[RehabilitativeWork, ...] = ()
    limitations: tuple[Limitation, ...] = ()
    contacts: tuple[ContactPerson, ...] = ()
