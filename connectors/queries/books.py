"""Connections, batches, watermarks, breakers and who is to be asked: the books that a pull is planned and told by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from connectors.ledger import Batch, Connection, Health, State, breaker_place
from connectors.tables import batch, connection, potilas, source_health, to_ask, tyonhakija, watermark
from db.engine import Read, Transaction
from schemas.vocabulary import Source


def define_connection(tx: Transaction, *, defined: Connection) -> None:
    """Write a connection, or what changed of it."""
    values = asdict(defined)
    statement = upsert(connection).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=["connection_id"], set_=values))


def connections(read: Read, *, source: Source, at: datetime) -> list[Connection]:
    """List the live connections of a source at a moment, by place."""
    statement = (
        select(connection)
        .where(connection.c.source == source, connection.c.state == "live", connection.c.from_at <= at)
        .where(or_(connection.c.until_at.is_(None), connection.c.until_at > at))
        .order_by(connection.c.place)
    )
    return [_connection(row) for row in read.execute(statement).mappings()]


def connection_of(read: Read, *, batch_id: UUID) -> Connection:
    """Give the connection that a batch is pulled over."""
    statement = (
        select(connection)
        .join(batch, batch.c.connection_id == connection.c.connection_id)
        .where(batch.c.batch_id == batch_id)
    )
    return _connection(read.execute(statement).mappings().one())


def _connection(row: Mapping[Any, Any]) -> Connection:
    return Connection(**{**row, "source": Source(row["source"])})


def plan_batches(tx: Transaction, *, planned: Sequence[Batch]) -> None:
    """Write batches that are about to be pulled, so that one which never happens shows."""
    if planned:
        tx.execute(insert(batch), [asdict(each) for each in planned])


def batches(read: Read, *, batch_ids: Iterable[UUID], locked: bool = False) -> list[Batch]:
    """Give batches by id, in the order of their ids; `locked` keeps others from changing them until the end of the transaction."""
    statement = select(*_BATCH).where(batch.c.batch_id.in_(batch_ids)).order_by(batch.c.batch_id)
    return [_batch(row) for row in read.execute(statement.with_for_update() if locked else statement).mappings()]


def of_run(read: Read, *, run_id: UUID) -> list[Batch]:
    """Give the batches of a run."""
    statement = select(*_BATCH).where(batch.c.run_id == run_id)
    return [_batch(row) for row in read.execute(statement).mappings()]


def abandon_batches(tx: Transaction, *, source: Source) -> int:
    """Give up the batches of a source that never came to an end: what they would have brought is pulled again."""
    unfinished = batch.c.state.in_([State.PLANNED, State.LANDED, State.CHECKED])
    statement = update(batch).where(batch.c.source == source, unfinished)
    return tx.execute(statement.values(state=State.FAILED, held=["planned anew"])).rowcount


def accepted_as_is(read: Read, *, source: Source) -> list[Batch]:
    """Give the held batches that a steward has accepted as they are: they join the next merge."""
    statement = select(*_BATCH).where(
        batch.c.source == source, batch.c.state == State.HELD, batch.c.accepted_as_is, batch.c.manifest.is_not(None)
    )
    return [_batch(row) for row in read.execute(statement).mappings()]


def last_rows(read: Read, *, connection_ids: Sequence[str], full: bool, limit: int) -> dict[str, list[int]]:
    """Give how many rows the newest merged batches of each connection had, full or incremental ones, the newest first."""
    whole = and_(batch.c.since.is_(None), batch.c.people.is_(None))
    age = func.row_number().over(partition_by=batch.c.connection_id, order_by=batch.c.planned_at.desc())
    newest = (
        select(batch.c.connection_id, batch.c.records, age.label("age"))
        .where(batch.c.connection_id.in_(connection_ids), batch.c.state == State.MERGED, batch.c.people.is_(None))
        .where(whole if full else ~whole)
        .subquery()
    )
    found: defaultdict[str, list[int]] = defaultdict(list)
    statement = select(newest.c.connection_id, newest.c.records).where(newest.c.age <= limit).order_by(newest.c.age)
    for connection_id, rows in read.execute(statement):
        found[connection_id].append(rows or 0)
    return found


def gave_rows(read: Read, *, connection_ids: Sequence[str]) -> set[str]:
    """Name the connections whose newest merged full batch brought a row, or a window merged after it."""
    last_full = func.max(batch.c.planned_at).filter(batch.c.since.is_(None)).over(partition_by=batch.c.connection_id)
    merged = (
        select(batch.c.connection_id, batch.c.records, batch.c.planned_at, last_full.label("last_full"))
        .where(batch.c.connection_id.in_(connection_ids), batch.c.state == State.MERGED, batch.c.people.is_(None))
        .subquery()
    )
    statement = select(merged.c.connection_id).where(merged.c.records > 0, merged.c.planned_at >= merged.c.last_full)
    return set(read.execute(statement).scalars())


_BATCH = [column for column in batch.c if column.name in Batch.__dataclass_fields__]


def _batch(row: Mapping[Any, Any]) -> Batch:
    held = None if row["held"] is None else tuple(row["held"])
    return Batch(**{**row, "source": Source(row["source"]), "state": State(row["state"]), "held": held})


def mark_landed(  # the row's whole second half becomes known at once
    tx: Transaction,
    *,
    batch_id: UUID,
    manifest: str,
    sha256: str,
    since: datetime | None,
    stamp: datetime,
    records: int,
    store_key: bytes,
    at: datetime,
) -> None:
    """Write what was landed: the manifest's path and digest, the window as the source gave it, the wrapped key of its parts.

    A window that was too old for the source came in full: then `since` is no longer what was planned.
    """
    _mark(
        tx,
        batch_id,
        state=State.LANDED,
        manifest=manifest,
        manifest_sha256=sha256,
        since=since,
        stamp=stamp,
        records=records,
        store_key=store_key,
        landed_at=at,
    )


def store_keys(read: Read, *, batch_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Give the wrapped keys of batches' landed parts; one that was erased, and every copy with it, is not there."""
    kept = select(batch.c.batch_id, batch.c.store_key).where(batch.c.batch_id.in_(batch_ids))
    return {batch_id: key for batch_id, key in read.execute(kept) if key is not None}


