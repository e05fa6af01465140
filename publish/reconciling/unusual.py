"""Unusual use of what is shared, looked for each night by every rule: what one finds is a case for the auditors (ACCESS-LOG 11)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from audit.events import EventType
from audit.queries import unusual
from audit.queries.unusual.names import Names
from db.engine import Database, Read
from publish import relations
from publish.queries.reconciling import Found, Stretch
from publish.reconciling.findings import open_every, open_new

LOOKED_BACK: Final = timedelta(days=7)


def look_for_unusual(database: Database, *, at: datetime) -> int:
    """Look at the last week by the log's rules and by those beside the identities; gives how many cases were opened."""
    stretch = Stretch(at - LOOKED_BACK, at)
    with database.read() as read:
        names = unusual.names_of(read, since=stretch.since, until=stretch.until)
        close = relations.close(read, stretch)
    opened = [
        open_every(database, rule, partial(_by_rule, rule, stretch, names), at=at, type_=EventType.REVIEW_OPENED)
        for rule in unusual.RULES
    ]
    with database.transaction() as tx:
        opened += [open_new(tx, rule, each, at=at, type_=EventType.REVIEW_OPENED) for rule, each in close.items()]
    return sum(opened)


def _by_rule(rule: str, stretch: Stretch, names: Names, read: Read) -> list[Found]:
    found = unusual.unusual(read, rule, since=stretch.since, until=stretch.until, names=names)
    return [Found(*each) for each in found]
