"""Answers to calls that change something, kept so that a call made again is done once."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from db.engine import Read, Transaction
from publish.tables import idempotency


class Answered(NamedTuple):
    """What a system was answered under a key, for a body (SHA-256) and with a proof (SHA-256)."""

    system: str
    key: str
    body_sha256: bytes
    proof: bytes
    status: int
    answer: str
    at: datetime


def answered(read: Read, *, system: str, key: str) -> Answered | None:
    """Give what was answered under a key."""
    of = idempotency.c
    row = read.execute(
        select(*(of[name] for name in Answered._fields)).where(of.system == system, of.key == key)
    ).one_or_none()
    return None if row is None else Answered(*row)


def keep(tx: Transaction, made: Answered) -> bool:
    """Keep an answer; tells whether neither its key nor its proof was used before."""
    statement = insert(idempotency).values(made._asdict()).on_conflict_do_nothing().returning(idempotency.c.key)
    return tx.execute(statement).one_or_none() is not None


def sweep(tx: Transaction, *, before: datetime) -> None:
    """Take away what was answered before a moment."""
    tx.execute(delete(idempotency).where(idempotency.c.at < before))
