"""The leave lists once a night in the log: each by its digest and how many people stand in it (AMENDMENTS 9).

Who entered and who left since is an event each: so the list of any moment can be put together and held against the nights around it.
"""

import hashlib
from datetime import datetime

from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.log import record
from db.engine import Login, Read
from db.environment import Environment
from db.ids import uuid7
from publish.queries import leaving
from publish.refresh.keepable import Keepable
from schemas.vocabulary import Source

SYSTEM = "keeper"


def tell_lists(environment: Environment, *, at: datetime) -> dict[str, int]:
    """Write one event for each list as it stands; gives how many people each names."""
    people: dict[str, int] = {}
    with environment.database(Login.KEEPER, pool_size=1) as database, database.transaction(snapshot=True) as tx:
        for source in Source:
            event = _listed(tx, source, at)
            people[source.value] = event.result.count or 0 if event.result else 0
            record(tx, event)
    return people


def _listed(read: Read, source: Source, at: datetime) -> Event:
    digest, people = digest_of(read, source=source)
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.LEAVE_LISTED,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        categories=tuple(sorted(Keepable.of(read, source, at=at).lawful)),
        result=Result(count=people, digest=digest),
    )


def digest_of(read: Read, *, source: Source) -> tuple[str, int]:
    """Give the SHA-256, in hex, of a list's lines ``person_id,"{category,category}"`` in the order of the ids, and their number."""
    digest, people = hashlib.sha256(), 0
    for block in leaving.lines(read, source=source):
        digest.update(block)
        people += block.count(b"\n")
    return digest.hexdigest(), people
