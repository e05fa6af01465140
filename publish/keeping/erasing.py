"""What nobody may be shown any more of a person goes: out of staging and the leave lists at once, then out of the landed copies.

Each step is a transaction and can be repeated; what was killed is taken up where the queue says. A pull that was under way may bring
back what has just gone: so everybody is looked at once more, when no batch from before is left.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from audit.events import Actor, Event, EventType, Result, RetentionClass, retention_of
from audit.log import record, record_all
from connectors import erasing as staged
from connectors.erasing import Copies
from connectors.queries import erasing as batches
from connectors.store import Store
from consent.bulk import Snapshot, snapshot
from db.engine import Database, Transaction
from db.errors import SerializationFailure
from db.ids import uuid7
from publish.queries import erasing, leaving, publishing
from publish.queries.erasing import Due
from publish.refresh.keepable import Keepable, by_person
from publish.refresh.leaving import moved
from schemas.vocabulary import Category, Source

PEOPLE_AT_ONCE: Final = 500
LOOK_AGAIN: Final = timedelta(minutes=15)
"""Longer than a leave list waits for the plan that reads it."""
MOST_TRIES: Final = 5
SYSTEM: Final = "keeper"


@dataclass(slots=True)
class Counts:
    """How many people were looked at, and what went: staged rows, landed copies."""

    people: int = 0
    rows: int = 0
    copies: int = 0


@dataclass(slots=True)
class _Found:
    """What went of the people of one look: rows by person and category, and the sources whose copies are to go too."""

    rows: dict[UUID, Counter[str]] = field(default_factory=dict)
    sources: dict[UUID, set[str]] = field(default_factory=dict)

    def add(self, source: Source, rows: Mapping[UUID, Counter[str]], left: Mapping[UUID, object]) -> None:
        """Take in what went of a source, and who left its list."""
        for person_id, counted in rows.items():
            self.rows.setdefault(person_id, Counter()).update(counted)
        for person_id in {*rows, *left}:
            self.sources.setdefault(person_id, set()).add(source.value)


def erase_due(database: Database, store: Store, *, at: datetime) -> Counts:
    """Erase everything that is due of everybody; gives what went."""
    counts = Counts()
    while looked := _look(database, counts, at):
        if looked < PEOPLE_AT_ONCE:
            break
    _rewrite(database, store, counts, at)
    return counts


def _look(database: Database, counts: Counts, at: datetime) -> int:
    """Look at people who are due and erase their rows; repeated where a fact moved meanwhile. Gives how many rows of the queue."""
    for _ in range(MOST_TRIES):
        try:
            with database.transaction(snapshot=True) as tx:
                due = erasing.due(tx, at=at, limit=PEOPLE_AT_ONCE)
                found = _erased(tx, sorted({row.person_id for row in due}), at)
                _note(tx, due, found, at)
        except SerializationFailure:
            continue
        counts.people += len(due)
        counts.rows += sum(rows.total() for rows in found.rows.values())
        return len(due)
    return 0


def _erased(tx: Transaction, people: Sequence[UUID], at: datetime) -> _Found:
    """Erase, of every source, the rows of people that may not be kept, and take them off the leave lists."""
    found = _Found()
    if not people:
        return found
    at = max(at, publishing.last_change(tx, people=people) or at)
    facts = _unprotected(snapshot(tx, people=people))
    homes = erasing.homes_of(tx, people=people)
    for source in Source:
        rule = Keepable.of(tx, source, at=at)
        now = by_person(rule.permitted(facts, homes, at=at))
        named = ((category, person_id) for person_id, categories in now.items() for category in categories)
        kept = staged.kept_of(rule.lawful, people, named)
        rows = staged.erase(tx, source=source, people=people, kept=kept).of
        found.add(source, rows, _left(tx, source, people, now, at))
    publishing.wait(tx, people=found.rows)
    record_all(tx, (_event(person_id, rows, at, rows=rows.total()) for person_id, rows in found.rows.items()))
    return found


def _unprotected(facts: Snapshot) -> Snapshot:
    """Leave protection out of account: what no machine may see, the named coach may."""
    return replace(facts, protections=facts.protections.clear())


def _left(
    tx: Transaction, source: Source, people: Sequence[UUID], now: Mapping[UUID, set[str]], at: datetime
) -> dict[UUID, frozenset[str]]:
    """Take people off a source's list, or categories of theirs, with the events; nobody is put on it here."""
    stood = erasing.leave_of(tx, source=source, people=people)
    left = {person_id: categories - now.get(person_id, set()) for person_id, categories in stood.items()}
    left = {person_id: categories for person_id, categories in left.items() if categories}
    stay = {person_id: stood[person_id] - left[person_id] for person_id in left}
    put = {person_id: categories for person_id, categories in stay.items() if categories}
    leaving.replace(tx, source=source, gone=left.keys(), put=put, at=at)
    record_all(tx, moved(EventType.LEAVE_LEFT, left, at))
    return left


def _note(tx: Transaction, due: Sequence[Due], found: _Found, at: datetime) -> None:
    """Write how far each row has come: copies to be rewritten, another look, or done."""
    waiting = {row.number: {*row.copies_of, *found.sources.get(row.person_id, ())} for row in due}
    for number, sources in waiting.items():
        if sources:
            erasing.note_copies(tx, number=number, sources=sources)
    settled = [row for row in due if row.looked_at is not None and not waiting[row.number] and _is_settled(tx, row)]
    erasing.done(tx, numbers=[row.number for row in settled])
    erasing.note_look(tx, numbers=waiting.keys() - {row.number for row in settled}, again_at=at + LOOK_AGAIN, at=at)


def _is_settled(tx: Transaction, row: Due) -> bool:
    return not batches.under_way(tx, planned_before=row.queued_at + LOOK_AGAIN)


def _rewrite(database: Database, store: Store, counts: Counts, at: datetime) -> None:
    """Rewrite the landed copies of all of whom rows went, source by source."""
    with database.read() as read:
        waiting = erasing.with_copies(read, limit=PEOPLE_AT_ONCE)
    for source in Source:
        rows = [row for row in waiting if source in row.copies_of]
        if rows:
            counts.copies += _rewritten(database, store, source, {row.person_id for row in rows}, at)
    with database.transaction() as tx:
        for row in waiting:
            erasing.note_copies(tx, number=row.number, sources=())
        if counts.copies:
            record(tx, _copies_event(counts.copies, at))


def _rewritten(database: Database, store: Store, source: Source, people: set[UUID], at: datetime) -> int:
    with database.read() as read:
        marks = staged.marks_of(read, people=people)
    return Copies(database=database, store=store, source=source, marks=marks, at=at).rewrite()


def _copies_event(copies: int, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.RETENTION_ERASED,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        result=Result(counts={"copies": copies}),
    )


def _event(person_id: UUID, categories: Iterable[str], at: datetime, *, rows: int) -> Event:
    named = tuple(category.value for category in Category if category in set(categories))
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.SECTION_ERASED,
        actor=Actor(system=SYSTEM),
        retention=retention_of(named),
        person_id=person_id,
        categories=named,
        result=Result(counts={"rows": rows}),
    )
