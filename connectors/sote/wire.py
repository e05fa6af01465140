"""FHIR R4 resources of a county's system, as far as we read them: whatever is not named here is dropped while reading (DOMAIN.md 6.2)."""

from typing import Final

import msgspec

HETU: Final = "urn:oid:1.2.246.21"
PLAN_KIND: Final = "urn:example:ura:toimsuunlaji"
TASK: Final = "urn:example:ura:toimikoodi"
LIMITATION: Final = "urn:example:hub:tyokyvyn-rajoite"
DAYS_A_WEEK: Final = "urn:example:hub:paivat-viikossa"
CUSTOMER: Final = "urn:example:hub:asiakas"
PROTECTED: Final = "TURVAKIELTO"


class Fhir(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """A part of a resource; elements we do not name never reach an object of ours."""


class Coding(Fhir):
    """A code and the system it belongs to."""

    system: str | None = None
    code: str | None = None


class Concept(Fhir):
    """A CodeableConcept, without its text."""

    coding: list[Coding] = []

    def code(self, system: str) -> str | None:
        """Give the code in a system."""
        return next((coding.code for coding in self.coding if coding.system == system), None)


class Identifier(Fhir):
    """An identifier in its system."""

    system: str | None = None
    value: str | None = None
    use: str | None = None


class Reference(Fhir):
    """Who is meant: by identifier, or by the address of their Patient; `display` is read for a contact person only."""

    reference: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class Period(Fhir):
    """Both ends inclusive; an open end is absent."""

    start: str | None = None
    end: str | None = None


class Extension(Fhir):
    """The two extensions of the contract: days a week, and whom a contact person serves."""

    url: str | None = None
    value_positive_int: int | None = None
    value_reference: Reference | None = None


class Meta(Fhir):
    """When a resource last changed, and its security labels."""

    last_updated: str | None = None
    security: list[Coding] = []


class Resource(Fhir):
    """What all resources have."""

    id: str
    meta: Meta = msgspec.field(default_factory=Meta)

    @property
    def owner(self) -> Reference | None:
        """Whom the resource is about."""
        return None


class Patient(Resource):
    """Only identity, protection and death."""

    identifier: list[Identifier] = []
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None

    @property
    def owner(self) -> Reference | None:
        """The person: by their identity code in force."""
        codes = (one for one in self.identifier if one.system == HETU and one.use != "old")
        return next((Reference(identifier=one) for one in codes), None)


class EpisodeOfCare(Resource):
    """That a client relation exists."""

    patient: Reference | None = None
    status: str | None = None
    period: Period = msgspec.field(default_factory=Period)

    @property
    def owner(self) -> Reference | None:
        """The patient."""
        return self.patient


class OfSubject(Resource):
    """What names its person as subject."""

    subject: Reference | None = None

    @property
    def owner(self) -> Reference | None:
        """The subject."""
        return self.subject


class ServiceRequest(OfSubject):
    """A service need."""

    intent: str | None = None
    status: str | None = None
    authored_on: str | None = None


class Detail(Fhir):
    """An activity's detail, without text, place or description."""

    status: str | None = None
    code: Concept = msgspec.field(default_factory=Concept)
    scheduled_period: Period = msgspec.field(default_factory=Period)
    extension: list[Extension] = []


class Activity(Fhir):
    """An activity of a plan."""

    detail: Detail | None = None


class CarePlan(OfSubject):
    """A plan."""

    intent: str | None = None
    status: str | None = None
    category: list[Concept] = []
    created: str | None = None
    period: Period = msgspec.field(default_factory=Period)
    activity: list[Activity] = []


class Encounter(OfSubject):
    """Rehabilitative work, where the county keeps it apart from a plan."""

    status: str | None = None
    type: list[Concept] = []
    period: Period = msgspec.field(default_factory=Period)
    extension: list[Extension] = []


class Observation(OfSubject):
    """A coded limitation of work ability."""

    code: Concept = msgspec.field(default_factory=Concept)


class Telecom(Fhir):
    """A way to reach someone."""

    system: str | None = None
    value: str | None = None


class PractitionerRole(Resource):
    """A contact person of a client."""

    extension: list[Extension] = []
    practitioner: Reference | None = None
    organization: Reference | None = None
    telecom: list[Telecom] = []

    @property
    def owner(self) -> Reference | None:
        """Whom the contact person serves."""
        return next((one.value_reference for one in self.extension if one.url == CUSTOMER), None)


RESOURCES: Final[dict[str, type[Resource]]] = {
    kind.__name__: kind
    for kind in (Patient, EpisodeOfCare, ServiceRequest, CarePlan, Encounter, Observation, PractitionerRole)
}
"""The resources we ask for; persons first, so that a reference to a Patient finds its identity code."""
