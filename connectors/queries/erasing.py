"""What is erased of people: their staged rows by category, what they are known by, and the books of rewritten copies."""

# ruff: noqa: S608 - tables and columns are named by the layouts, every value is bound or copied

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import polars as pl
from sqlalchemy import ColumnElement, delete, exists, select, update

from connectors.ledger import State
from connectors.queries.bulk import loaded, read_out, run
from connectors.tables import batch, identity, quarantine, tyonhakija, watermark
from db.engine import Read, Transaction
from schemas.vocabulary import Source

_PEOPLE: Final = {"person_id": "uuid"}
UNDER_WAY: Final = (State.PLANNED, State.LANDED, State.CHECKED, State.HELD)
"""Batches whose rows may still come to staging, under the leave list of their day."""


class Landed(NamedTuple):
    """A batch with landed copies that nobody is about to read."""

    batch_id: UUID
    state: str
    manifest: str
    store_key: bytes


def rows_of(tx: Transaction, *, table: str, columns: Sequence[str], people: pl.Series) -> pl.DataFrame:
    """Give the staged rows of people: key, person, and the columns named, as text."""
    schema = dict.fromkeys(("source_record_id", "person_id", *columns), pl.String)
    with loaded(tx, "erased_person", _PEOPLE, pl.DataFrame({"person_id": people})):
        query = f"SELECT {', '.join(schema)} FROM staging.{table} JOIN erased_person USING (person_id)"
        return read_out(tx, query, schema)


def cut(tx: Transaction, *, table: str, column: str, flag: int, rows: pl.DataFrame) -> int:
    """Write a column anew in rows that lose what is sensitive in it: ``source_record_id`` and the column."""
    with loaded(tx, "cut_row", {"source_record_id": "text", column: "text"}, rows):
        statement = f"""
            UPDATE staging.{table} t SET {column} = c.{column}, cut = t.cut | :flag
              FROM cut_row c WHERE t.source_record_id = c.source_record_id
        """
        return run(tx, statement, flag=flag)


def remove_refused(tx: Transaction, *, source: Source, people: Collection[UUID]) -> int:
    """Take out what of people was refused and kept as sent."""
    statement = delete(quarantine).where(quarantine.c.source == source, quarantine.c.person_id.in_(people))
    return tx.execute(statement).rowcount


def known_by(read: Read, *, people: Collection[UUID]) -> tuple[Sequence[tuple[UUID, bytes]], list[str]]:
    """Give every HETU, encrypted, that ever led to people, and TE's own ids of them."""
    codes = read.execute(select(identity.c.person_id, identity.c.hetu).where(identity.c.person_id.in_(people)))
    ids = read.execute(select(tyonhakija.c.source_record_id).where(tyonhakija.c.person_id.in_(people)))
    return [(person_id, hetu) for person_id, hetu in codes], list(ids.scalars())


def landed(read: Read, *, source: Source) -> list[Landed]:
    """List a source's landed batches at rest: merged, failed, or waiting for a steward."""
    of = batch.c
    at_rest = of.state.in_([State.MERGED, State.FAILED]) | ((of.state == State.HELD) & ~of.accepted_as_is)
    statement = select(of.batch_id, of.state, of.manifest, of.store_key).where(
        of.source == source, of.manifest.is_not(None), of.store_key.is_not(None), at_rest
    )
    return [
        Landed(row.batch_id, row.state, row.manifest or "", row.store_key or b"") for row in read.execute(statement)
    ]


def rewritten(tx: Transaction, *, old: Landed, manifest: str, sha256: str, store_key: bytes) -> bool:
    """Let a batch's copies be others from now on; what the former key closed stays closed. Tells whether the old ones still stood."""
    return _replace(tx, old, manifest=manifest, manifest_sha256=sha256, store_key=store_key)


def gone(tx: Transaction, *, old: Landed) -> bool:
    """Forget the key of a batch's copies, and with it all of them; one that waited for a steward is pulled again."""
    return _replace(tx, old, manifest=None, manifest_sha256=None, store_key=None)


def give_up(tx: Transaction, *, batch_id: UUID, why: str) -> None:
    """Let a batch that waited for a steward fail: what it holds may not be taken any more, the next run pulls it again."""
    tx.execute(update(batch).where(batch.c.batch_id == batch_id).values(state=State.FAILED, held=[why]))


def _replace(tx: Transaction, old: Landed, **values: str | bytes | None) -> bool:
    statement = update(batch).where(batch.c.batch_id == old.batch_id, batch.c.manifest == old.manifest)
    return bool(tx.execute(statement.values(**values)).rowcount)


def under_way(read: Read, *, planned_before: datetime) -> bool:
    """Tell whether a batch planned before a moment may still be merged."""
    waiting = exists().where(batch.c.state.in_(UNDER_WAY), batch.c.planned_at < planned_before)
    return bool(read.execute(select(waiting)).scalar_one())


def landed_before(read: Read, *, before: datetime, limit: int) -> list[Landed]:
    """List batches whose copies were landed before a moment and still open."""
    of = batch.c
    statement = select(of.batch_id, of.state, of.manifest, of.store_key).where(
        of.landed_at < before, of.manifest.is_not(None), of.store_key.is_not(None)
    )
    rows = read.execute(statement.order_by(of.landed_at).limit(limit))
    return [Landed(row.batch_id, row.state, row.manifest or "", row.store_key or b"") for row in rows]


def forget_closed(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out refused rows that were closed before a moment; gives how many."""
    return _forget_refused(tx, quarantine.c.closed_at < before, most)


def forget_open(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out refused rows that nobody closed and that have not come since a moment; gives how many."""
    return _forget_refused(tx, quarantine.c.closed_at.is_(None) & (quarantine.c.last_at < before), most)


def _forget_refused(tx: Transaction, ended: ColumnElement[bool], most: int) -> int:
    some = select(quarantine.c.quarantine_id).where(ended).limit(most)
    return tx.execute(delete(quarantine).where(quarantine.c.quarantine_id.in_(some))).rowcount


def folders_named(read: Read) -> set[str]:
    """Give the folders that the books say landed copies lie in."""
    manifests = read.execute(select(batch.c.manifest).where(batch.c.manifest.is_not(None))).scalars()
    return {(manifest or "").rpartition("/")[0] for manifest in manifests}


def memories_named(read: Read) -> set[str]:
    """Give the files that tell what connections gave, as the watermarks name them."""
    return {(seen or "").rpartition(":")[0] for seen in read.execute(select(watermark.c.seen)).scalars()}
