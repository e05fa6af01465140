"""What was said on each key, as known at a moment, ready to be weighed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, func, or_, select

from consent.model import FUTURE, Act, Check, Kind, Representation, RepresentationKind, Suspension
from consent.model.period import period
from consent.tables import (
    act,
    act_item,
    confirmation,
    invalidation,
    merged,
    representation,
    representation_check,
    suspension,
)
from consent.will import Said
from db.engine import Read

Key = tuple[UUID, str]
"""An agreement and a category."""


def selves(
    column: ColumnElement[UUID],
    person_id: UUID | BindParameter[UUID],
    *,
    known_at: datetime | BindParameter[datetime],
) -> ColumnElement[bool]:
    """Match the rows of a person and of whoever turned out to be them."""
    others = select(merged.c.person_id).where(merged.c.into_id == person_id, merged.c.recorded_at <= known_at)
    return or_(column == person_id, column.in_(others))


def said(
    read: Read, *, person_id: UUID, known_at: datetime = FUTURE, agreements: Collection[UUID] | None = None
) -> dict[Key, Said]:
    """Return all that was said on a person's keys, by agreement and category, as recorded by ``known_at``."""
    voices = speakers(read, person_id, known_at=known_at)
    pauses = _pauses(read, person_id, known_at)
    acts = _acts(read, person_id, known_at, agreements)
    return {
        key: Said(acts=rows, representations=voices, suspensions=pauses.get(key[0], ())) for key, rows in acts.items()
    }


def _acts(
    read: Read, person_id: UUID, known_at: datetime, agreements: Collection[UUID] | None
) -> Mapping[Key, list[Act]]:
    said_under = () if agreements is None else (act.c.agreement_id.in_(agreements),)
    rows = read.execute(
        select(
            act,
            act_item,
            confirmation.c.confirmed_at,
            confirmation.c.accepted,
            invalidation.c.recorded_at.label("voided_at"),
        )
        .join_from(act, act_item, act_item.c.act_id == act.c.act_id)
        .outerjoin(confirmation, (confirmation.c.act_id == act.c.act_id) & (confirmation.c.confirmed_at <= known_at))
        .outerjoin(invalidation, (invalidation.c.act_id == act.c.act_id) & (invalidation.c.recorded_at <= known_at))
        .where(selves(act.c.person_id, person_id, known_at=known_at), act.c.recorded_at <= known_at, *said_under)
        .order_by(act.c.seq)
    )
    found: dict[Key, list[Act]] = defaultdict(list)
    for row in rows.mappings():
        rejected = row["accepted"] is False
        found[row[act.c.agreement_id], row[act_item.c.category]].append(
            Act(
                act_id=row[act.c.act_id],
                seq=row[act.c.seq],
                kind=Kind(row[act_item.c.kind]),
                signed_at=row[act.c.signed_at],
                effective_from=row[act.c.effective_from],
                recorded_at=row[act.c.recorded_at],
                voice=row[act.c.voice],
                valid_until=row[act_item.c.valid_until] or FUTURE,
                data=period(row[act_item.c.data_from], row[act_item.c.data_until]),
                notice_n=row[act.c.notice_n] or 0,
                needs_second=row[act.c.needs_second],
                confirmed_at=None if rejected else row["confirmed_at"],
                voided_at=row["voided_at"] or (row["confirmed_at"] if rejected else None),
            )
        )
    return found


def speakers(read: Read, person_id: UUID, *, known_at: datetime) -> dict[UUID, Representation]:
    """Return who may speak for a person, with the answers on their authority by ``known_at``."""
    of, answer = representation.c, representation_check.c
    rows = read.execute(
        select(of.representation_id, of.kind, answer.checked_at, answer.allowed)
        .join_from(
            representation,
            representation_check,
            (answer.representation_id == of.representation_id) & (answer.checked_at <= known_at),
            isouter=True,
        )
        .where(selves(of.person_id, person_id, known_at=known_at), of.recorded_at <= known_at)
        .order_by(of.representation_id, answer.checked_at)
    )
    kinds: dict[UUID, RepresentationKind] = {}
    checks: dict[UUID, list[Check]] = defaultdict(list)
    for representation_id, kind, checked_at, allowed in rows:
        kinds[representation_id] = RepresentationKind(kind)
        if checked_at is not None:
            checks[representation_id].append(Check(checked_at, allowed))
    return {id_: Representation(id_, kind, tuple(checks[id_])) for id_, kind in kinds.items()}


def _pauses(read: Read, person_id: UUID, known_at: datetime) -> dict[UUID, list[Suspension]]:
    """Read the last row of each pause."""
    of = suspension.c
    age = func.rank().over(partition_by=of.suspension_id, order_by=of.recorded_at.desc()).label("age")
    newest = (
        select(of.agreement_id, of.from_at, of.until_at, of.recorded_at, age)
        .where(selves(of.person_id, person_id, known_at=known_at), of.recorded_at <= known_at)
        .subquery()
    )
    found: dict[UUID, list[Suspension]] = defaultdict(list)
    for row in read.execute(select(newest).where(newest.c.age == 1)):
        found[row.agreement_id].append(Suspension(row.from_at, row.until_at or FUTURE))
    return found
