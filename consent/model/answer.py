"""What the rule answers: a verdict for each item, why, and what it obliges to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from consent.model.asked import Derived, Item
from consent.model.obligations import Obligations
from consent.model.period import Period
from consent.model.will import Step
from schemas.vocabulary import Ground, Reason


class Outcome(StrEnum):
    """The answer as a whole; ``PARTIAL``: some of the items."""

    PERMIT = "PERMIT"
    PARTIAL = "PARTIAL"
    DENY = "DENY"


class Matched(NamedTuple):
    """Ids of the rows that decided or were passed over; a statute by id and version."""

    acts: tuple[UUID, ...] = ()
    denials: tuple[UUID, ...] = ()
    statutes: tuple[tuple[UUID, int], ...] = ()


class Result(NamedTuple):
    """The verdict on one item; a deny has no ground, key or periods.

    ``key`` names the ground: a statute's key, or ``CONSENT_SECRECY``. ``periods``: the data that may be shown, in order.
    """

    item: Item | Derived
    permitted: bool
    ground: Ground | None
    key: str | None
    reason: Reason
    periods: tuple[Period, ...]
    matched: Matched
    obligations: Obligations


class Decision(NamedTuple):
    """The answer, one result per item in the order asked.

    It may be kept until ``valid_until`` (None: no end in sight) while ``consent_seq`` and ``register_seq`` stand; ``policy`` is the
    version of the rule.
    """

    outcome: Outcome
    results: tuple[Result, ...]
    valid_until: datetime | None
    consent_seq: int
    register_seq: int
    policy: str


class Tried(NamedTuple):
    """A candidate for a consent: the agreement, the act that speaks for it, and how far it came."""

    agreement_id: UUID
    act_id: UUID | None
    step: Step


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with every candidate of every item, in the order of its results."""

    decision: Decision
    tried: tuple[tuple[Tried, ...], ...]