def mark_checked(tx: Transaction, *, batch_ids: Iterable[UUID]) -> None:
    """Write that batches were validated and may be merged; one that is merged stays so."""
    statement = update(batch).where(batch.c.batch_id.in_(batch_ids), batch.c.state != State.MERGED)
    tx.execute(statement.values(state=State.CHECKED, held=None))


def mark_held(tx: Transaction, *, batch_id: UUID, why: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Write that a batch waits for a steward, and why; tells whether that is new."""
    statement = update(batch).where(batch.c.batch_id == batch_id, batch.c.state.not_in([State.MERGED, State.HELD]))
    return bool(tx.execute(statement.values(state=State.HELD, held=list(why), counts=dict(counts))).rowcount)


def release(tx: Transaction, *, batch_id: UUID, state: State, accepted: bool) -> None:
    """Write what a steward decided about a held batch."""
    _mark(tx, batch_id, state=state, accepted_as_is=accepted)


def mark_failed(tx: Transaction, *, batch_id: UUID, why: str) -> None:
    """Write that a batch will not come; the sentence names no person."""
    _mark(tx, batch_id, state=State.FAILED, held=[why])


def mark_merged(tx: Transaction, *, counts: Mapping[UUID, Mapping[str, int]], at: datetime) -> None:
    """Write that batches are in staging, each with its counts."""
    statement = update(batch).where(batch.c.batch_id == bindparam("of_batch"))
    merged = statement.values(
        state=State.MERGED, counts=bindparam("counted"), records=bindparam("pulled"), merged_at=at
    )
    rows = [
        {"of_batch": batch_id, "counted": dict(counted), "pulled": counted["pulled"]}
        for batch_id, counted in counts.items()
    ]
    tx.execute(merged, rows)


def _mark(tx: Transaction, batch_id: UUID, **values: object) -> None:
    tx.execute(update(batch).where(batch.c.batch_id == batch_id).values(**values))


def answered(read: Read, *, connection_ids: Iterable[str], after: datetime) -> set[str]:
    """Name the connections that were asked by window after a moment and answered, whatever became of the answer."""
    came = batch.c.state.in_([State.LANDED, State.CHECKED, State.MERGED, State.HELD])
    of_window = batch.c.people.is_(None) & (batch.c.planned_at >= after) & came
    statement = select(batch.c.connection_id).where(batch.c.connection_id.in_(connection_ids), of_window)
    return set(read.execute(statement).scalars())


def watermarks(read: Read, *, connection_ids: Iterable[str]) -> dict[str, datetime]:
    """Give how far each connection has come; one that was never pulled whole is not there."""
    statement = select(watermark.c.connection_id, watermark.c.since).where(
        watermark.c.connection_id.in_(connection_ids)
    )
    return {connection_id: since for connection_id, since in read.execute(statement)}  # noqa: C416 - a result has keys: dict() would misread it


def move_watermarks(tx: Transaction, *, to: Mapping[str, tuple[datetime, UUID]], at: datetime) -> None:
    """Move connections' watermarks forward with the data they describe, each to a stamp and its batch; none ever goes back."""
    statement = upsert(watermark)
    moved = statement.on_conflict_do_update(
        index_elements=["connection_id"],
        set_={name: statement.excluded[name] for name in ("since", "batch_id", "moved_at")},
        where=watermark.c.since < statement.excluded.since,
    )
    rows = [
        {"connection_id": connection_id, "since": since, "batch_id": batch_id, "moved_at": at}
        for connection_id, (since, batch_id) in to.items()
    ]
    if rows:
        tx.execute(moved, rows)


def seen_of(read: Read, *, connection_ids: Iterable[str]) -> dict[str, str]:
    """Name the file of what each connection gave when it last gave everything."""
    statement = select(watermark.c.connection_id, watermark.c.seen).where(watermark.c.connection_id.in_(connection_ids))
    return {connection_id: seen for connection_id, seen in read.execute(statement) if seen}


def note_seen(tx: Transaction, *, seen: Mapping[str, str | None]) -> None:
    """Write which file tells what each connection gave, if one does, beside the watermark that was moved for it."""
    statement = update(watermark).where(watermark.c.connection_id == bindparam("of_connection"))
    rows = [{"of_connection": connection_id, "file": file} for connection_id, file in seen.items()]
    if rows:
        tx.execute(statement.values(seen=bindparam("file")), rows)


def health(read: Read, *, source: Source, place: str) -> Health:
    """Give the breaker that stands before a place of a source."""
    stands_for = breaker_place(source, place)
    statement = select(source_health).where(source_health.c.source == source, source_health.c.place == stands_for)
    row = read.execute(statement).one_or_none()
    if row is None:
        return Health(source=source, place=stands_for)
    return Health(
        source=source,
        place=stands_for,
        failures=row.failures,
        pause=timedelta(seconds=row.pause_s),
        open_until=row.open_until,
        stopped=row.stopped,
        cause=row.cause,
    )


def write_health(tx: Transaction, *, is_now: Health, at: datetime) -> None:
    """Write how a source is."""
    key = {"source": is_now.source, "place": is_now.place}
    state = {
        "failures": is_now.failures,
        "pause_s": int(is_now.pause.total_seconds()),
        "open_until": is_now.open_until,
        "stopped": is_now.stopped,
        "cause": is_now.cause,
        "changed_at": at,
    }
    statement = upsert(source_health).values(**key, **state)
    tx.execute(statement.on_conflict_do_update(index_elements=["source", "place"], set_=state))


def waiting_to_be_asked(read: Read, *, source: Source) -> list[UUID]:
    """List the people whom a source is to be asked about from the beginning, the longest waiting first."""
    statement = select(to_ask.c.person_id).where(to_ask.c.source == source).order_by(to_ask.c.queued_at)
    return list(read.execute(statement).scalars())


def ask_from_the_beginning(tx: Transaction, *, person_ids: Iterable[UUID], source: Source, at: datetime) -> None:
    """Queue people whom a permission lets be asked about from now on (AMENDMENTS 4)."""
    rows = [{"person_id": person_id, "source": source, "queued_at": at} for person_id in person_ids]
    if rows:
        tx.execute(upsert(to_ask).on_conflict_do_nothing(), rows)


def never_named(read: Read, *, person_ids: Iterable[UUID], source: Source) -> list[UUID]:
    """List those queued people whom no batch was planned to ask about by name since they were queued."""
    statement = (
        select(to_ask.c.person_id)
        .outerjoin(batch, batch.c.batch_id == to_ask.c.batch_id)
        .where(to_ask.c.source == source, to_ask.c.person_id.in_(person_ids), batch.c.people.is_(None))
        .order_by(to_ask.c.person_id)
    )
    return list(read.execute(statement).scalars())


def being_asked(tx: Transaction, *, batch_id: UUID, person_ids: Iterable[UUID], source: Source) -> None:
    """Note the batch that asks about queued people; they leave the queue when it is merged."""
    who = and_(to_ask.c.source == source, to_ask.c.person_id.in_(person_ids))
    tx.execute(update(to_ask).where(who).values(batch_id=batch_id))


def were_asked(tx: Transaction, *, batch_ids: Iterable[UUID]) -> int:
    """Take out of the queue those whom merged batches asked about."""
    return tx.execute(delete(to_ask).where(to_ask.c.batch_id.in_(batch_ids))).rowcount


def known_to_county(read: Read, *, county: str) -> set[UUID]:
    """Give the people whom a county's system was asked about before and knows."""
    return set(read.execute(select(potilas.c.person_id).where(potilas.c.county == county)).scalars())


def areas_of(read: Read, *, person_ids: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """Give the employment area of each person known to TE; one of two jobseekers may have two."""
    statement = select(tyonhakija.c.person_id, tyonhakija.c.tyollisyysalue).where(
        tyonhakija.c.person_id.in_(person_ids)
    )
    return list(read.execute(statement.distinct()))


def newest_run(read: Read, *, source: Source) -> UUID | None:
    """Give the newest run of a source."""
    statement = select(batch.c.run_id).where(batch.c.source == source).order_by(batch.c.planned_at.desc()).limit(1)
    return read.execute(statement).scalar_one_or_none()


def batches_waiting(read: Read, *, source: Source) -> int:
    """Count the batches of a source that wait for a steward."""
    statement = select(func.count()).where(
        batch.c.source == source, batch.c.state == State.HELD, ~batch.c.accepted_as_is
    )
    return read.execute(statement).scalar_one()
