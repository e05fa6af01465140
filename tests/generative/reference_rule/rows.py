"""What was recorded about one person, row by row as CONSENT.md 3 has its tables, before anybody has reasoned about it."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from consent.model import FUTURE, PAST, Kind, RepresentationKind
from schemas.vocabulary import TaskGround


class ActRow(NamedTuple):
    """An act with one of its items; ``voice`` is a representation, None for the person."""

    act_id: UUID
    seq: int
    agreement_id: UUID
    category: str
    kind: Kind
    signed_at: datetime
    effective_from: datetime
    recorded_at: datetime
    voice: UUID | None = None
    valid_until: datetime = FUTURE
    data_from: datetime = PAST
    data_until: datetime = FUTURE
    notice_n: int = 1
    needs_second: bool = False


class ConfirmationRow(NamedTuple):
    """A second steward's yes to an act; a rejection is an invalidation."""

    act_id: UUID
    recorded_at: datetime


class InvalidationRow(NamedTuple):
    """An act or a denial was a mistake."""

    of: UUID
    recorded_at: datetime


class DenialRow(NamedTuple):
    """A standing no; None means any."""

    denial_id: UUID
    source: str | None
    controller: str | None
    category: str | None
    recipient: str | None
    purpose: str | None
    data_from: datetime
    data_until: datetime
    allow_emergency: bool
    effective_from: datetime
    recorded_at: datetime


class LiftRow(NamedTuple):
    """The end of a denial."""

    denial_id: UUID
    effective_from: datetime
    recorded_at: datetime


class SuspensionRow(NamedTuple):
    """A pause of an agreement for the person."""

    agreement_id: UUID
    from_at: datetime
    until_at: datetime
    recorded_at: datetime


class RepresentationRow(NamedTuple):
    """Somebody who may speak for the person."""

    representation_id: UUID
    kind: RepresentationKind
    recorded_at: datetime = PAST


class CheckRow(NamedTuple):
    """An answer on somebody's authority, recorded when it came."""

    representation_id: UUID
    recorded_at: datetime
    allowed: bool


class TaskRow(NamedTuple):
    """A recipient deals with the person."""

    recipient: str
    ground: TaskGround
    from_at: datetime
    until_at: datetime
    recorded_at: datetime


class CoachRow(NamedTuple):
    """A user of a recipient is the person's named coach."""

    recipient: str
    user: str
    from_at: datetime
    until_at: datetime
    recorded_at: datetime


class ProtectionRow(NamedTuple):
    """Turvakielto."""

    from_at: datetime
    until_at: datetime
    recorded_at: datetime


class DeathRow(NamedTuple):
    """The person died."""

    died_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class History:
    """All rows about one person; ``person_id`` is None when nobody is known by the id asked."""

    person_id: UUID | None
    of_age_at: datetime | None = None
    acts: tuple[ActRow, ...] = ()
    confirmations: tuple[ConfirmationRow, ...] = ()
    invalidations: tuple[InvalidationRow, ...] = ()
    denials: tuple[DenialRow, ...] = ()
    lifts: tuple[LiftRow, ...] = ()
    suspensions: tuple[SuspensionRow, ...] = ()
    representations: tuple[RepresentationRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    coaches: tuple[CoachRow, ...] = ()
    protections: tuple[ProtectionRow, ...] = ()
    deaths: tuple[DeathRow, ...] = ()

    def known(self, known_at: datetime) -> "History":
        """Keep the rows recorded by a moment: what the loader hands over (CONSENT.md 4)."""
        tables = [field.name for field in fields(self) if isinstance(getattr(self, field.name), tuple)]
        kept = {name: tuple(row for row in getattr(self, name) if row.recorded_at <= known_at) for name in tables}
        return replace(self, **kept)
