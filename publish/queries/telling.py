"""Events that tell of rows, as they name them: what was appended where, with which digest."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from audit.events import EventType
from audit.tables import event
from db.engine import Read
from publish.queries.reconciling import Stretch


class Telling(NamedTuple):
    """An event, when it happened and was sealed, and the row that it names: table, id, digest in hex."""

    event_id: UUID
    person: bytes | None
    t: datetime
    seq_t: datetime
    said: tuple[str, str, str]

    def within(self, stretch: Stretch) -> bool:
        """Say whether it was sealed in a stretch, and tells of what happened in it."""
        return all(stretch.since <= at < stretch.until for at in (self.t, self.seq_t))


def telling(read: Read, types: Collection[EventType], stretch: Stretch) -> list[Telling]:
    """List the events of these types that happened in a stretch."""
    of = event.c
    happened = select(of.id, of.person, of.t, of.seq_t, of.entry).where(
        of.type.in_([each.value for each in types]), of.t >= stretch.since, of.t < stretch.until
    )
    return [Telling(id_, person, t, seq_t, _said(entry)) for id_, person, t, seq_t, entry in read.execute(happened)]


def _said(entry: bytes) -> tuple[str, str, str]:
    change = msgspec.json.decode(entry)["change"]
    return change["table"], change["id"], change["digest"]
