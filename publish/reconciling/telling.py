"""What was said beside acts and denials, and the rules, held against the events that tell of it, in both directions (ACCESS-LOG 10, R4)."""

from collections.abc import Iterator
from uuid import UUID

from consent.registry.told import TABLES, TELLING, Said, told
from db.engine import Read
from publish.queries import telling
from publish.queries.reconciling import SLACK, Found, Stretch
from publish.reconciling.findings import named


def untold(read: Read, stretch: Stretch) -> Iterator[Found]:
    """Yield what was recorded without its event, or is no longer what its event tells; and events whose row is not there."""
    wider = Stretch(stretch.since - SLACK, stretch.until + SLACK)
    events = [each for each in telling.telling(read, TELLING, wider) if each.said[0] in TABLES]
    by_events = {each.said for each in events}
    yield from (Found(_about(row), None) for row in _rows(read, stretch) if tuple(row) not in by_events)
    rows = {tuple(row) for row in _rows(read, wider)}
    yield from (Found(each.event_id, each.person) for each in events if each.within(stretch) and each.said not in rows)


def _about(row: Said) -> UUID:
    """Call it by its own id, or by that of the agreement or statute that it is a text or version of; a party has none that is so long."""
    try:
        return UUID(row.id.partition("/")[0])
    except ValueError:
        return named("/".join(row))


def _rows(read: Read, stretch: Stretch) -> Iterator[Said]:
    return told(read, since=stretch.since, until=stretch.until)
