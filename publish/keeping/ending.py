"""The nightly end of what has been kept long enough: counted, erased some at a time, and told to the log by numbers alone."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.log import record
from connectors import workers
from connectors.erasing.files import Files
from connectors.queries import erasing
from connectors.store import open_store
from consent.queries import forgetting
from db.engine import Database, Login, Read, Transaction
from db.environment import Environment
from db.ids import uuid7
from publish.errors import NothingSaysHowLong
from publish.keeping.things import Thing
from publish.queries import keeping

ROWS_AT_ONCE: Final = 5_000
KEEPER: Final = Actor(system="keeper")
_People = Callable[..., list[UUID]]
_Step = Callable[[Transaction, datetime], int]


def end_what_is_over(environment: Environment, *, at: datetime) -> dict[str, int]:
    """Erase of every thing what is past its time at a moment; gives how many of each went. Run again it finds nothing.

    Raises NothingSaysHowLong where a thing has no row in force: then nothing is erased at all.
    """
    with environment.database(Login.KEEPER, pool_size=2) as database:
        files = Files(database, open_store(environment.store))
        return Ending(database=database, files=files, at=at).ended()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One night's end of keeping."""

    database: Database
    files: Files
    at: datetime

    def ended(self) -> dict[str, int]:
        """Go through every thing that has something to erase."""
        before = self._limits()
        gone: Counter[Thing] = Counter()
        for thing, step in self._in_rows():
            gone[thing] += self._drained(thing, step, before[thing])
        for thing, sweep in self._in_files():
            gone[thing] += self._swept(thing, sweep(before=before[thing]))
        return {thing.value: gone[thing] for thing in gone}

    def _limits(self) -> Mapping[Thing, datetime]:
        with self.database.read() as read:
            rows = keeping.in_force(read, at=self.at)
        missing = [thing.value for thing in Thing if thing not in rows]
        if missing:
            raise NothingSaysHowLong(f"No row says how long these are kept: {', '.join(missing)}; nothing was erased.")
        return {thing: self.at - timedelta(days=rows[thing].days) for thing in Thing}

    def _in_rows(self) -> Iterator[tuple[Thing, _Step]]:
        """Name what is erased in the database, each step at most ``ROWS_AT_ONCE`` in a transaction."""
        most = ROWS_AT_ONCE
        yield Thing.SECTIONS, _of_people(keeping.unserved_with_sections, keeping.forget_sections)
        yield Thing.STAGED_RECORDS, _of_people(keeping.unserved_with_records, keeping.forget_records)
        yield Thing.OPEN_QUARANTINE, lambda tx, before: erasing.forget_open(tx, before=before, most=most)
        yield Thing.CLOSED_QUARANTINE, lambda tx, before: erasing.forget_closed(tx, before=before, most=most)
        yield Thing.SCANS, self._forget_scans
        yield Thing.ENDED_CONSENTS, lambda tx, before: forgetting.forget_acts(tx, before=before, most=most)
        yield Thing.ENDED_CONSENTS, lambda tx, before: forgetting.forget_denials(tx, before=before, most=most)
        yield Thing.ENDED_CONSENTS, lambda tx, before: forgetting.forget_pauses(tx, before=before, most=most)
        yield Thing.ENDED_CONSENTS, lambda tx, before: forgetting.forget_voices(tx, before=before, most=most)
        yield Thing.RECEIPTS, lambda tx, before: forgetting.forget_receipts(tx, before=before, most=most)
        yield Thing.SESSIONS, lambda tx, before: keeping.forget_sessions(tx, before=before)
        yield Thing.FEEDBACK, lambda tx, before: keeping.forget_feedback(tx, before=before)
        yield Thing.WORKERS, lambda tx, before: workers.forget(tx, before=before, by=KEEPER, at=self.at)
        yield Thing.SAVED_SEARCHES, lambda tx, before: keeping.forget_saved_searches(tx, before=before)
        yield Thing.CORRECTIONS, lambda tx, before: keeping.forget_corrections(tx, before=before)
        yield Thing.REJECTED_IDENTITIES, _of_people(keeping.empty_identities, _forget_people)
        yield Thing.FEED_ENTRIES, lambda tx, before: keeping.forget_superseded(tx, before=before, most=most)
        yield Thing.FEED_ENTRIES, lambda tx, before: keeping.forget_told(tx, before=before, most=most)
        yield Thing.LANDED_FILES, lambda tx, before: self.files.forget_landed(tx, before=before, most=most)

    def _forget_scans(self, tx: Transaction, before: datetime) -> int:
        """Take scans out of the store before their rows are gone for good: a row without a scan is erased again, not the reverse."""
        scans = forgetting.forget_scans(tx, before=before, most=ROWS_AT_ONCE)
        for scan in scans:
            self.files.store.remove(scan)
        return len(scans)

    def _in_files(self) -> Iterator[tuple[Thing, Callable[..., int]]]:
        """Name what is erased in the store."""
        yield Thing.LANDED_FILES, self._sweep_dead
        yield Thing.CHECKED_FILES, self.files.sweep_checked
        yield Thing.LEAVE_LISTS, self.files.sweep_lists

    def _sweep_dead(self, *, before: datetime) -> int:
        """Sweep copies that no batch names once a day has passed: an attempt under way is younger."""
        del before
        return self.files.sweep_landed(before=self.at - timedelta(days=1))

    def _drained(self, thing: Thing, step: _Step, before: datetime) -> int:
        """Repeat a step, each time in a transaction with its event, until it finds nothing."""
        gone = 0
        while True:
            with self.database.transaction() as tx:
                rows = step(tx, before)
                if rows:
                    record(tx, _event(thing, rows, self.at))
            if not rows:
                return gone
            gone += rows

    def _swept(self, thing: Thing, files: int) -> int:
        if files:
            with self.database.transaction() as tx:
                record(tx, _event(thing, files, self.at))
        return files


def _of_people(find: _People, forget: Callable[..., int]) -> _Step:
    """Make a step that finds people and forgets something of them; gives how many rows went."""

    def step(tx: Transaction, before: datetime) -> int:
        people = find(tx, before=before, most=ROWS_AT_ONCE)
        return forget(tx, people=people) if people else 0

    return step


def _forget_people(tx: Transaction, *, people: list[UUID]) -> int:
    return forgetting.forget_people(tx, people=people) + keeping.forget_identities(tx, people=people)


def in_force(read: Read, *, at: datetime) -> Mapping[str, keeping.Kept]:
    """Say how long each thing is kept at a moment, by which law, and whether that was confirmed."""
    return keeping.in_force(read, at=at)


def _event(thing: Thing, gone: int, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.RETENTION_ERASED,
        actor=KEEPER,
        retention=RetentionClass.ADMIN,
        result=Result(counts={thing.value: gone}),
    )
