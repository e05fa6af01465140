"""What may be shown of a county's data: no diagnosis, finding, opinion or text, and no unit that tells of them (DOMAIN.md 6.3)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from schemas.view.item import Item, Names, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRelation(Item):
    """That a client relation exists in social or health services, not of what kind."""

    SPAN: ClassVar[Span] = ("from", "to")
    PLACE: ClassVar[Names] = frozenset({"county"})

    status: str
    from_: date | None
    to: date | None
    county: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNeed(Item):
    """Whether a service need is open, and when it was recorded."""

    SPAN: ClassVar[Span] = ("recorded", "recorded")
    PLACE: ClassVar[Names] = frozenset({"county"})

    open: bool
    recorded: date
    county: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SotePlan(Item):
    """A plan of social or health services: type, status, dates."""

    SPAN: ClassVar[Span] = ("from", "to")
    PLACE: ClassVar[Names] = frozenset({"county"})

    plan_type: str | None
    status: str
    signed: date | None
    from_: date | None
    to: date | None
    county: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RehabilitativeWork(Item):
    """Rehabilitative work: its period, days a week and status."""

    SPAN: ClassVar[Span] = ("from", "to")

    status: str
    from_: date | None
    to: date | None
    days_a_week: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck(Item):
    """That a health check was done, and when; nothing of what it found."""

    SPAN: ClassVar[Span] = ("done", "done")

    done: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbilityAssessment(Item):
    """An assessment of work ability: pending or done; no opinion."""

    SPAN: ClassVar[Span] = ("date", "date")

    state: str
    date_: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation(Item):
    """A coded limitation of work ability."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPerson(Item):
    """Whom to call in social or health services; the unit is the county's general name for it."""

    PLACE: ClassVar[Names] = frozenset({"unit", "phone"})

    name: str
    unit: str | None
    phone: str | None
