"""What retention asks of the log, and the one function that takes entries away."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from audit import tables
from db.engine import Read, Transaction


def last_ended(read: Read, log: int, ends: Mapping[str, datetime]) -> int | None:
    """Return the last event such that it and all before it are older than their class's moment; classes not named never end."""
    c = tables.event.c
    ended = or_(*(and_(c.class_ == class_, c.seq_t < moment) for class_, moment in ends.items()))
    living = select(func.min(c.index)).where(c.log == log, ~ended)
    first_living = read.execute(living).scalar_one()
    last = select(func.max(c.index)).where(c.log == log)
    if first_living is not None:
        last = last.where(c.index < first_living)
    return read.execute(last).scalar_one()


def first_index(read: Read, log: int) -> int:
    """Return the first event of a log that is still there."""
    c = tables.event.c
    return read.execute(select(func.min(c.index)).where(c.log == log)).scalar_one() or 0


def prune(tx: Transaction, claim: UUID) -> int:
    """Take away the events that a sealed claim names."""
    removed: int = tx.execute(select(func.audit.prune(claim))).scalar_one()
    return removed
