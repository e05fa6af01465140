"""What was said and when, as it was recorded; nothing here is ever edited (CONSENT.md 3, 4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from consent.model.period import ALWAYS, FUTURE, Period


class Kind(StrEnum):
    """What an act does to a key."""

    REQUESTED = "requested"
    DEFERRED = "deferred"
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def yes(self) -> bool:
        """Whether it permits."""
        return self in (Kind.GIVEN, Kind.RENEWED)

    @property
    def no(self) -> bool:
        """Whether it is the no of the person or of who speaks for them."""
        return self in (Kind.REFUSED, Kind.WITHDRAWN)


Voice = UUID | None
"""Who spoke: a representation, or None for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act on one key, in the knowledge of one moment.

    ``confirmed_at`` and ``voided_at`` are None while no second steward has confirmed and nobody has invalidated; a rejection
    invalidates. ``signed_at`` then ``seq`` order the acts of a key.
    """

    act_id: UUID
    seq: int
    kind: Kind
    signed_at: datetime
    effective_from: datetime
    recorded_at: datetime
    voice: Voice = None
    valid_until: datetime = FUTURE
    data: Period = ALWAYS
    notice_n: int = 0
    needs_second: bool = False
    confirmed_at: datetime | None = None
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause of every key of one agreement."""

    from_at: datetime
    until_at: datetime = FUTURE


@dataclass(frozen=True, slots=True)
class Check:
    """An answer on a representative's authority."""

    checked_at: datetime
    allowed: bool


class RepresentationKind(StrEnum):
    """By what right somebody speaks for the person."""

    GUARDIAN = "guardian"
    MANDATE = "mandate"
    LEGAL_GUARDIAN = "legal_guardian"


@dataclass(frozen=True, slots=True)
class Representation:
    """Somebody who speaks for the person, with every answer on their authority, oldest first."""

    representation_id: UUID
    kind: RepresentationKind
    checks: tuple[Check, ...] = ()
