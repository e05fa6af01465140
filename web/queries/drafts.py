"""Forms begun, by the hashes of their names."""

from datetime import datetime

from sqlalchemy import insert, select

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
