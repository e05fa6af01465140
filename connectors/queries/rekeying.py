"""What still rests under a former key, some rows at a time and in the order of their keys; readers open either meanwhile."""

# ruff: noqa: S608 - tables and columns are named by the layouts and the books, every value is bound

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, update

from connectors.queries.bulk import ask, run
from connectors.tables import batch, identity, quarantine
from db.engine import Read, Transaction
from db.keys import Use

ROWS_A_STEP = 1_000


class Hidden(NamedTuple):
    """A HETU as it rests: its keyed hash, whose it is, and the encrypted code."""

    hetu_hash: bytes
    person_id: UUID
    hetu: bytes


class Kept(NamedTuple):
    """A refused row as it rests: what its payload belongs to, and the encrypted payload."""

    quarantine_id: int
    source: str
    record: str
    record_key: str
    locator: str
    payload: bytes


def identities(read: Read, *, key_id: str, header: bytes, after: bytes) -> list[Hidden]:
    """Give HETUs behind a hash that were hashed or encrypted under other keys than these."""
    of = identity.c
    other = or_(of.hash_key_id != key_id, func.substring(of.hetu, 1, len(header)) != header)
    statement = select(of.hetu_hash, of.person_id, of.hetu).where(other, of.hetu_hash > after)
    rows = read.execute(statement.order_by(of.hetu_hash).limit(ROWS_A_STEP).with_for_update())
    return [Hidden(*row) for row in rows]


class Anew(NamedTuple):
    """A HETU as it shall rest: the hash it was known by, its new hash, and the code encrypted anew."""

    old_hash: bytes
    hetu_hash: bytes
    hetu: bytes


def replace_identities(tx: Transaction, *, anew: Sequence[Anew], hash_key_id: str) -> None:
    """Write hashes and encryptions of HETUs under new keys."""
    statement = """
        UPDATE staging.identity i SET hetu_hash = n.hetu_hash, hash_key_id = :key_id, hetu = n.hetu
          FROM unnest(CAST(:old AS bytea[]), CAST(:hashes AS bytea[]), CAST(:boxes AS bytea[])) AS n (old, hetu_hash, hetu)
         WHERE i.hetu_hash = n.old
    """
    old, hashes, boxes = ([each[place] for each in anew] for place in range(len(Anew._fields)))
    run(tx, statement, key_id=hash_key_id, old=old, hashes=hashes, boxes=boxes)


def forget_content(tx: Transaction, *, table: str, person_ids: Sequence[UUID]) -> None:
    """Mark the content of people's records as not known: their hash was keyed, and the next pull writes them anew."""
    statement = f"UPDATE staging.{table} SET content_hash = 0 WHERE person_id = ANY (:people)"
    run(tx, statement, people=list(person_ids))


def encrypted(read: Read, *, table: str, column: str, header: bytes, after: str) -> list[tuple[str, bytes]]:
    """Give records behind a key whose column was encrypted under another key than the one with this header: key and box."""
    statement = f"""
        SELECT source_record_id, {column} FROM staging.{table}
         WHERE substring({column} FOR :length) <> :header AND source_record_id > :after
         ORDER BY source_record_id LIMIT {ROWS_A_STEP} FOR NO KEY UPDATE
    """
    rows = ask(read, statement, length=len(header), header=header, after=after)
    return [(str(key), bytes(box)) for key, box in rows if isinstance(box, bytes | memoryview)]


def write_encrypted(tx: Transaction, *, table: str, column: str, boxes: Mapping[str, bytes]) -> None:
    """Write boxes anew, by the key of their record."""
    statement = f"""
        UPDATE staging.{table} t SET {column} = n.box
          FROM unnest(CAST(:keys AS text[]), CAST(:boxes AS bytea[])) AS n (key, box)
         WHERE t.source_record_id = n.key
    """
    run(tx, statement, keys=list(boxes), boxes=list(boxes.values()))


def refused(read: Read, *, header: bytes, digests: str, after: int) -> list[Kept]:
    """Give refused rows behind an id whose payload is under another key, or whose key is a keyed digest."""
    of = quarantine.c
    other = func.substring(of.payload, 1, len(header)) != header
    statement = select(of.quarantine_id, of.source, of.record, of.record_key, of.locator, of.payload).where(
        of.quarantine_id > after, or_(other, of.record_key.startswith(digests, autoescape=True))
    )
    rows = read.execute(statement.order_by(of.quarantine_id).limit(ROWS_A_STEP).with_for_update())
    return [Kept(*row) for row in rows]


def is_refused(read: Read, *, source: str, record: str, record_key: str) -> bool:
    """Tell whether a row of this key is in quarantine."""
    of = quarantine.c
    key = (of.source == source, of.record == record, of.record_key == record_key)
    return read.execute(select(of.quarantine_id).where(*key)).first() is not None


def write_refused(tx: Transaction, *, quarantine_id: int, record_key: str, payload: bytes) -> None:
    """Write the payload of a refused row anew, and the key it is known by."""
    statement = update(quarantine).where(quarantine.c.quarantine_id == quarantine_id)
    tx.execute(statement.values(record_key=record_key, payload=payload))


def wrapped(read: Read, *, header: bytes, after: UUID) -> list[tuple[UUID, bytes]]:
    """Give batches behind an id whose key is wrapped under another key than the one with this header: id and wrapped key."""
    of = batch.c
    other = func.substring(of.store_key, 1, len(header)) != header
    statement = select(of.batch_id, of.store_key).where(other, of.batch_id > after)
    rows = read.execute(statement.order_by(of.batch_id).limit(ROWS_A_STEP).with_for_update())
    return [(batch_id, key) for batch_id, key in rows if key is not None]


def write_wrapped(tx: Transaction, *, batch_id: UUID, store_key: bytes) -> None:
    """Write the wrapped key of a batch anew."""
    tx.execute(update(batch).where(batch.c.batch_id == batch_id).values(store_key=store_key))


def unfindable(read: Read) -> set[str]:
    """Name the hash keys under which people rest and which this process does not try: with others, known people would be new."""
    used = read.execute(select(identity.c.hash_key_id).distinct()).scalars()
    return set(used) - set(read.keyring.key_ids(Use.IDENTITY_HASH))
