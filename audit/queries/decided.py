"""Decisions as they were made, with all that is needed to make them again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from audit.tables import decision
from db.engine import Read


class Decided(NamedTuple):
    """A decision: what was asked, what held by its numbers, the event that tells of it, and one result for each category and controller."""

    decision_id: UUID
    event_id: UUID
    person_id: UUID | None
    request: Mapping[str, Any]
    at: datetime
    known_at: datetime
    policy: str
    inputs_digest: bytes
    outcome: str
    results: list[Mapping[str, Any]]
    consent_seq: int
    register_seq: int


_DECIDED: Final = select(*(decision.c[name] for name in Decided._fields)).where(
    decision.c.decision_id == bindparam("decision_id")
)


def decided(read: Read, *, decision_id: UUID) -> Decided | None:
    """Give one decision; None when its class has ended and it is gone."""
    row = read.execute(_DECIDED, {"decision_id": decision_id}).one_or_none()
    return None if row is None else Decided(*row)


class Answered(NamedTuple):
    """What was answered, to which system and under which scope; ``event_id`` tells of it."""

    event_id: UUID
    person_id: UUID | None
    answer: str
    asked_by: str
    scope: str


def answered(read: Read, *, decision_id: UUID) -> Answered | None:
    """Give what was answered with a decision; None where none was kept with it."""
    of = decision.c
    row = read.execute(select(of.event_id, of.person_id, of.request).where(of.decision_id == decision_id)).one_or_none()
    if row is None or "answer" not in row.request:
        return None
    kept = (str(row.request[name]) for name in ("answer", "asked_by", "scope"))
    return Answered(row.event_id, row.person_id, *kept)
