"""Forms begun, by the hashes of their names."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from db.engine import Read, Transaction
from web.tables import draft


def put(tx: Transaction, *, draft_hash: bytes, session_hash: bytes, box: bytes, ends_at: datetime) -> None:
    """Add a form begun."""
    row = {"draft_hash": draft_hash, "session_hash": session_hash, "box": box, "ends_at": ends_at}
    tx.execute(insert(draft).values(row))


def find(read: Read, *, draft_hash: bytes, session_hash: bytes, at: datetime) -> bytes | None:
    """Give what a form of this session holds, None when there is none or it has ended."""
    of = draft.c
    statement = select(of.box).where(of.draft_hash == draft_hash, of.session_hash == session_hash, of.ends_at > at)
    return read.execute(statement).scalar_one_or_none()


def take(tx: Transaction, *, draft_hash: bytes, session_hash: bytes, at: datetime) -> bool:
    """Take a form of this session away, and say whether it was there: so it is used once."""
    of = draft.c
    wanted = (of.draft_hash == draft_hash, of.session_hash == session_hash, of.ends_at > at)
    return tx.execute(delete(draft).where(*wanted).returning(of.draft_hash)).one_or_none() is not None


def move(tx: Transaction, *, from_hash: bytes, to_hash: bytes) -> None:
    """Let the forms begun in one session go on in another."""
    rows = tx.execute(delete(draft).where(draft.c.session_hash == from_hash).returning(draft)).mappings().all()
    if rows:
        tx.execute(insert(draft), [{**row, "session_hash": to_hash} for row in rows])
