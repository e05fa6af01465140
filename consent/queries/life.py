"""A person's acts and standing noes in the order they were said, as a steward or the person reads them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from consent.model import FUTURE
from consent.queries.wills import selves
from consent.tables import act, act_item, agreement, confirmation, denial, denial_lift, invalidation, representation
from db.engine import Read


class ActLine(NamedTuple):
    """An act: what it does to each category, how it came, and what was said of it later. ``until``: the last end of a yes."""

    act_id: UUID
    agreement_id: UUID
    recipient: str
    controller: str
    purpose: str
    signed_at: datetime
    recorded_at: datetime
    channel: str
    office: str | None
    recorded_by: str
    needs_second: bool
    kinds: Mapping[str, str]
    until: datetime | None
    accepted: bool | None
    voided_at: datetime | None
    notice_n: int | None
    notice_language: str | None
    spoke: str | None = None
    """By what right somebody answered for the person."""
    cause: str | None = None
    """Why the controller ended it, by code."""

    @property
    def kind(self) -> str:
        """What it does: an act does the same to each of its categories."""
        return next(iter(self.kinds.values()))

    @property
    def waiting(self) -> bool:
        """Whether a second steward has still to confirm it."""
        return self.needs_second and self.accepted is None and self.voided_at is None


class DenialLine(NamedTuple):
    """A standing no: what it covers, None being any; when it began and ended."""

    denial_id: UUID
    source: str | None
    category: str | None
    recipient: str | None
    allow_emergency: bool
    signed_at: datetime
    recorded_at: datetime
    channel: str
    lifted_at: datetime | None
    spoke: str | None = None

    def covers(self, recipient: str, category: str) -> bool:
        """Whether it stands, and stands against giving a category to a recipient."""
        about = self.category in (None, category) and self.source in (None, category.partition(".")[0])
        return about and self.recipient in (None, recipient) and self.lifted_at is None


def acts(read: Read, *, person_id: UUID) -> list[ActLine]:
    """List a person's acts, oldest first."""
    return _acts(read, selves(act.c.person_id, person_id, known_at=FUTURE))


def act_of(read: Read, *, act_id: UUID, person_id: UUID) -> ActLine | None:
    """Give one act of a person."""
    return next((line for line in acts(read, person_id=person_id) if line.act_id == act_id), None)


def first_version(agreement_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Join an agreement once: its parties, purpose and categories are those of its first version for ever."""
    return (agreement.c.agreement_id == agreement_id) & (agreement.c.version == 1)


def _acts(read: Read, *among: ColumnElement[bool]) -> list[ActLine]:
    of = act.c
    rows = read.execute(
        select(
            *(of.act_id, of.agreement_id, agreement.c.recipient, agreement.c.controller, agreement.c.purpose),
            *(of.signed_at, of.recorded_at, of.channel, of.office, of.recorded_by, of.needs_second),
            func.jsonb_object_agg(act_item.c.category, act_item.c.kind).label("kinds"),
            func.max(act_item.c.valid_until).label("until"),
            func.bool_or(confirmation.c.accepted).label("accepted"),
            func.max(invalidation.c.recorded_at).label("voided_at"),
            *(of.notice_n, of.notice_language, representation.c.kind.label("spoke"), of.cause),
        )
        .join_from(act, act_item, act_item.c.act_id == of.act_id)
        .join(agreement, first_version(of.agreement_id))
        .outerjoin(representation, representation.c.representation_id == of.voice)
        .outerjoin(confirmation, confirmation.c.act_id == of.act_id)
        .outerjoin(invalidation, invalidation.c.act_id == of.act_id)
        .where(*among)
        .group_by(of.act_id, agreement.c.recipient, agreement.c.controller, agreement.c.purpose, representation.c.kind)
        .order_by(of.signed_at, of.seq)
    ).mappings()
    return [ActLine(**row) for row in rows]


def denials(read: Read, *, person_id: UUID) -> list[DenialLine]:
    """List a person's standing noes, oldest first; one recorded in error counts as lifted."""
    of = denial.c
    rows = read.execute(
        select(
            *(of.denial_id, of.source, of.category, of.recipient, of.allow_emergency),
            *(of.signed_at, of.recorded_at, of.channel),
            func.least(denial_lift.c.recorded_at, invalidation.c.recorded_at).label("lifted_at"),
            representation.c.kind.label("spoke"),
        )
        .outerjoin(representation, representation.c.representation_id == of.voice)
        .outerjoin(denial_lift, denial_lift.c.denial_id == of.denial_id)
        .outerjoin(invalidation, invalidation.c.denial_id == of.denial_id)
        .where(selves(of.person_id, person_id, known_at=FUTURE))
        .order_by(of.signed_at, of.seq)
    ).all()
    return [DenialLine(*row) for row in rows]


def waiting(read: Read, *, office: str, limit: int) -> list[tuple[ActLine, UUID]]:
    """List the acts of an office that a second steward has to confirm, oldest first, each with its person."""
    open_ = (
        act.c.office == office,
        act.c.needs_second,
        confirmation.c.act_id.is_(None),
        invalidation.c.act_id.is_(None),
    )
    lines = _acts(read, *open_)[:limit]
    people = read.execute(
        select(act.c.act_id, act.c.person_id).where(act.c.act_id.in_([line.act_id for line in lines]))
    )
    person_of = {row.act_id: row.person_id for row in people}
    return [(line, person_of[line.act_id]) for line in lines]
