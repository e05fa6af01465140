"""What does not add up becomes a case for the auditors, once, and an event in the log."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from audit.cases import Opened
from audit.events import Actor, Event, EventType, RetentionClass
from audit.log import record
from audit.queries import reviews
from db.engine import Database, Read, Transaction
from db.ids import uuid7
from publish.queries.reconciling import Found

SYSTEM: Final = "reconciler"
ROUNDS: Final = 10
"""So often a rule is asked again in one look, which has to come to its end; the next one goes on."""


def open_new(
    tx: Transaction,
    rule: str,
    found: Iterable[Found],
    *,
    at: datetime,
    text: str | None = None,
    type_: EventType = EventType.FINDING_OPENED,
) -> int:
    """Open a case about each thing that this rule has none about, `text` in its erasable detail; gives how many."""
    wanted = {each.about: each for each in found}
    known = reviews.known(tx, rule, wanted) if wanted else frozenset()
    new = [each for about, each in wanted.items() if about not in known]
    for each in new:
        _open(tx, rule, each, _told(at, type_, each, text))
    return len(new)


def open_every(
    database: Database,
    rule: str,
    find: Callable[[Read], list[Found]],
    *,
    at: datetime,
    type_: EventType = EventType.FINDING_OPENED,
) -> int:
    """Open a case about everything that is found, where ``find`` gives some at a time that have none; gives how many."""
    opened = 0
    for _ in range(ROUNDS):
        with database.read() as read:
            found = find(read)
        if not found:
            break
        with database.transaction() as tx:
            opened += open_new(tx, rule, found, at=at, type_=type_)
    return opened


def named(what: str) -> UUID:
    """Call something that has no id by what is said of it: the same is found again, and is one case."""
    return UUID(bytes=sha256(what.encode()).digest()[:16])


def _open(tx: Transaction, rule: str, found: Found, event: Event) -> None:
    opened = Opened.by(rule, about=found.about, person=found.person.hex() if found.person else None, at=event.at)
    record(tx, replace(event, change=opened.change))
    reviews.open_review(tx, opened.row(event.id))


def _told(at: datetime, type_: EventType, found: Found, text: str | None) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=type_,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        ref=found.about,
        text=text,
    )
