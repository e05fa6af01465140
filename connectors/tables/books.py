"""The books kept about the pulls: connections, batches, watermarks, what waits, what was refused, and how each source is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from connectors.tables.staged import STAGING
from db.metadata import Timestamp


class _Connection(TypedColumns):
    """One system of one controller that we may ask, by agreement (AMENDMENTS 10).

    `place` is the employment area (te, kela) or the county (sote); `state` is trial, live or stopped.
    """

    connection_id: Named[str] = Column(Text, primary_key=True)
    source: Named[str] = Column(Text, nullable=False)
    controller: Named[str] = Column(Text, nullable=False)
    place: Named[str] = Column(Text, nullable=False)
    client: Named[str] = Column(Text, nullable=False)
    service: Named[str] = Column(Text, nullable=False)
    represented_party: Named[str | None] = Column(Text)
    agreement: Named[str | None] = Column(Text)
    from_at: Named[datetime] = Column(Timestamp, nullable=False)
    until_at: Named[datetime | None] = Column(Timestamp)
    state: Named[str] = Column(Text, nullable=False)


class _Batch(TypedColumns):
    """One answer: a connection's shard and window; states planned, landed, checked, then merged, held or failed.

    `since` is where the window starts (null: all the source holds), `stamp` where it ends: the next watermark. `people` is the file of
    those asked about by name, null when all. `store_key` is the key of its landed parts, wrapped: without it every copy is dead.
    `counts` are pulled, accepted, quarantined, unchanged, held, dropped, removed. `held` says why, by path and count, never by value.
    `imprint` is what a full batch is known again by, null where it is to be read again.
    """

    batch_id: Named[Uuid] = Column(UUID, primary_key=True)
    run_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    source: Named[str] = Column(Text, nullable=False)
    connection_id: Named[str] = Column(Text, nullable=False, index=True)
    shard: Named[str] = Column(Text, nullable=False)
    since: Named[datetime | None] = Column(Timestamp)
    people: Named[str | None] = Column(Text)
    leave: Named[str | None] = Column(Text)
    state: Named[str] = Column(Text, nullable=False)
    planned_at: Named[datetime] = Column(Timestamp, nullable=False)
    landed_at: Named[datetime | None] = Column(Timestamp)
    merged_at: Named[datetime | None] = Column(Timestamp)
    stamp: Named[datetime | None] = Column(Timestamp)
    manifest: Named[str | None] = Column(Text)
    manifest_sha256: Named[str | None] = Column(Text)
    store_key: Named[bytes | None] = Column(LargeBinary)
    records: Named[int | None] = Column(Integer)
    counts: Named[dict[str, int]] = Column(JSONB, nullable=False)
    held: Named[list[str] | None] = Column(ARRAY(Text))
    accepted_as_is: Named[bool] = Column(Boolean, nullable=False)
    imprint: Named[bytes | None] = Column(LargeBinary)


class _Watermark(TypedColumns):
    """How far a connection has come; moved only with the data it describes. `seen` names the file of what it gave, as old as the data."""

    connection_id: Named[str] = Column(Text, primary_key=True)
    since: Named[datetime] = Column(Timestamp, nullable=False)
    batch_id: Named[Uuid] = Column(UUID, nullable=False)
    moved_at: Named[datetime] = Column(Timestamp, nullable=False)
    seen: Named[str | None] = Column(Text)


class _Pending(TypedColumns):
    """Append-only: a person whose records or facts changed; publishing deletes the rows it saw."""

    number: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False)


class _ToAsk(TypedColumns):
    """A person whom a source is to be asked about from the beginning, for a permission starts (AMENDMENTS 4).

    `batch_id` is the batch that asks; the row goes when it is merged.
    """

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    source: Named[str] = Column(Text, primary_key=True)
    queued_at: Named[datetime] = Column(Timestamp, nullable=False)
    batch_id: Named[Uuid | None] = Column(UUID)


class _SourceHealth(TypedColumns):
    """The breaker of a source, for sote of a county (`place`, else empty): closed until `open_until` has passed, or while stopped."""

    source: Named[str] = Column(Text, primary_key=True)
    place: Named[str] = Column(Text, primary_key=True)
    failures: Named[int] = Column(Integer, nullable=False)
    pause_s: Named[int] = Column(Integer, nullable=False)
    open_until: Named[datetime | None] = Column(Timestamp)
    stopped: Named[bool] = Column(Boolean, nullable=False)
    cause: Named[str | None] = Column(Text)
    changed_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Quarantine(TypedColumns):
    """A row that was refused, once however often it comes: by source, record type and key (the record's, else the payload's digest).

    `failures` is a list of {code, field, severity}; `payload` the row as sent, encrypted; `person_id` the person if the HETU is known.
    States: received, explained, released, discarded (`closed_why`: superseded, source_withdrew, not_ours, retention).
    """

    quarantine_id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    source: Named[str] = Column(Text, nullable=False)
    record: Named[str] = Column(Text, nullable=False)
    record_key: Named[str] = Column(Text, nullable=False)
    batch_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    person_id: Named[Uuid | None] = Column(UUID, index=True)
    locator: Named[str] = Column(Text, nullable=False)
    failures: Named[list[dict[str, Any]]] = Column(JSONB, nullable=False)
    payload: Named[bytes] = Column(LargeBinary, nullable=False)
    suite: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    first_at: Named[datetime] = Column(Timestamp, nullable=False)
    last_at: Named[datetime] = Column(Timestamp, nullable=False)
    times: Named[int] = Column(Integer, nullable=False)
    cause: Named[str | None] = Column(Text)
    owner: Named[str | None] = Column(Text)
    due_on: Named[date | None] = Column(Date)
    closed_at: Named[datetime | None] = Column(Timestamp)
    closed_why: Named[str | None] = Column(Text)


connection = Table("connection", STAGING, _Connection)
batch = Table("batch", STAGING, _Batch)
watermark = Table("watermark", STAGING, _Watermark)
pending = Table("pending", STAGING, _Pending)
to_ask = Table("to_ask", STAGING, _ToAsk)
source_health = Table("source_health", STAGING, _SourceHealth)
quarantine = Table("quarantine", STAGING, _Quarantine, UniqueConstraint("source", "record", "record_key"))
