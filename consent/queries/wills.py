"""What was said on each key, as known at a moment, ready to be weighed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, any_, func, or_, select

from consent.model import FUTURE, Act, Check, Kind, Representation, RepresentationKind, Suspension
from consent.model.period import period
from consent.queries.asked import AGREEMENTS, KNOWN_AT, PERSON_ID
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


def _pauses_newest() -> Select[UUID, datetime, datetime | None]:
    """Ask for the last row of each pause."""
    of = suspension.c
    age = func.rank().over(partition_by=of.suspension_id, order_by=of.recorded_at.desc()).label("age")
    newest = (
        select(of.agreement_id, of.from_at, of.until_at, age)
        .where(selves(of.person_id, PERSON_ID, known_at=KNOWN_AT), of.recorded_at <= KNOWN_AT)
        .subquery()
        .c
    )
    return select(newest.agreement_id, newest.from_at, newest.until_at).where(newest.age == 1)


_ACTS: Final = (
    select(
        *(act.c.agreement_id, act_item.c.category, act.c.act_id, act.c.seq, act_item.c.kind, act.c.signed_at),
        *(act.c.effective_from, act.c.recorded_at, act.c.voice, act_item.c.valid_until, act_item.c.data_from),
        *(act_item.c.data_until, act.c.notice_n, act.c.needs_second, confirmation.c.confirmed_at),
        *(confirmation.c.accepted, invalidation.c.recorded_at.label("voided_at")),
    )
    .join_from(act, act_item, act_item.c.act_id == act.c.act_id)
    .outerjoin(confirmation, (confirmation.c.act_id == act.c.act_id) & (confirmation.c.confirmed_at <= KNOWN_AT))
    .outerjoin(invalidation, (invalidation.c.act_id == act.c.act_id) & (invalidation.c.recorded_at <= KNOWN_AT))
    .where(selves(act.c.person_id, PERSON_ID, known_at=KNOWN_AT), act.c.recorded_at <= KNOWN_AT)
    .order_by(act.c.seq)
)
_ACTS_UNDER: Final = _ACTS.where(act.c.agreement_id == any_(AGREEMENTS))
_SPEAKERS: Final = (
    select(
        *(representation.c.representation_id, representation.c.kind),
        *(representation_check.c.checked_at, representation_check.c.allowed),
    )
    .join_from(
        representation,
        representation_check,
        (representation_check.c.representation_id == representation.c.representation_id)
        & (representation_check.c.checked_at <= KNOWN_AT),
        isouter=True,
    )
    .where(selves(representation.c.person_id, PERSON_ID, known_at=KNOWN_AT), representation.c.recorded_at <= KNOWN_AT)
    .order_by(representation.c.representation_id, representation_check.c.checked_at)
)
_PAUSES: Final = _pauses_newest()
"""Statements of a night's hundred thousand replays, put together once."""


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
    under = {} if agreements is None else {"agreements": list(agreements)}
    rows = read.execute(_ACTS_UNDER if under else _ACTS, {"person_id": person_id, "known_at": known_at, **under})
    found: dict[Key, list[Act]] = defaultdict(list)
    for row in rows:
        rejected = row.accepted is False
        found[row.agreement_id, row.category].append(
            Act(
                act_id=row.act_id,
                seq=row.seq,
                kind=Kind(row.kind),
                signed_at=row.signed_at,
                effective_from=row.effective_from,
                recorded_at=row.recorded_at,
                voice=row.voice,
                valid_until=row.valid_until or FUTURE,
                data=period(row.data_from, row.data_until),
                notice_n=row.notice_n or 0,
                needs_second=row.needs_second,
                confirmed_at=None if rejected else row.confirmed_at,
                voided_at=row.voided_at or (row.confirmed_at if rejected else None),
            )
        )
    return found


def speakers(read: Read, person_id: UUID, *, known_at: datetime) -> dict[UUID, Representation]:
    """Return who may speak for a person, with the answers on their authority by ``known_at``."""
    kinds: dict[UUID, RepresentationKind] = {}
    checks: dict[UUID, list[Check]] = defaultdict(list)
    rows = read.execute(_SPEAKERS, {"person_id": person_id, "known_at": known_at})
    for representation_id, kind, checked_at, allowed in rows:
        kinds[representation_id] = RepresentationKind(kind)
        if checked_at is not None:
            checks[representation_id].append(Check(checked_at, allowed))
    return {id_: Representation(id_, kind, tuple(checks[id_])) for id_, kind in kinds.items()}


def _pauses(read: Read, person_id: UUID, known_at: datetime) -> dict[UUID, list[Suspension]]:
    found: dict[UUID, list[Suspension]] = defaultdict(list)
    for agreement_id, from_at, until_at in read.execute(_PAUSES, {"person_id": person_id, "known_at": known_at}):
        found[agreement_id].append(Suspension(from_at, until_at or FUTURE))
    return found
