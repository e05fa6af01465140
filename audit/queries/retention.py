"""What retention asks of the log, and the one function that takes entries away."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

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


def first_sealed(read: Read, log: int) -> datetime | None:
    """Return when the first event of a log that is still there was sealed; None where all have gone."""
    c = tables.event.c
    return read.execute(select(c.seq_t).where(c.log == log).order_by(c.index).limit(1)).scalar_one_or_none()


def years(read: Read, at: datetime) -> dict[str, int]:
    """Return how many years each class lasts, by the rows in force at a moment."""
    of = tables.retention_class.c
    statement = (
        select(of.class_, of.years)
        .ext(distinct_on(of.class_))
        .where(of.valid_from <= at)
        .order_by(of.class_, of.valid_from.desc())
    )
    return {row.class_: row.years for row in read.execute(statement)}


class Kept(NamedTuple):
    """How many years a class is linked to people from a day on, by which law, and whether that was confirmed."""

    class_: str
    years: int
    law: str
    verified: bool
    valid_from: datetime


def kept(read: Read, at: datetime) -> list[Kept]:
    """List the rows of all classes: of each the one in force at a moment, then those that begin later."""
    of = tables.retention_class.c
    rows = read.execute(select(*(of[name] for name in Kept._fields)).order_by(of.class_, of.valid_from))
    found = [Kept(*row) for row in rows]
    over = {each.class_: each.valid_from for each in found if each.valid_from <= at}
    return [each for each in found if each.valid_from >= over.get(each.class_, each.valid_from)]


def done(read: Read) -> frozenset[UUID]:
    """Name the events that told of an unlinking which was then done."""
    return frozenset(read.execute(select(tables.unlinked.c.claim)).scalars())


def unlinked_until(read: Read) -> dict[str, int]:
    """Give the newest year of each class that was unlinked."""
    of = tables.unlinked.c
    return {
        row.class_: row.year
        for row in read.execute(select(of.class_, func.max(of.year).label("year")).group_by(of.class_))
    }


def linked(read: Read) -> list[tuple[int, str]]:
    """List the years and classes that have keys of details."""
    of = tables.detail_key.c
    return [
        (log, class_) for log, class_ in read.execute(select(of.log, of.class_).distinct().order_by(of.log, of.class_))
    ]


def stands(read: Read, event_id: UUID) -> bool:
    """Tell whether an event is in the log."""
    return read.execute(select(tables.event.c.id).where(tables.event.c.id == event_id)).first() is not None


def logs(read: Read) -> list[int]:
    """Return the numbers of all logs, the oldest first."""
    return list(read.execute(select(tables.signer.c.log).distinct().order_by(tables.signer.c.log)).scalars())


def unlink(tx: Transaction, claim: UUID) -> int:
    """Destroy what a sealed claim names."""
    removed: int = tx.execute(select(func.audit.unlink(claim))).scalar_one()
    return removed


def prune(tx: Transaction, claim: UUID) -> int:
    """Take away the events that a sealed claim names."""
    removed: int = tx.execute(select(func.audit.prune(claim))).scalar_one()
    return removed
