"""What is kept of the witnesses: their signature lines under checkpoints."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from audit import tables
from audit.cosignature import Cosignature
from db.engine import Read, Transaction


def cosigned_size(read: Read, log: int, witness: str) -> int:
    """Return the largest size that a witness cosigned, nought before the first."""
    c = tables.cosignature.c
    return read.execute(select(func.max(c.size)).where(c.log == log, c.witness == witness)).scalar_one() or 0


def newest_cosignatures(read: Read, log: int) -> dict[str, tuple[int, datetime]]:
    """Return by witness the largest size it cosigned, and when that was received."""
    c = tables.cosignature.c
    statement = select(c.witness, func.max(c.size), func.max(c.received_at)).where(c.log == log).group_by(c.witness)
    return {witness: (size, at) for witness, size, at in read.execute(statement)}


def note(read: Read, log: int, size: int) -> str | None:
    """Return the signed note of a size."""
    c = tables.checkpoint.c
    return read.execute(select(c.note).where(c.log == log, c.size == size)).scalar_one_or_none()


def signed_at(read: Read, log: int, size: int) -> datetime:
    """Return when the checkpoint of a size was signed."""
    c = tables.checkpoint.c
    return read.execute(select(c.signed_at).where(c.log == log, c.size == size)).scalar_one()


def signed_first_after(read: Read, log: int, size: int) -> datetime | None:
    """Return when the first checkpoint beyond a size was signed, None where there is none."""
    c = tables.checkpoint.c
    return read.execute(select(func.min(c.signed_at)).where(c.log == log, c.size > size)).scalar_one()


def newest_size(read: Read, log: int) -> int:
    """Return the size of a log's newest checkpoint, nought before the first."""
    c = tables.checkpoint.c
    return read.execute(select(func.max(c.size)).where(c.log == log)).scalar_one() or 0


def lines(read: Read, log: int, size: int) -> list[str]:
    """Return the witnesses' lines under a checkpoint, by name."""
    c = tables.cosignature.c
    statement = select(c.line).where(c.log == log, c.size == size).order_by(c.witness)
    return list(read.execute(statement).scalars())


def add_cosignature(tx: Transaction, log: int, size: int, cosignature: Cosignature, at: datetime) -> None:
    """Keep a witness's line; the first of a size stays."""
    row = {"log": log, "size": size, "witness": cosignature.witness.name, "line": cosignature.line, "received_at": at}
    tx.execute(insert(tables.cosignature).on_conflict_do_nothing(), row)
