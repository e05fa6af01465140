"""What the log tells of the register of who may ask, and whether all of it is still there."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import exists, func, select

from audit.events import EventType
from audit.tables import checkpoint, event
from db.engine import Read


class Change(NamedTuple):
    """An event that tells of a row, and the row as it then stood: table, id, digest in hex."""

    event_id: UUID
    t: datetime
    said: tuple[str, str, str]


def changes(read: Read, tables: Collection[str]) -> list[Change]:
    """List every change of these tables that the log tells of, in its order."""
    of = event.c
    told = select(of.id, of.t, of.entry).where(of.type == EventType.CONFIG_CHANGED.value).order_by(of.log, of.index)
    found = (Change(id_, t, _said(entry)) for id_, t, entry in read.execute(told))
    return [each for each in found if each.said[0] in tables]


def whole(read: Read) -> bool:
    """Say whether the log begins where it began: of what was pruned it tells no more."""
    first = select(func.min(checkpoint.c.log)).scalar_subquery()
    return bool(read.execute(select(exists().where(event.c.log == first, event.c.index == 0))).scalar_one())


def _said(entry: bytes) -> tuple[str, str, str]:
    change = msgspec.json.decode(entry)["change"]
    return change["table"], change["id"], change["digest"]
