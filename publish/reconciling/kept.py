"""How far back everything can be compared: neither what was said nor what tells of it has come to its end there (ACCESS-LOG 14)."""

from datetime import datetime, timedelta

from audit import retention
from db.engine import Read
from publish.keeping.things import Thing
from publish.queries import keeping
from publish.queries.reconciling import SLACK, Stretch


def kept(read: Read, *, until: datetime) -> Stretch:
    """Give the stretch until a moment, as long as ended consents are kept, without that of which events were pruned by right."""
    days = keeping.in_force(read, at=until)[Thing.ENDED_CONSENTS].days
    said = until - timedelta(days=days)
    told = retention.whole_since(read)
    return Stretch(said if told is None else max(said, told + SLACK), until)
