"""Recipients told of an ending in the ending's own transaction, and what they report of it (CONSENT.md 9, API.md 5.7)."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record_all
from db.engine import Read, Transaction
from db.ids import uuid7
from publish.queries import outbox as queries
from publish.queries.feed import Change
from publish.queries.outbox import Notice

SYSTEM: Final = "publish"
IN_TIME: Final = timedelta(days=5)
"""A recipient reports within so long, else the stewards see that it has not (CONSENT.md 11)."""
MOST_TAKEN: Final = 500


class Done(StrEnum):
    """What a recipient did with what it held."""

    DELETED = "deleted"
    RESTRICTED = "restricted"
    NOTHING_HELD = "nothing_held"


@dataclass(frozen=True, slots=True)
class Report:
    """That a recipient has acted on an entry of its feed, and when it says it did."""

    seq: int
    done: Done
    at: datetime


def tell(tx: Transaction, told: Collection[Change], *, about: UUID, verb: str, at: datetime) -> None:
    """Write a notice for each recipient whose feed was told, with its event; ``about`` is the act, denial, pause or voice."""
    if not told:
        return
    (person_id,) = {change.person_id for change in told}
    seqs = queries.entries(tx, person_id=person_id, recipients=[change.recipient for change in told])
    notices = [
        _notice(person_id, recipient, seq, about=about, verb=verb, at=at) for recipient, seq in sorted(seqs.items())
    ]
    if notices:
        queries.append(tx, notices)
        actor = Actor(system=SYSTEM)
        record_all(tx, (_event(EventType.ENDED_TOLD, notice, actor, at=at) for notice in notices))


def _notice(person_id: UUID, recipient: str, seq: int, *, about: UUID, verb: str, at: datetime) -> Notice:
    return Notice(
        notice_id=uuid7(at), person_id=person_id, recipient=recipient, seq=seq, about=about, event=verb, told_at=at
    )


def take(tx: Transaction, *, at: datetime, limit: int = MOST_TAKEN) -> list[Notice]:
    """Take notices to wake their recipients by; two who take at once never take the same, and neither waits."""
    return queries.take(tx, limit=limit, at=at)


def fetched(
    tx: Transaction, *, recipient: str, last: int, at: datetime, people: Collection[UUID] | None = None
) -> None:
    """Note that a recipient's feed was read up to entry ``last``; where it asked about some people, of those only."""
    queries.fetched(tx, recipient=recipient, last=last, at=at, people=people)


def apply(tx: Transaction, *, by: Actor, recipient: str, reports: Sequence[Report], at: datetime) -> int:
    """Take in what a recipient reports, and return how many reports are of entries of its own feed; others change nothing.

    A report again, or of an entry that nobody waits for, is accepted and changes nothing. What a recipient dates ahead of ``at`` counts
    as of ``at``.
    """
    accepted = 0
    for report in reports:
        person_id = queries.entry_of(tx, recipient=recipient, seq=report.seq)
        if person_id is None:
            continue
        accepted += 1
        when = min(report.at, at)
        closed = queries.applied(
            tx, recipient=recipient, person_id=person_id, seq=report.seq, done=report.done, at=when
        )
        record_all(tx, (_event(EventType.ENDED_APPLIED, notice, by, at=at) for notice in closed))
    return accepted


def about(read: Read, about_id: UUID) -> list[Notice]:
    """List who was told of an act, a denial or a pause, and how far that has come."""
    return queries.about(read, about_id)


def late(read: Read, *, at: datetime, office: str | None = None, limit: int | None = None) -> list[Notice]:
    """List what was told and not reported applied in time, the oldest first; of an office: told to it, or recorded by it."""
    return queries.unapplied(read, told_before=at - IN_TIME, office=office, limit=limit)


def _event(type_: EventType, notice: Notice, by: Actor, *, at: datetime) -> Event:
    """Say in the log that a recipient was told or has acted; which one stands in the digest and in the row."""
    told = f"{notice.notice_id} {notice.recipient} {notice.seq}"
    return Event(
        id=uuid7(at),
        at=at,
        type=type_,
        actor=by,
        retention=RetentionClass.SOTE,
        person_id=notice.person_id,
        change=ChangeRef(
            table="publish.outbox", id=str(notice.notice_id), digest=hashlib.sha256(told.encode()).hexdigest()
        ),
    )
