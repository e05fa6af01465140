"""Who looks at people for an organisation, beside the identities: one row for each name that it gives a worker."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from connectors.tables import worker
from db.engine import Read, Transaction

ROWS_A_STEP = 500


class Name(NamedTuple):
    """What an organisation calls a worker of its own."""

    recipient: str
    pseudonym: str


class Hidden(NamedTuple):
    """Who a worker is, as it rests."""

    hetu_hash: bytes
    hash_key_id: str
    box: bytes


def put(tx: Transaction, *, name: Name, who: Hidden, by: str, at: datetime) -> None:
    """Write who a worker is; what was written under that name before gives way."""
    row = name._asdict() | who._asdict() | {"registered_by": by, "recorded_at": at, "until_at": None}
    fresh = {key: value for key, value in row.items() if key not in name._fields}
    tx.execute(insert(worker).values(row).on_conflict_do_update(index_elements=name._fields, set_=fresh))


def leave(tx: Transaction, *, name: Name, at: datetime) -> bool:
    """Write that a worker left; tell whether they were there."""
    of = worker.c
    here = (of.recipient == name.recipient, of.pseudonym == name.pseudonym, of.until_at.is_(None))
    return tx.execute(update(worker).where(*here).values(until_at=at)).rowcount > 0


def under_former_keys(read: Read, *, key_id: str, header: bytes, after: Name) -> list[tuple[Name, Hidden]]:
    """Give workers behind a name who were hashed or encrypted under other keys than these, and keep them as they are."""
    of = worker.c
    other = or_(of.hash_key_id != key_id, func.substring(of.box, 1, len(header)) != header)
    key = (of.recipient, of.pseudonym)
    statement = select(*key, of.hetu_hash, of.hash_key_id, of.box).where(other, tuple_(*key) > tuple_(*after))
    rows = read.execute(statement.order_by(*key).limit(ROWS_A_STEP).with_for_update())
    return [(Name(*row[:2]), Hidden(*row[2:])) for row in rows]


def replace(tx: Transaction, *, anew: Sequence[tuple[Name, Hidden]]) -> None:
    """Write who workers are under new keys."""
    of = worker.c
    for name, who in anew:
        here = (of.recipient == name.recipient, of.pseudonym == name.pseudonym)
        tx.execute(update(worker).where(*here).values(who._asdict()))
