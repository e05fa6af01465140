"""The log's own retention: when every class of a stretch has ended its entries go, by a sealed event, and the tree stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from audit import entry
from audit.errors import EventRejected
from audit.events import Actor, ChangeRef, Event, EventType, Result, RetentionClass
from audit.log import record
from audit.queries import retention
from audit.queries.verification import prunings
from audit.years import year_of
from db.engine import Read, Transaction
from db.ids import uuid7

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
    ends = {class_: _years_before(at, years) for class_, years in retention.years(read, at).items()}
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


def unlinkable(read: Read, at: datetime) -> list[tuple[int, str]]:
    """List the years and classes that have wholly ended, and whose details are still there."""
    ended = {class_: at.year - years for class_, years in retention.years(read, at).items()}
    return [(year, class_) for year, class_ in retention.linked(read) if class_ in ended and year < ended[class_]]


def claim_unlinking(tx: Transaction, year: int, class_: str, at: datetime) -> UUID:
    """Record that nothing is to link a year's events of a class to anybody; once that is sealed, ``unlink`` does it."""
    about = f"{year}/{class_}"
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.RETENTION_UNLINKED,
        actor=Actor(system="keeper"),
        retention=RetentionClass.ADMIN,
        change=ChangeRef(table="audit.detail_key", id=about, digest=sha256(about.encode()).hexdigest()),
        result=Result(counts={"year": year}),
    )
    record(tx, event)
    return event.id


def unlink(tx: Transaction, claim_id: UUID) -> int:
    """Destroy the details, their keys and the decisions that a sealed claim names; returns how many details. Entries stay and verify."""
    return retention.unlink(tx, claim_id)


def unlinked_until(read: Read) -> dict[str, int]:
    """Give the newest year of each class that was unlinked."""
    return retention.unlinked_until(read)


def is_sealed(read: Read, claim_id: UUID) -> bool:
    """Tell whether a claim stands in the log."""
    return retention.stands(read, claim_id)


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


def whole_since(read: Read) -> datetime | None:
    """Say from when on no event of any log has gone by right; None where none has."""
    logs = claimed(prunings(read))
    return max((retention.first_sealed(read, log) or _end_of(log) for log in logs), default=None)


def _end_of(log: int) -> datetime:
    return datetime(year_of(log) + 1, 1, 1, tzinfo=UTC)


def _years_before(at: datetime, years: int) -> datetime:
    """Go back whole years; the 29th of February becomes the 28th."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)
