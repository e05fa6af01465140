"""What waits for a steward at the sources: batches held, rows in quarantine; never a value of theirs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from connectors.ledger import State
from connectors.queries.quarantine import OPEN
from connectors.tables import batch, connection, quarantine
from db.engine import Read
from schemas.vocabulary import Source


class Heap(NamedTuple):
    """Rows of one batch in quarantine, or a batch held: how many rows, since when."""

    batch_id: UUID
    source: Source
    place: str
    rows: int
    since: datetime


class HeldBatch(NamedTuple):
    """A batch as a steward sees it: its counts, and why it was held, by path and count."""

    batch_id: UUID
    source: Source
    place: str
    state: State
    planned_at: datetime
    counts: dict[str, int]
    why: tuple[str, ...]


class RefusedRow(NamedTuple):
    """A row in quarantine: where it stood and which expectations it failed; ``failures``: code, field, severity."""

    quarantine_id: int
    record: str
    locator: str
    failures: tuple[dict[str, Any], ...]
    state: str
    times: int


def held(read: Read, *, places: Sequence[str] | None) -> list[HeldBatch]:
    """List the batches that wait for a steward, oldest first; ``places``: areas and counties, None for all."""
    statement = _batches().where(batch.c.state == State.HELD, ~batch.c.accepted_as_is, *_among(places))
    return [_held(row) for row in read.execute(statement.order_by(batch.c.planned_at)).all()]


def heaps(read: Read, *, places: Sequence[str] | None) -> list[Heap]:
    """Count the rows in quarantine by the batch that last brought them, oldest first."""
    rows = read.execute(
        select(
            quarantine.c.batch_id,
            quarantine.c.source,
            connection.c.place,
            func.count().label("rows"),
            func.min(quarantine.c.first_at).label("since"),
        )
        .join_from(quarantine, batch, batch.c.batch_id == quarantine.c.batch_id)
        .join(connection, connection.c.connection_id == batch.c.connection_id)
        .where(quarantine.c.state.in_(OPEN), *_among(places))
        .group_by(quarantine.c.batch_id, quarantine.c.source, connection.c.place)
        .order_by(func.min(quarantine.c.first_at))
    ).all()
    return [Heap(batch_id, Source(source), place, count, since) for batch_id, source, place, count, since in rows]


def batch_of(read: Read, *, batch_id: UUID, places: Sequence[str] | None) -> HeldBatch | None:
    """Give a batch, None when there is none of these places."""
    row = read.execute(_batches().where(batch.c.batch_id == batch_id, *_among(places))).one_or_none()
    return None if row is None else _held(row)


def refused_rows(read: Read, *, batch_id: UUID, after: int, limit: int) -> list[RefusedRow]:
    """List a batch's rows in quarantine by id, from the one after ``after`` on."""
    of = quarantine.c
    rows = read.execute(
        select(of.quarantine_id, of.record, of.locator, of.failures, of.state, of.times)
        .where(of.batch_id == batch_id, of.state.in_(OPEN), of.quarantine_id > after)
        .order_by(of.quarantine_id)
        .limit(limit)
    ).all()
    return [RefusedRow(id_, record, where, tuple(why), state, times) for id_, record, where, why, state, times in rows]


def _batches() -> Select[*tuple[Any, ...]]:
    of = batch.c
    return select(of.batch_id, of.source, connection.c.place, of.state, of.planned_at, of.counts, of.held).join_from(
        batch, connection, connection.c.connection_id == of.connection_id
    )


def _among(places: Sequence[str] | None) -> Sequence[ColumnElement[bool]]:
    return () if places is None else (connection.c.place.in_(places),)


def _held(row: Row[*tuple[Any, ...]]) -> HeldBatch:
    batch_id, source, place, state, planned_at, counts, why = row
    return HeldBatch(batch_id, Source(source), place, State(state), planned_at, dict(counts), tuple(why or ()))
