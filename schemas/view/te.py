"""What may be shown of TE services' data; the sensitive items are those that are so even as a bare code (DOMAIN.md 4.4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from schemas.view.item import Item, Kind, Names, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Basics(Item):
    """Who the jobseeker is, and who coaches them."""

    PLACE: ClassVar[Names] = frozenset(
        {"municipality", "municipality_since", "employment_area", "coach_unit", "coach_phone"}
    )

    family_name: str
    given_names: str
    birth_date: date
    language: str
    municipality: str | None
    municipality_since: date | None
    employment_area: str | None
    jobseeker_since: date
    jobseeker_until: date | None
    coach: str | None
    coach_unit: str | None
    coach_phone: str | None
    coach_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment(Item):
    """A period with one employment code (tyollkoodi)."""

    SPAN: ClassVar[Span] = ("from", "to")

    code: str
    from_: date
    to: date | None
    end_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTask(Item):
    """What was agreed to be done (toimikoodi), by when, and whether it was dealt with."""

    SPAN: ClassVar[Span] = ("due", "handled_on")

    code: str
    due: date | None
    handled: bool
    handled_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Item):
    """A plan: type (toimsuunlaji), state, when it was signed and is due for review; no text of it."""

    SPAN: ClassVar[Span] = ("signed", "ended")

    plan_type: str
    state: str
    signed: date | None
    review: date | None
    ended: date | None
    tasks: tuple[PlanTask, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Item):
    """A participation in a service: whether it was interrupted, never why."""

    SPAN: ClassVar[Span] = ("from", "to")
    PLACE: ClassVar[Names] = frozenset({"organiser", "organiser_name"})

    service: str
    organiser: str | None
    organiser_name: str | None
    production: str
    voucher_granted: date | None
    voucher_until: date | None
    from_: date
    planned_to: date | None
    to: date | None
    interrupted: bool
    days_a_week: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Item):
    """A contact, booked or held (yhtottotapa)."""

    SPAN: ClassVar[Span] = ("at", "at")

    contact: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine(Item):
    """A service line (segmenttikoodi)."""

    SPAN: ClassVar[Span] = ("from", "to")

    segment: str
    from_: date
    to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivePlan(Plan):
    """A plan whose very type is sensitive, with all its tasks."""

    KIND: ClassVar[Kind] = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveTask(PlanTask):
    """A sensitive task of a plan that is itself not sensitive."""

    KIND: ClassVar[Kind] = "plan_task"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveService(Service):
    """A participation in rehabilitative work."""

    KIND: ClassVar[Kind] = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveServiceLine(ServiceLine):
    """A service line that tells of joint or supported service."""

    KIND: ClassVar[Kind] = "service_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveEnd(Item):
    """That a period of unemployment ended in rehabilitative work."""

    KIND: ClassVar[Kind] = "employment_end"
    SPAN: ClassVar[Span] = ("to", "to")

    to: date
    end_reason: str
