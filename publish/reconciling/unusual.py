"""Unusual use of what is shared, looked for each night by every rule: what one finds is a case for the auditors (ACCESS-LOG 11)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from audit.events import EventType
from audit.queries import unusual
from db.engine import Database, Read
from publish import relations
from publish.queries.reconciling import Found, Stretch
from publish.reconciling.findings import open_new

LOOKED_BACK: Final = timedelta(days=7)


def look_for_unusual(database: Database, *, at: datetime) -> int:
    """Look at the last week by the log's rules and by those beside the identities; gives how many cases were opened."""
    stretch = Stretch(at - LOOKED_BACK, at)
    with database.read() as read:
        found = list(_by_rules(read, stretch))
    with database.transaction() as tx:
        return sum(open_new(tx, rule, each, at=at, type_=EventType.REVIEW_OPENED) for rule, each in found)


def _by_rules(read: Read, stretch: Stretch) -> Iterator[tuple[str, list[Found]]]:
    since, until = stretch.since, stretch.until
    names = unusual.names_of(read, since=since, until=until)
    for rule in unusual.RULES:
        yield rule, [Found(*each) for each in unusual.unusual(read, rule, since=since, until=until, names=names)]
    yield from relations.close(read, stretch).items()
