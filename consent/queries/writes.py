"""The rows that verbs append, and the person's row that they lock and number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from consent.model import PAST
from consent.queries.people import Head
from consent.tables import (
    act,
    act_item,
    confirmation,
    denial,
    denial_lift,
    invalidation,
    person,
    representation,
    representation_check,
    suspension,
)
from db.engine import Read, Transaction


class ActRow(NamedTuple):
    """An act as recorded, with what others said of it."""

    act_id: UUID
    person_id: UUID
    agreement_id: UUID
    voice: UUID | None
    recorded_at: datetime
    recorded_by: str
    office: str | None
    needs_second: bool
    digest: bytes
    kinds: dict[str, str]
    confirmed: bool
    voided: bool


class DenialRow(NamedTuple):
    """A standing no as recorded."""

    denial_id: UUID
    person_id: UUID
    category: str | None
    source: str | None
    voice: UUID | None
    recorded_by: str
    digest: bytes
    lifted: bool


def lock(tx: Transaction, person_id: UUID) -> Head | None:
    """Lock a person's row until the end of the transaction and return it; None when nobody is known by the id."""
    of = person.c
    row = tx.execute(
        select(of.consent_seq, of.changed_at, of.stale).where(of.person_id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    return row and Head(row.consent_seq, row.changed_at or PAST, row.stale)


def touch(tx: Transaction, person_id: UUID, *, at: datetime) -> int:
    """Give a person the next number, their kept wills being fresh, and return it."""
    of = person.c
    return tx.execute(
        update(person)
        .where(of.person_id == person_id)
        .values(consent_seq=of.consent_seq + 1, changed_at=at, stale=False)
        .returning(of.consent_seq)
    ).scalar_one()


def append_act(tx: Transaction, values: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """Add an act and what it does to each category."""
    tx.execute(insert(act).values(**values))
    tx.execute(insert(act_item), [{**item, "act_id": values["act_id"]} for item in items])


def append_confirmation(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a second steward's word."""
    tx.execute(insert(confirmation).values(**values))


def append_invalidation(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add that a record was an error."""
    tx.execute(insert(invalidation).values(**values))


def append_denial(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a standing no."""
    tx.execute(insert(denial).values(**values))


def append_lift(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add the end of a standing no."""
    tx.execute(insert(denial_lift).values(**values))


def append_representation(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add that somebody may speak for a person."""
    tx.execute(insert(representation).values(**values))


def append_check(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add an answer on a representative's authority."""
    tx.execute(insert(representation_check).values(**values))


def append_pause(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a pause, or a later row of one."""
    tx.execute(insert(suspension).values(**values))


def pause_row(read: Read, suspension_id: UUID) -> dict[str, Any] | None:
    """Return the last row of a pause, None when there is none."""
    of = suspension.c
    rows = select(suspension).where(of.suspension_id == suspension_id).order_by(of.recorded_at.desc()).limit(1)
    found = read.execute(rows).mappings().one_or_none()
    return None if found is None else {column.key: found[column] for column in suspension.c}


def act_by_command(read: Read, command: str) -> UUID | None:
    """Find the act that a command has made."""
    return read.execute(select(act.c.act_id).where(act.c.command == command)).scalar_one_or_none()


def denial_by_command(read: Read, command: str) -> UUID | None:
    """Find the denial that a command has made."""
    return read.execute(select(denial.c.denial_id).where(denial.c.command == command)).scalar_one_or_none()


def act_row(read: Read, act_id: UUID) -> ActRow | None:
    """Return an act, None when there is none."""
    of = act.c
    row = read.execute(
        select(
            *(of.act_id, of.person_id, of.agreement_id, of.voice, of.recorded_at),
            *(of.recorded_by, of.office, of.needs_second, of.digest),
            func.jsonb_object_agg(act_item.c.category, act_item.c.kind).label("kinds"),
            func.bool_or(confirmation.c.act_id.is_not(None)).label("confirmed"),
            func.bool_or(invalidation.c.act_id.is_not(None)).label("voided"),
        )
        .join_from(act, act_item, act_item.c.act_id == of.act_id)
        .outerjoin(confirmation, confirmation.c.act_id == of.act_id)
        .outerjoin(invalidation, invalidation.c.act_id == of.act_id)
        .where(of.act_id == act_id)
        .group_by(of.act_id)
    ).one_or_none()
    return None if row is None else ActRow(*row)


def denial_row(read: Read, denial_id: UUID) -> DenialRow | None:
    """Return a standing no, None when there is none."""
    of = denial.c
    row = read.execute(
        select(
            *(of.denial_id, of.person_id, of.category, of.source, of.voice, of.recorded_by, of.digest),
            (denial_lift.c.denial_id.is_not(None) | invalidation.c.denial_id.is_not(None)).label("lifted"),
        )
        .outerjoin(denial_lift, denial_lift.c.denial_id == of.denial_id)
        .outerjoin(invalidation, invalidation.c.denial_id == of.denial_id)
        .where(of.denial_id == denial_id)
    ).one_or_none()
    return None if row is None else DenialRow(*row)


def owner_of_voice(read: Read, representation_id: UUID) -> UUID | None:
    """Return whom a representative speaks for."""
    of = representation.c
    return read.execute(select(of.person_id).where(of.representation_id == representation_id)).scalar_one_or_none()
