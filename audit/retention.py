"""The log's own retention: when every class of a stretch has ended its entries go, by a sealed event, and the tree stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from audit import entry
from audit.errors import EventRejected
from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.log import record
from audit.queries import retention
from audit.years import year_of
from db.engine import Read, Transaction
from db.ids import uuid7

YEARS: Final = {
    RetentionClass.SOTE: 12,
    RetentionClass.BENEFIT: 5,
    RetentionClass.EMPLOYMENT: 5,
    RetentionClass.ADMIN: 5,
    RetentionClass.HIDDEN: 12,
}
"""Years from an event on; ACCESS-LOG 14, *unverified*: to be confirmed with the authority."""

MOST: Final = 100_000
"""Events a claim: taking them away keeps the sequencer waiting, for well below its callers' patience."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Consecutive events of a log, by index, that may go: the oldest that are still there."""

    log: int
    first: int
    last: int


def due(read: Read, log: int, at: datetime) -> Ended | None:
    """Return the oldest events of a former year's log if they and all before them have ended, up to ``MOST``."""
    ends = {str(class_): _years_before(at, years) for class_, years in YEARS.items()}
    last = None if year_of(log) >= at.year else retention.last_ended(read, log, ends)
    if last is None:
        return None
    first = retention.first_index(read, log)
    return Ended(log, first, min(last, first + MOST - 1))


def claim(tx: Transaction, ended: Ended, at: datetime) -> UUID:
    """Record that these events are to go; once that is sealed, ``prune`` takes them away."""
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.RETENTION_PRUNED,
        actor=Actor(system="keeper"),
        retention=RetentionClass.ADMIN,
        result=Result(
            count=ended.last - ended.first + 1, first=ended.first, last=ended.last, counts={"log": ended.log}
        ),
    )
    record(tx, event)
    return event.id


def prune(tx: Transaction, claim_id: UUID) -> int:
    """Take away what a sealed claim names, with details and decisions; returns how many events. Nodes and checkpoints stay."""
    return retention.prune(tx, claim_id)


def claimed(entries: Iterable[bytes]) -> dict[int, int]:
    """Read how many of the first events of each log are gone by right, from the entries that tell so."""
    found: dict[int, int] = {}
    for written in entries:
        try:
            result = entry.read(written).get("result")
        except EventRejected:
            continue
        log, until = (result.get("log"), result.get("to")) if isinstance(result, dict) else (None, None)
        if isinstance(log, int) and isinstance(until, int):
            found[log] = max(found.get(log, 0), until + 1)
    return found


def _years_before(at: datetime, years: int) -> datetime:
    """Go back whole years; the 29th of February becomes the 28th."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)
