"""The quarantine: rows that were refused, each once, with every reason and the row as sent, encrypted."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import polars as pl
from sqlalchemy import select, update

from connectors.queries.bulk import ask, loaded, read_out, run
from connectors.tables import quarantine
from db.engine import Read, Transaction
from schemas.vocabulary import Source

OPEN: Final = ("received", "explained")
LOADED: Final = {
    "source": "text",
    "record": "text",
    "record_key": "text",
    "batch_id": "uuid",
    "person_id": "uuid",
    "locator": "text",
    "failures": "text",
    "payload": "bytea",
    "suite": "text",
}
_KEY: Final = {"record": pl.String, "record_key": pl.String}


def receive(tx: Transaction, *, rows: pl.DataFrame, at: datetime) -> int:
    """Take refused rows in; one that is there already is written over, counted, and opened again if it was closed."""
    if rows.is_empty():
        return 0
    with loaded(tx, "refused_row", LOADED, rows.unique(subset=["source", "record", "record_key"], keep="last")):
        return run(
            tx,
            """
            INSERT INTO staging.quarantine AS q (source, record, record_key, batch_id, person_id, locator, failures, payload, suite,
                                                 state, first_at, last_at, times)
            SELECT source, record, record_key, batch_id, person_id, locator, failures::jsonb, payload, suite, 'received', :at, :at, 1
              FROM refused_row
                ON CONFLICT (source, record, record_key) DO UPDATE
               SET batch_id = excluded.batch_id, person_id = coalesce(excluded.person_id, q.person_id), locator = excluded.locator,
                   failures = excluded.failures, payload = excluded.payload, suite = excluded.suite,
                   state = CASE WHEN q.closed_at IS NULL THEN q.state ELSE 'received' END,
                   last_at = excluded.last_at, times = q.times + 1, closed_at = NULL, closed_why = NULL
            """,
            at=at,
        )


def open_keys(read: Read, *, source: Source) -> pl.DataFrame:
    """Give record and key of the rows of a source that wait."""
    query = "SELECT record, record_key FROM staging.quarantine WHERE source = :source AND closed_at IS NULL"
    return read_out(read, query, _KEY, source=source)


def refused_by_name(read: Read, *, source: Source) -> pl.DataFrame:
    """Give record and key of the rows of a source that wait and that asking about somebody by name brought last."""
    query = """
        SELECT q.record, q.record_key FROM staging.quarantine q JOIN staging.batch b USING (batch_id)
         WHERE q.source = :source AND q.closed_at IS NULL AND b.people IS NOT NULL
    """
    return read_out(read, query, _KEY, source=source)


def close(tx: Transaction, *, source: Source, keys: pl.DataFrame, state: str, why: str, at: datetime) -> list[int]:
    """Close rows by record and key; gives the ids of those that were open."""
    if keys.is_empty():
        return []
    with loaded(tx, "closed_row", {"record": "text", "record_key": "text"}, keys):
        closed = ask(
            tx,
            """
            UPDATE staging.quarantine q SET state = :state, closed_at = :at, closed_why = :why
              FROM closed_row c
             WHERE q.source = :source AND q.record = c.record AND q.record_key = c.record_key AND q.closed_at IS NULL
            RETURNING q.quarantine_id
            """,
            source=source,
            state=state,
            why=why,
            at=at,
        )
    return [int(str(quarantine_id)) for (quarantine_id,) in closed]


class Waiting(NamedTuple):
    """A row that waits: its id, record and key, the batch that brought it, and what was sent, encrypted."""

    quarantine_id: int
    record: str
    record_key: str
    batch_id: UUID
    payload: bytes


def waiting(read: Read, *, source: Source, ids: Iterable[int] | None = None) -> list[Waiting]:
    """Give rows that wait, of all or some ids."""
    of = quarantine.c
    statement = select(of.quarantine_id, of.record, of.record_key, of.batch_id, of.payload).where(
        of.source == source, of.state.in_(OPEN)
    )
    if ids is not None:
        statement = statement.where(of.quarantine_id.in_(ids))
    return [Waiting(*row) for row in read.execute(statement.order_by(of.quarantine_id))]


def refused_by_others(read: Read, *, source: Source, suite: str) -> list[int]:
    """Give the ids of rows that wait and that another version of the suites refused."""
    of = quarantine.c
    statement = select(of.quarantine_id).where(of.source == source, of.state.in_(OPEN), of.suite != suite)
    return list(read.execute(statement.order_by(of.quarantine_id)).scalars())


def source_of(read: Read, *, quarantine_id: int) -> Source | None:
    """Give the source of a row that waits."""
    statement = select(quarantine.c.source).where(
        quarantine.c.quarantine_id == quarantine_id, quarantine.c.state.in_(OPEN)
    )
    found = read.execute(statement).scalar_one_or_none()
    return None if found is None else Source(found)


def explain(tx: Transaction, *, quarantine_id: int, cause: str, owner: str, due_on: date) -> None:
    """Write why a row broke, who mends it and by when."""
    statement = update(quarantine).where(quarantine.c.quarantine_id == quarantine_id)
    tx.execute(statement.values(state="explained", cause=cause, owner=owner, due_on=due_on))


def discard(tx: Transaction, *, quarantine_id: int, why: str, at: datetime) -> None:
    """Close a row that will never be taken."""
    statement = update(quarantine).where(quarantine.c.quarantine_id == quarantine_id)
    tx.execute(statement.values(state="discarded", closed_at=at, closed_why=why))
