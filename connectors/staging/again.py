"""Quarantined rows validated again, from the bytes that were kept and never from an edited row (PIPELINE.md 3)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import polars as pl

from connectors.checked import Checked
from connectors.frames import HETU, LOCATOR
from connectors.landing import Manifest, new_key
from connectors.ledger import Batch
from connectors.queries import books, quarantine
from connectors.queries.quarantine import Waiting
from connectors.source import Parsed
from connectors.staging.merge import merge_groups, sweep
from connectors.staging.refuse import payload_context
from connectors.staging.seen import NAMED
from connectors.staging.slices import PARSERS, Landed, Slice
from connectors.staging.work import Work
from connectors.store import Store, open_store
from db.engine import Login, Transaction
from db.environment import Environment
from db.ids import uuid7
from db.keys import Keyring, Use
from schemas import kela, sote, te
from schemas.expectations import version_of
from schemas.vocabulary import Source

_RECORDS: Final = {
    of_source: {record.__name__: record for record in module.RECORDS}
    for of_source, module in ((Source.TE, te), (Source.KELA, kela), (Source.SOTE, sote))
}


def revalidate_outdated(environment: Environment, *, at: datetime) -> dict[str, int]:
    """Validate again all that an older version of the suites refused; gives how many rows of each source are released."""
    released = {}
    for source in Source:
        with environment.database(Login.CONNECTOR, pool_size=1) as database, database.read() as read:
            ids = quarantine.refused_by_others(read, source=source, suite=version_of(source))
        released[source.value] = revalidate(environment, source=source, ids=ids, at=at)["released"] if ids else 0
    return released


def revalidate(
    environment: Environment, *, source: str, ids: Iterable[int] | None = None, at: datetime
) -> dict[str, int]:
    """Validate rows of the quarantine again, all of a source or some by id; the good ones are merged, never over a newer version.

    Gives how many were looked at and how many are released. A row that could not be read at all stays: it has no fields to judge.
    """
    store, of_source = open_store(environment.store), Source(source)
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.transaction() as tx:
        rows = [row for row in quarantine.waiting(tx, source=of_source, ids=ids) if row.record in _RECORDS[of_source]]
        groups = [
            _checked(tx, store, of_source, batch_id=batch_id, rows=of_batch, at=at)
            for batch_id, of_batch in _by_batch(rows).items()
        ]
        names = pl.DataFrame([(row.record, row.record_key) for row in rows], schema=_NAMES, orient="row")
        counts = merge_groups(tx, store, source=of_source, groups=groups, at=at, released=names)
        left = {row.quarantine_id for row in quarantine.waiting(tx, source=of_source, ids=ids)}
    for group in groups:
        sweep(store, group)
    released = sum(row.quarantine_id not in left for row in rows)
    return {"looked_at": len(rows), "released": released, "accepted": counts.get("accepted", 0)}


_NAMES: Final = {"record": pl.String, "record_key": pl.String}


def _by_batch(rows: Sequence[Waiting]) -> Mapping[UUID, list[Waiting]]:
    found: defaultdict[UUID, list[Waiting]] = defaultdict(list)
    for row in rows:
        found[row.batch_id].append(row)
    return found


def _checked(
    tx: Transaction, store: Store, source: Source, *, batch_id: UUID, rows: Sequence[Waiting], at: datetime
) -> Checked:
    """Judge the rows that one batch brought, as a batch of their own over the same connection."""
    (came,) = books.batches(tx, batch_ids=[batch_id])
    batch = Batch(
        batch_id=uuid7(at),
        run_id=uuid7(at),
        source=source,
        connection_id=came.connection_id,
        shard=f"{came.shard}-again",
        since=at,
        leave=came.leave,
        planned_at=at,
        accepted_as_is=True,
    )
    books.plan_batches(tx, planned=[batch])
    key, _ = new_key(tx.keyring, str(batch.batch_id))
    work = Work(
        store=store,
        keyring=tx.keyring,
        source=source,
        batches=[batch],
        landed=[Landed(manifest=_manifest(batch, at), key=key)],
        allowed=[None],
        known={},
    )
    checked = work.done(on=at.date(), slices=[_slice(tx.keyring, source, rows)])
    books.mark_checked(tx, batch_ids=[batch.batch_id])
    return checked


def _manifest(batch: Batch, at: datetime) -> Manifest:
    """Stand for a landing that did not happen: a window without parts."""
    return Manifest(
        batch=str(batch.batch_id),
        source=batch.source,
        interface="quarantine",
        shard=batch.shard,
        since=at,
        until=at,
        attempt="",
        folder="",
        parts=(),
        calls=(),
        records=0,
        key_id="",
        parser=PARSERS[batch.source],
        code="",
        landed_at=at,
    )


def _slice(keyring: Keyring, source: Source, rows: Sequence[Waiting]) -> Slice:
    by_record: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        context = payload_context(source, row.record, row.record_key)
        kept = keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, row.payload, context=context)
        by_record[row.record].append(json.loads(kept))
    frames = {
        _RECORDS[source][name]: _frame(_RECORDS[source][name], source, found) for name, found in by_record.items()
    }
    filled = Slice()
    filled.add(0, Parsed(frames=frames), pl.DataFrame(schema=NAMED))
    return filled


def _frame(record: type, source: Source, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    beside = (LOCATOR,) if source is Source.TE else (LOCATOR, HETU)
    names = [*(field.name for field in fields(record)), *beside]
    return pl.DataFrame(
        [[row.get(name) for name in names] for row in rows], schema=dict.fromkeys(names, pl.String), orient="row"
    )
