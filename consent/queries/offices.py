"""Which organisations there are, where they serve, and whether one deals with a person."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from consent.model.period import period
from consent.tables import recipient, task
from db.engine import Read
from schemas.vocabulary import PartyKind


class PartyRow(NamedTuple):
    """A party (Y-tunnus), or a further place of one."""

    party: str
    kind: PartyKind
    area: str | None
    county: str | None


def parties(read: Read) -> list[PartyRow]:
    """List all parties with the areas and counties they serve."""
    of = recipient.c
    rows = read.execute(select(of.recipient, of.kind, of.area, of.county).order_by(of.recorded_at, of.recipient_id))
    return [PartyRow(party, PartyKind(kind), area, county) for party, kind, area, county in rows]


def recipients_of(read: Read, *, person_id: UUID, at: datetime) -> list[str]:
    """Name those that have a task for a person at a moment: by the last set of tasks on each ground."""
    of = task.c
    rows = read.execute(
        select(of.ground, of.recipient, of.from_at, of.until_at, of.recorded_at)
        .where(of.person_id == person_id)
        .order_by(of.recorded_at)
    ).all()
    newest = {row.ground: row.recorded_at for row in rows}
    held = (row for row in rows if row.recorded_at == newest[row.ground])
    return sorted({row.recipient for row in held if row.recipient and period(row.from_at, row.until_at).holds(at)})
