"""What was recorded beside acts and denials, row by row: lifts, errors, pauses, second stewards' words, answers on authority."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Table, select

from consent.tables import confirmation, denial, denial_lift, invalidation, representation_check, suspension
from db.engine import Read


class Row(NamedTuple):
    """A row, under the table and the id that its event names."""

    table: str
    id: UUID
    row: dict[str, Any]


class _Place(NamedTuple):
    """Where rows of a kind lie, as what their events name them, by which column, and when they were recorded."""

    table: Table[Any]
    named: str
    key: str
    at: Column[datetime]


_PLACES: Final = (
    _Place(denial_lift, denial.fullname, "denial_id", denial_lift.c.recorded_at),
    _Place(invalidation, invalidation.fullname, "invalidation_id", invalidation.c.recorded_at),
    _Place(suspension, suspension.fullname, "suspension_id", suspension.c.recorded_at),
    _Place(confirmation, confirmation.fullname, "act_id", confirmation.c.confirmed_at),
    _Place(representation_check, representation_check.fullname, "representation_id", representation_check.c.checked_at),
)


def beside(read: Read, *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield what was recorded in ``[since, until)``, kind by kind."""
    for place in _PLACES:
        recorded = select(*place.table.c).where(place.at >= since, place.at < until)
        for row in read.execute(recorded).mappings():
            yield Row(place.named, row[place.key], dict(row))
