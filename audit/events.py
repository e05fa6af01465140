"""The catalogue of events: what each must name, and the frozen facts that an event is made of (ACCESS-LOG 2, 3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from audit.catalogue import EventType

__all__ = [
    "MACHINE",
    "Actor",
    "ChangeRef",
    "ConsentRef",
    "DecisionRef",
    "DenialRef",
    "Event",
    "EventType",
    "Outcome",
    "Period",
    "RequestRef",
    "Result",
    "RetentionClass",
    "RunRef",
    "StatuteRef",
    "XRoadRef",
    "retention_of",
]


class Outcome(StrEnum):
    """How it ended: the first three for decisions, the last two for all else."""

    PERMIT = "permit"
    PARTIAL = "partial"
    DENY = "deny"
    OK = "ok"
    ERROR = "error"


class RetentionClass(StrEnum):
    """How long an event can be linked to its person (ACCESS-LOG 14)."""

    EMPLOYMENT = "employment"
    BENEFIT = "benefit"
    SOTE = "sote"
    ADMIN = "admin"
    HIDDEN = "hidden"


_CLASS_OF_SOURCE = {
    "te": RetentionClass.EMPLOYMENT,
    "kela": RetentionClass.BENEFIT,
    "sote": RetentionClass.SOTE,
}
_STRICTEST_FIRST = (RetentionClass.SOTE, RetentionClass.BENEFIT, RetentionClass.EMPLOYMENT)


def retention_of(categories: Collection[str]) -> RetentionClass:
    """Return the strictest class of the categories asked, ``admin`` when there are none."""
    asked = {_CLASS_OF_SOURCE.get(category.partition(".")[0], RetentionClass.SOTE) for category in categories}
    return next((found for found in _STRICTEST_FIRST if found in asked), RetentionClass.ADMIN)


MACHINE = "system"
"""The role of a machine that asks without a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts; at least one member is given. ``user`` is as the caller named the worker: the log keeps a pseudonym."""

    org: str | None = None
    system: str | None = None
    user: str | None = field(default=None, repr=False)
    role: str | None = None
    on_behalf: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRef:
    """The decision behind a disclosure; ``inputs`` is the SHA-256, in hex, of the canonical facts."""

    id: UUID
    policy: str
    inputs: str
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRef:
    """An act that decided or was passed over, with the digest its own event carries."""

    act: UUID
    digest: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialRef:
    """A standing no that decided or was passed over."""

    id: UUID
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuteRef:
    """A rule of law that decided, by its row and version."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRef:
    """The row that was appended: its table with schema, its key as text, and the SHA-256 in hex of its content."""

    table: str
    id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class XRoadRef:
    """The identifiers under which the two security servers kept the same message."""

    id: str
    request_id: str | None = None
    request_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRef:
    """The call: method and route template, never the path; ``case`` and ``params`` as given, the log keeps digests."""

    route: str
    trust: str
    case: str | None = field(default=None, repr=False)
    params: Mapping[str, object] | None = field(default=None, repr=False)
    jti: str | None = None
    key: str | None = None
    xroad: XRoadRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it.

    ``body`` is what left: the log keeps its length and a digest under the event's salt. ``digest`` (hex) is for results
    without a body, such as a list that is kept elsewhere. ``first`` and ``last`` are a feed page's sequence numbers.
    ``counts`` are a pipeline step's row counts: ``pulled``, ``accepted``, ``quarantined``, ``unchanged``, ``held`` ...
    """

    count: int | None = None
    body: bytes | None = field(default=None, repr=False)
    digest: str | None = None
    first: int | None = None
    last: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRef:
    """Which run of which timetable did it; ``attempt`` counts from 1, None where the timetable does not tell."""

    dag: str
    run: str
    task: str
    attempt: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time the data are about, half-open; an open end is None."""

    start: date | datetime | None = None
    end: date | datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was done, about at most one person.

    ``id`` is a UUIDv7 and the idempotency key: the same event may be written again, another under its id may not.
    ``at`` is aware. ``retention`` is the strictest class of the categories asked (``retention_of``). ``records`` name
    the source records used, and ``text`` is the justification or the steward's note, the only free text: both lie in
    the erasable detail. ``ref`` is the event answered, aborted, confirmed or reviewed. ``trace`` is a W3C trace id.
    """

    id: UUID
    at: datetime
    type: EventType
    outcome: Outcome = Outcome.OK
    actor: Actor
    retention: RetentionClass
    person_id: UUID | None = None
    purpose: str | None = None
    categories: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    controllers: tuple[str, ...] = ()
    decision: DecisionRef | None = None
    consents: tuple[ConsentRef, ...] = ()
    denials: tuple[DenialRef, ...] = ()
    statutes: tuple[StatuteRef, ...] = ()
    change: ChangeRef | None = None
    request: RequestRef | None = None
    result: Result | None = None
    records: tuple[str, ...] = ()
    run: RunRef | None = None
    period: Period | None = None
    ref: UUID | None = None
    text: str | None = field(default=None, repr=False)
    trace: str | None = None
