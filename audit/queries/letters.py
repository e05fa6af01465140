"""What a municipality's daily letter tells: the checkpoints of the day, how many findings, and how much its own office did."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from audit import tables
from db.engine import Read


class Checkpoint(NamedTuple):
    """The last checkpoint of a log at a moment, with how many witnesses' lines."""

    log: int
    size: int
    note: str
    witnesses: int


def checkpoints(read: Read, *, until: datetime) -> list[Checkpoint]:
    """Give each log's last checkpoint before a moment."""
    of, line = tables.checkpoint.c, tables.cosignature.c
    signed = select(func.count()).where(line.log == of.log, line.size == of.size).scalar_subquery()
    newest = select(of.log, of.size, of.note, signed).ext(distinct_on(of.log)).where(of.signed_at < until)
    return [Checkpoint(*row) for row in read.execute(newest.order_by(of.log, of.size.desc()))]


def findings(read: Read, *, since: datetime, until: datetime) -> Mapping[str, int]:
    """Count what was found and closed in ``[since, until)``, by type of event."""
    of = tables.event.c
    within = of.t >= since, of.t < until, of.type.in_(("finding.opened", "finding.closed"))
    counted = select(of.type, func.count().label("many")).where(*within).group_by(of.type)
    return {row.type: row.many for row in read.execute(counted)}


def own_counts(read: Read, *, org: str, since: datetime, until: datetime) -> list[tuple[str, str, int]]:
    """Count an organisation's events in ``[since, until)`` by type and outcome."""
    of = tables.event.c
    counted = select(of.type, of.outcome, func.count()).where(of.org == org, of.t >= since, of.t < until)
    rows = read.execute(counted.group_by(of.type, of.outcome).order_by(of.type, of.outcome))
    return [(type_, outcome, count) for type_, outcome, count in rows]
