"""What was recorded beside acts and denials, row by row: lifts, errors, pauses, answers on authority; the rules, and the parties."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Table, select

from consent.tables import (
    agreement,
    confirmation,
    denial,
    denial_lift,
    invalidation,
    notice,
    party_card,
    recipient,
    recipient_user,
    representation_check,
    statute,
    suspension,
)
from db.engine import Read


class Row(NamedTuple):
    """A row, under the table and the id that its event names."""

    table: str
    id: str
    row: dict[str, Any]


class _Place(NamedTuple):
    """Where rows of a kind lie, as what their events name them, by which columns, and when they were recorded.

    ``uncounted``: columns that no event counts.
    """

    table: Table[Any]
    named: str
    keys: tuple[str, ...]
    at: Column[datetime]
    uncounted: frozenset[str] = frozenset()


_PLACES: Final = (
    _Place(denial_lift, denial.fullname, ("denial_id",), denial_lift.c.recorded_at),
    _Place(invalidation, invalidation.fullname, ("invalidation_id",), invalidation.c.recorded_at),
    _Place(suspension, suspension.fullname, ("suspension_id",), suspension.c.recorded_at),
    _Place(confirmation, confirmation.fullname, ("act_id",), confirmation.c.confirmed_at),
    _Place(
        representation_check, representation_check.fullname, ("representation_id",), representation_check.c.checked_at
    ),
    _Place(
        agreement,
        agreement.fullname,
        ("agreement_id",),
        agreement.c.recorded_at,
        frozenset({"recorded_at", "recipient_system", "signature_to_grant", "signature_to_withdraw"}),
    ),
    _Place(notice, notice.fullname, ("agreement_id", "n"), notice.c.recorded_at, frozenset({"recorded_at"})),
    _Place(
        statute,
        statute.fullname,
        ("statute_id", "version"),
        statute.c.recorded_at,
        frozenset({"recorded_at", "dpia_ref"}),
    ),
    _Place(recipient, recipient.fullname, ("recipient",), recipient.c.recorded_at),
    _Place(recipient_user, recipient_user.fullname, ("recipient",), recipient_user.c.recorded_at),
    _Place(party_card, party_card.fullname, ("party",), party_card.c.recorded_at, frozenset({"recorded_at"})),
)
TABLES: Final = frozenset(place.named for place in _PLACES)
"""As events name them."""


def beside(read: Read, *, since: datetime, until: datetime) -> Iterator[Row]:
    """Yield what was recorded in ``[since, until)``, kind by kind."""
    for place in _PLACES:
        recorded = select(*place.table.c).where(place.at >= since, place.at < until)
        for row in read.execute(recorded).mappings():
            id_ = "/".join(str(row[key]) for key in place.keys)
            yield Row(place.named, id_, {name: row[name] for name in row if name not in place.uncounted})
