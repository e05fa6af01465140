"""The log after a restore: what was announced and is gone is told in a new log, so that no number is ever given twice (AMENDMENTS 15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from audit.book import Written, open_log, told
from audit.checkpoint import HOST
from audit.events import Actor, ChangeRef, Event, EventType, Result, RetentionClass
from audit.queries import sequence
from audit.queries.sequence import Newest
from audit.resume import announced_by, resume
from db.engine import Transaction
from db.ids import uuid7


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was announced, as known outside a copy.

    ``fence``: notes of the fence that was left, which is as new as anything told to anyone; ``outside``: checkpoints that others kept;
    ``witnessed``: how large a witness says it saw the copy's newest log. These two may be older than the last that was told.
    """

    fence: Sequence[str] = ()
    outside: Sequence[str] = ()
    witnessed: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """The events of a log that a copy lacks: ``first`` to ``last``, each included; without ``last`` nobody knows any.

    Unless ``all``, more may be lost than anybody can name. Where ``log`` is not the copy's newest, what lay between is lost too.
    """

    log: int
    first: int
    last: int | None = None
    all: bool = False

    def __str__(self) -> str:
        if self.last is None:
            return f"all events of the log {self.log} from {self.first} on, if there were any"
        more = "" if self.all else " and perhaps more"
        return f"the events {self.first} to {self.last} of the log {self.log}{more}"


class _End(NamedTuple):
    """Where a log ends, so far as somebody knows; sorts by log, then size."""

    log: int
    size: int


def lost(tx: Transaction, evidence: Evidence, at: datetime) -> Lost | None:
    """Say what a copy lacks of what was announced; None when it ends where the fence does.

    Without a fence nobody can tell what followed the copy, so something is taken for lost. Raises ``RolledBack`` when the copy is of
    another log than they.
    """
    newest = sequence.newest_checkpoint(tx)
    ends = _End(at.year, 0) if newest is None else _End(newest.log, newest.size)
    fence, outside = (_end(tx, notes, ends, at) for notes in (evidence.fence, evidence.outside))
    reached = max(ends, fence or ends, outside or ends, _End(ends.log, evidence.witnessed))
    if reached > ends:
        first = ends.size if reached.log == ends.log else 0
        return Lost(reached.log, first, reached.size - 1, all=fence == reached)
    return None if fence == ends else Lost(ends.log, ends.size)


def _end(tx: Transaction, notes: Sequence[str], ends: _End, at: datetime) -> _End | None:
    """Read the newest of some notes; a copy has to have the root that one not newer than it tells."""
    announced = announced_by(tx, notes)
    if announced is None:
        return None
    if _End(announced.log, announced.size) <= ends:
        resume(tx, notes, HOST, at)
    return _End(announced.log, announced.size)


def begin_anew(tx: Transaction, missing: Lost, *, actor: Actor, at: datetime, host: str = HOST) -> Written:
    """Begin a new log, with ``log.restored`` naming what is lost; what the copy holds stays as it is. Raises ``RolledBack``."""
    newest = sequence.newest_checkpoint(tx)
    former = None if newest is None else resume(tx, [newest.note], host, at)
    at = at if former is None else max(at, former.book.last)
    event = _restored(missing, newest, actor, at)
    return open_log(tx, host, at, former, then=[told(tx, event)], after=missing.log)


def left_off(tx: Transaction) -> str | None:
    """Return the newest checkpoint's note, for a fence that starts from a copy; None before the first."""
    newest = sequence.newest_checkpoint(tx)
    return None if newest is None else newest.note


def _restored(missing: Lost, newest: Newest | None, actor: Actor, at: datetime) -> Event:
    """Name the range, and by its digest the checkpoint that the copy ended with."""
    change = None
    if newest is not None:
        digest = sha256(newest.note.encode()).hexdigest()
        change = ChangeRef(table="audit.checkpoint", id=f"{newest.log}/{newest.size}", digest=digest)
    count = None if missing.last is None else missing.last - missing.first + 1
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.LOG_RESTORED,
        actor=actor,
        retention=RetentionClass.ADMIN,
        change=change,
        result=Result(
            count=count, first=missing.first, last=missing.last, counts={"log": missing.log, "all": int(missing.all)}
        ),
    )
