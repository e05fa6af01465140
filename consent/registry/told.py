"""What was said beside acts and denials, and the rules, each with the digest its event carries: counted anew from the row as it stands."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from audit.events import EventType
from consent.queries import beside
from consent.registry.recording import digest_of
from db.engine import Read

TELLING: Final = (
    EventType.DENIAL_LIFTED,
    EventType.CONSENT_INVALIDATED,
    EventType.CONSENT_SUSPENDED,
    EventType.CONSENT_RESUMED,
    EventType.CONSENT_CONFIRMED,
    EventType.CONSENT_REJECTED,
    EventType.REPRESENTATION_CHECKED,
    EventType.AGREEMENT_CHANGED,
    EventType.NOTICE_PUBLISHED,
    EventType.STATUTE_CHANGED,
    EventType.CONFIG_CHANGED,
)
"""The events that tell of it."""
TABLES: Final = beside.TABLES
"""Of which rows; events of these types tell of others too."""
_EITHER: Final = frozenset({"act_id", "denial_id"})


class Said(NamedTuple):
    """A row as its event names it: table with schema, id (of a text or statute with its number), and digest in hex."""

    table: str
    id: str
    digest: str


def told(read: Read, *, since: datetime, until: datetime) -> Iterator[Said]:
    """Yield what was recorded in ``[since, until)``."""
    for each in beside.beside(read, since=since, until=until):
        yield Said(each.table, each.id, digest_of(_counted(each)).hex())


def _counted(said: beside.Row) -> dict[str, Any]:
    """Leave out what was not counted: that an error is none of an act, or none of a denial."""
    if "invalidation_id" not in said.row:
        return said.row
    return {name: value for name, value in said.row.items() if name not in _EITHER or value is not None}
