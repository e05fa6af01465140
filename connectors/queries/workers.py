"""Who looks at people for an organisation, beside the identities: one row for each name that it gives a worker."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from connectors.tables import worker
from db.engine import Read, Transaction
from db.ids import uuid7

ROWS_A_STEP = 500


Row = RowMapping
"""All that stands of a worker, by column."""


class Name(NamedTuple):
    """What an organisation calls a worker of its own."""

    recipient: str
    pseudonym: str


class Hidden(NamedTuple):
    """Who a worker is, as it rests."""

    hetu_hash: bytes
    hash_key_id: str
    box: bytes


def put(tx: Transaction, *, name: Name, who: Hidden, by: str, at: datetime) -> Row:
    """Write who a worker is, and give the row; what was written under that name before gives way, its id stays."""
    fresh = who._asdict() | {"registered_by": by, "recorded_at": at, "until_at": None}
    first = insert(worker).values(name._asdict() | {"worker_id": uuid7(at)} | fresh)
    statement = first.on_conflict_do_update(index_elements=name._fields, set_=fresh)
    return tx.execute(statement.returning(*worker.c)).mappings().one()


def leave(tx: Transaction, *, name: Name, at: datetime) -> Row | None:
    """Write that a worker left, and give the row; None where nobody of that name was there."""
    of = worker.c
    here = (of.recipient == name.recipient, of.pseudonym == name.pseudonym, of.until_at.is_(None))
    return tx.execute(update(worker).where(*here).values(until_at=at).returning(*of)).mappings().one_or_none()


def take_out(tx: Transaction, *, before: datetime) -> list[UUID]:
    """Take out the workers that left before a moment, and give their ids."""
    of = worker.c
    return list(tx.execute(delete(worker).where(of.until_at < before).returning(of.worker_id)).scalars())


def every(read: Read) -> Sequence[Row]:
    """List every worker that is kept."""
    return read.execute(select(worker)).mappings().all()


def under_former_keys(read: Read, *, key_id: str, header: bytes, after: Name) -> list[tuple[Name, Hidden]]:
    """Give workers behind a name who were hashed or encrypted under other keys than these, and keep them as they are."""
    of = worker.c
    other = or_(of.hash_key_id != key_id, func.substring(of.box, 1, len(header)) != header)
    key = (of.recipient, of.pseudonym)
    statement = select(*key, of.hetu_hash, of.hash_key_id, of.box).where(other, tuple_(*key) > tuple_(*after))
    rows = read.execute(statement.order_by(*key).limit(ROWS_A_STEP).with_for_update())
    return [(Name(*row[:2]), Hidden(*row[2:])) for row in rows]


def replace(tx: Transaction, *, anew: Sequence[tuple[Name, Hidden]]) -> list[Row]:
    """Write who workers are under new keys, and give the rows."""
    return [_replaced(tx, name, who) for name, who in anew]


def _replaced(tx: Transaction, name: Name, who: Hidden) -> Row:
    of = worker.c
    here = (of.recipient == name.recipient, of.pseudonym == name.pseudonym)
    return tx.execute(update(worker).where(*here).values(who._asdict()).returning(*of)).mappings().one()
