"""The rules that permit: statutes, and agreements with their notices."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from consent.model.period import ALWAYS, Period
from schemas.vocabulary import PartyKind, TaskGround


class Change(StrEnum):
    """What a notice changes in the one before (CONSENT.md 10)."""

    FIRST = "first"
    EDITORIAL = "editorial"
    NARROWER = "narrower"
    MATERIAL = "material"


class Notice(NamedTuple):
    """The n-th text of an agreement; a material one ends older consents at ``grace_until``."""

    n: int
    change: Change
    published_at: datetime
    grace_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Who may ask a person's consent to hand what to whom, for which purpose and on which task."""

    agreement_id: UUID
    controller: str
    recipient: str
    purpose: str
    categories: frozenset[str]
    task_ground: TaskGround | None = None
    in_force: Period = ALWAYS
    notices: tuple[Notice, ...] = ()
    retention_days: int | None = None
    onward: bool = False


class StatuteKind(StrEnum):
    """What a statute's row permits: sharing as a rule, or in an emergency."""

    STATUTE = "statute"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute:
    """A right given by law. ``verified`` is False while an authority has not confirmed our reading; every page that uses it says so."""

    statute_id: UUID
    version: int
    key: str
    controller_kind: PartyKind
    categories: frozenset[str]
    recipient_kind: PartyKind
    purpose: str
    kind: StatuteKind = StatuteKind.STATUTE
    overrides_denial: bool = True
    task_ground: TaskGround | None = None
    in_force: Period = ALWAYS
    law: str = ""
    verified: bool = True
