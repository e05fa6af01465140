"""What waits at an office's desk: keys in conflict, and consents that end soon."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from consent.model.will import Step
from consent.queries.life import first_version
from consent.queries.people import of_age_if_born_by
from consent.tables import act_item, agreement, current, person
from db.engine import Read


class Waiting(NamedTuple):
    """A person's keys under one agreement, and the first moment at which one of them changes, None when none will."""

    person_id: UUID
    agreement_id: UUID
    controller: str
    categories: tuple[str, ...]
    until: datetime | None


def at_their_age(at: datetime) -> ColumnElement[bool]:
    """Match the stretches that hold for a person as old as they are at a moment; of those whose birth is not known, the adult's."""
    of = current.c
    return or_(of.minor.is_(None), of.minor == func.coalesce(person.c.birth_date > of_age_if_born_by(at), False))


def conflicts(read: Read, *, office: str, at: datetime, limit: int) -> list[Waiting]:
    """List the keys whose voices differ now, under agreements of which the office is the recipient."""
    return _waiting(read, office, at, limit, current.c.step == Step.CONFLICT)


def ending(read: Read, *, office: str, at: datetime, before: datetime, limit: int) -> list[Waiting]:
    """List the consents in force now that run out before a moment, the first to end first.

    By the time that they were given for: a representative's word is no shorter for the next question about their authority.
    """
    last = act_item.c.valid_until
    return _waiting(read, office, at, limit, current.c.step == Step.OK, last < before, ends=last)


def _waiting(
    read: Read,
    office: str,
    at: datetime,
    limit: int,
    *wanted: ColumnElement[bool],
    ends: ColumnElement[datetime | None] = current.c.until_at,
) -> list[Waiting]:
    of = current.c
    until = func.min(ends)
    rows = read.execute(
        select(
            *(of.person_id, of.agreement_id, func.min(agreement.c.controller)),
            func.array_agg(of.category.distinct()),
            until,
        )
        .join_from(current, agreement, first_version(of.agreement_id))
        .join(person, person.c.person_id == of.person_id)
        .outerjoin(act_item, (act_item.c.act_id == of.act_id) & (act_item.c.category == of.category))
        .where(
            agreement.c.recipient == office,
            at_their_age(at),
            or_(of.from_at.is_(None), of.from_at <= at),
            or_(of.until_at.is_(None), of.until_at > at),
            *wanted,
        )
        .group_by(of.person_id, of.agreement_id)
        .order_by(until, of.person_id)
        .limit(limit)
    ).all()
    return [Waiting(person, id_, controller, tuple(sorted(names)), end) for person, id_, controller, names, end in rows]
