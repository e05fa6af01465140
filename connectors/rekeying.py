"""Rotation of the keys of staging, some rows at a time and without stopping readers: after it former keys open nothing here.

Each step is a transaction of its own that lets no merge run beside it, so that none writes under a former key behind it. What was done
stays done: a walk that was cut off begins again and finds only what is left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Generic, TypeVar
from uuid import UUID

from connectors import workers
from connectors.landing.key import rewrapped
from connectors.layout import context, hetu_context, layouts
from connectors.queries import people as stored
from connectors.queries import rekeying
from connectors.queries.rekeying import Anew, Hidden, Kept
from connectors.queries.workers import Name
from connectors.staging.refuse import payload_context
from connectors.staging.refused import DIGESTS, digest_key
from db.engine import Database, Read, Transaction
from db.keys import Keyring, Use, packing

_NO_ID: Final = UUID(int=0)
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class _Moved(Generic[_Row]):
    """What a step did: how many rows it wrote anew, and the last row it looked at, None at the end."""

    rows: int
    last: _Row | None


def rekey(database: Database, *, at: datetime, told: Callable[[int], None] = lambda _: None) -> int:
    """Bring everything in staging under the current keys; `told` hears the count after each step that wrote, and the whole comes back.

    What the log is told of it happened `at`.
    """
    moved = 0
    for rows in _walks(database, at):
        moved += rows
        if rows:
            told(moved)
    return moved


def _walks(database: Database, at: datetime) -> Iterator[int]:
    yield from _walk(database, _identities, b"")
    for layout in layouts():
        for column in layout.encrypted:
            yield from _walk(database, _column(layout.table, column), "")
    yield from _walk(database, partial(_workers, at), workers.FIRST)
    yield from _walk(database, _refused, 0)
    yield from _walk(database, _wrapped, _NO_ID)


def _walk(database: Database, step: Callable[[Transaction, _Row], _Moved[_Row]], start: _Row) -> Iterator[int]:
    after: _Row | None = start
    while after is not None:
        with database.transaction() as tx:
            for which in (*stored.MERGES, stored.NEW_PEOPLE):
                stored.lock(tx, which=which)
            done = step(tx, after)
        yield done.rows
        after = done.last


def _identities(tx: Transaction, after: bytes) -> _Moved[bytes]:
    """Hash and encrypt HETUs anew; the content hashes of their people's records, keyed too, are forgotten."""
    current = tx.keyring.key_ids(Use.IDENTITY_HASH)[0]
    rows = rekeying.identities(tx, key_id=current, header=_header(tx, Use.IDENTITY_ENCRYPTION), after=after)
    if not rows:
        return _Moved(0, None)
    rekeying.replace_identities(tx, anew=[_anew(tx.keyring, row, current) for row in rows], hash_key_id=current)
    for layout in layouts():
        if layout.encrypted:
            rekeying.forget_content(tx, table=layout.table, person_ids=[row.person_id for row in rows])
    return _Moved(len(rows), rows[-1].hetu_hash)


def _anew(keyring: Keyring, row: Hidden, hash_key_id: str) -> Anew:
    use, of = Use.IDENTITY_ENCRYPTION, hetu_context(str(row.person_id))
    hetu = keyring.decrypt_packed(use, row.hetu, context=of)
    hashed = keyring.keyed_hash(Use.IDENTITY_HASH, hetu, key_id=hash_key_id)
    return Anew(row.hetu_hash, hashed, keyring.encrypt_packed(use, hetu, context=of))


def _column(table: str, column: str) -> Callable[[Transaction, str], _Moved[str]]:
    def step(tx: Transaction, after: str) -> _Moved[str]:
        keyring, use = tx.keyring, Use.IDENTITY_ENCRYPTION
        boxes = rekeying.encrypted(tx, table=table, column=column, header=_header(tx, use), after=after)
        anew = {}
        for key, box in boxes:
            of = context(table, column, key)
            anew[key] = keyring.encrypt_packed(use, keyring.decrypt_packed(use, box, context=of), context=of)
        rekeying.write_encrypted(tx, table=table, column=column, boxes=anew)
        return _Moved(len(boxes), boxes[-1][0] if boxes else None)

    return step


def _workers(at: datetime, tx: Transaction, after: Name) -> _Moved[Name]:
    return _Moved(*workers.rekey_step(tx, after, at=at))


def _refused(tx: Transaction, after: int) -> _Moved[int]:
    keyring, use = tx.keyring, Use.IDENTITY_ENCRYPTION
    header = _header(tx, use)
    rows = rekeying.refused(tx, header=header, digests=DIGESTS, after=after)
    moved = 0
    for row in rows:
        kept = keyring.decrypt_packed(use, row.payload, context=_place(row, row.record_key))
        key = _key(tx, row, kept)
        if key != row.record_key or not row.payload.startswith(header):
            anew = keyring.encrypt_packed(use, kept, context=_place(row, key))
            rekeying.write_refused(tx, quarantine_id=row.quarantine_id, record_key=key, payload=anew)
            moved += 1
    return _Moved(moved, rows[-1].quarantine_id if rows else None)


def _key(read: Read, row: Kept, kept: bytes) -> str:
    """Give what a row is known by under the current hash key; it stays where the same row came again since, and is known by that."""
    if not row.record_key.startswith(DIGESTS):
        return row.record_key
    anew = digest_key(kept or row.locator.encode(), read.keyring)
    taken = rekeying.is_refused(read, source=row.source, record=row.record, record_key=anew)
    return row.record_key if taken else anew


def _place(row: Kept, key: str) -> bytes:
    return payload_context(row.source, row.record, key)


def _wrapped(tx: Transaction, after: UUID) -> _Moved[UUID]:
    rows = rekeying.wrapped(tx, header=_header(tx, Use.STORE), after=after)
    for batch_id, wrapped in rows:
        anew = rewrapped(tx.keyring, wrapped, batch=str(batch_id))
        rekeying.write_wrapped(tx, batch_id=batch_id, store_key=anew)
    return _Moved(len(rows), rows[-1][0] if rows else None)


def _header(read: Read, use: Use) -> bytes:
    """Give what every value begins with that the current key of a use has encrypted."""
    return packing.header(read.keyring.key_ids(use)[0])
