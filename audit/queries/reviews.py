"""The auditors' cases: opened by a rule or by the person, closed once, with an outcome."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, MetaData, Select, Table, exists, func, insert, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from audit import tables
from audit.details import Box
from db.engine import Read, Transaction

_own = tables.review.to_metadata(MetaData(), name="own_review", schema="audit")
"""The view that holds the cases about the reader alone."""


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Review(NamedTuple):
    """A case as it stands; ``about`` is the event in question, ``opening`` and ``closing`` the events that tell of the case."""

    review_id: UUID
    rule: str
    about: UUID
    opened_at: datetime
    due_at: datetime | None
    opening: UUID
    outcome: str | None
    closed_at: datetime | None
    closing: UUID | None


def open_review(tx: Transaction, values: dict[str, Any]) -> bool:
    """Add a case, unless the rule has opened one about this event; tell whether it was added."""
    statement = insert_or_leave(tables.review).values(values).on_conflict_do_nothing()
    return tx.execute(statement).rowcount > 0


def close_review(tx: Transaction, *, review_id: UUID, outcome: str, closed_at: datetime, closing: UUID) -> None:
    """Add how a case ended; ``ConstraintBroken`` when it has."""
    row = {"review_id": review_id, "outcome": outcome, "closed_at": closed_at, "closing": closing}
    tx.execute(insert(tables.review_end).values(row))


def close_if_open(tx: Transaction, *, review_id: UUID, outcome: str, closed_at: datetime, closing: UUID) -> None:
    """Add how a case ended, unless somebody has closed it before."""
    row = {"review_id": review_id, "outcome": outcome, "closed_at": closed_at, "closing": closing}
    tx.execute(insert_or_leave(tables.review_end).on_conflict_do_nothing(), row)


def waiting(read: Read, *, after: Review | None, limit: int) -> list[Review]:
    """List the open cases behind one of them, those with a deadline before the others, the oldest first."""
    of = tables.review.c
    place = (func.coalesce(of.due_at, _NEVER), of.opened_at, of.review_id)
    found = _reviews(tables.review).where(tables.review_end.c.review_id.is_(None))
    if after is not None:
        found = found.where(tuple_(*place) > (after.due_at or _NEVER, after.opened_at, after.review_id))
    return _listed(read, found.order_by(*place).limit(limit))


def closed(read: Read, *, limit: int) -> list[Review]:
    """List the cases that were closed last, the last first."""
    end = tables.review_end.c
    found = _reviews(tables.review).where(end.review_id.is_not(None))
    return _listed(read, found.order_by(end.closed_at.desc()).limit(limit))


def review(read: Read, *, review_id: UUID) -> Review | None:
    """Give one case."""
    return next(iter(_listed(read, _reviews(tables.review).where(tables.review.c.review_id == review_id))), None)


def told_by(read: Read, events: Collection[UUID]) -> dict[UUID, Review]:
    """Give, by the event, the cases of whose opening or closing these events tell."""
    opening, closing = tables.review.c.opening, tables.review_end.c.closing
    found = _listed(read, _reviews(tables.review).where(or_(opening.in_(events), closing.in_(events))))
    return {event: each for each in found for event in (each.opening, each.closing) if event and event in events}


def known(read: Read, rule: str, about: Collection[UUID]) -> frozenset[UUID]:
    """Tell about which of these events a rule has opened a case."""
    of = tables.review.c
    rows = read.execute(select(of.about).where(of.rule == rule, of.about.in_(about)))
    return frozenset(rows.scalars())


def without_case(rule: str, about: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Ask for those of which a rule has opened no case yet: whoever limits what is found leaves the known out before."""
    of = tables.review.c
    return ~exists().where(of.rule == rule, of.about == about)


def own_reviews(read: Read) -> list[Review]:
    """List the cases about the reader that the reader opened, the newest first."""
    mine = _own.c.rule.in_(("dispute", "correction"))
    return _listed(read, _reviews(_own).where(mine).order_by(_own.c.opened_at.desc()))


def detail_of(read: Read, *, event_id: UUID) -> Box | None:
    """Give the encrypted detail of an event; None when it has none, or its key has gone."""
    of, key = tables.detail.c, tables.detail_key.c
    row = read.execute(
        select(of.key_id, key.wrapped, of.nonce, of.box)
        .join_from(tables.detail, tables.detail_key, key.key_id == of.key_id)
        .where(of.event_id == event_id)
    ).one_or_none()
    return None if row is None else Box(row.key_id, bytes(row.wrapped), bytes(row.nonce), bytes(row.box))


def _reviews(table: Table[Any]) -> Select[Any]:
    of, end = table.c, tables.review_end.c
    return select(
        *(of.review_id, of.rule, of.about, of.opened_at, of.due_at, of.opening),
        *(end.outcome, end.closed_at, end.closing),
    ).outerjoin_from(table, tables.review_end, end.review_id == of.review_id)


def _listed(read: Read, statement: Select[Any]) -> list[Review]:
    return [Review(*row) for row in read.execute(statement)]
