"""Plan: a source cut into batches of one shard and one window each, written down before any is pulled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl

from audit import log
from connectors.errors import SourceClosed
from connectors.ledger import Batch, Connection
from connectors.queries import books
from connectors.staging import events
from connectors.store import Store, open_store
from db.engine import Login, Transaction
from db.environment import Environment
from db.ids import uuid7
from schemas.vocabulary import Source

PEOPLE_A_SHARD: Final = 20_000
HELSINKI: Final = ZoneInfo("Europe/Helsinki")
NIGHT: Final = time(1)
"""From here on, Helsinki time, an area may be asked for what changed; the clock asks it once a night."""
NAMED: Final = {"category": pl.String, "person_id": pl.String}


def plan(
    environment: Environment,
    *,
    source: str,
    at: datetime,
    full: bool = False,
    leave: str | None = None,
    by_clock: bool = False,
) -> list[dict[str, Any]]:
    """Write the batches of a run and give them, one dict each: batch, source, shard, since (None: from the beginning), leave.

    Batches of the source that never came to an end are given up. A county whose breaker is open is left out. `by_clock` an area that
    answered this night already is asked only about the people in the queue (AMENDMENTS 4). Raises SourceClosed where nothing of the
    source may be asked.
    """
    store = open_store(environment.store)
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.transaction() as tx:
        planning = _Planning(
            tx=tx,
            store=store,
            source=Source(source),
            at=at,
            run_id=uuid7(at),
            full=full,
            leave=leave,
            answered_after=_night(at) if by_clock else at,
        )
        books.abandon_batches(tx, source=planning.source)
        planned = list(planning.batches())
        books.plan_batches(tx, planned=planned)
        planning.note_asked(planned)
    return [_told(batch) for batch in planned]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planning:
    """One planning: everything it looks at is of one moment."""

    tx: Transaction
    store: Store
    source: Source
    at: datetime
    run_id: UUID
    full: bool
    leave: str | None
    answered_after: datetime

    def batches(self) -> Iterator[Batch]:
        """Yield the batches of every open connection."""
        connections = self._open()
        marks = books.watermarks(self.tx, connection_ids=[each.connection_id for each in connections])
        since = {} if self.full else marks
        waiting = set(books.waiting_to_be_asked(self.tx, source=self.source))
        if self.source is Source.SOTE:
            for connection in connections:
                yield from self._by_name(connection, since.get(connection.connection_id), waiting)
            return
        answered = self._answered(connections)
        for connection in connections:
            if connection.connection_id not in answered:
                yield self._batch(connection, connection.place, since.get(connection.connection_id))
        # by name in a full run too: what of them came before and was left out comes as it was, and is not read again
        known = [each for each in connections if each.connection_id in marks]
        yield from self._from_the_beginning(known, waiting)

    def note_asked(self, planned: Iterable[Batch]) -> None:
        """Note which batch asks about each person in the queue: one that names them, else one that begins anew where they are."""
        queued = books.waiting_to_be_asked(self.tx, source=self.source)
        areas = books.areas_of(self.tx, person_ids=queued)
        for batch in planned:
            if batch.since is None:
                of_area = {person for person, area in areas if area == batch.shard}
                named = of_area if batch.people is None else set(_people(self.store, batch.people)) & set(queued)
                self._tell_asked(batch, named)
                books.being_asked(self.tx, batch_id=batch.batch_id, person_ids=named, source=self.source)

    def _tell_asked(self, batch: Batch, named: Iterable[UUID]) -> None:
        """Tell of each person that a source hears of them by name, before it does: once for each time they are queued.

        The nights that follow are told by the leave list (AMENDMENTS 9).
        """
        if batch.people is None:
            return
        (connection,) = [each for each in self._open() if each.connection_id == batch.connection_id]
        first = books.never_named(self.tx, person_ids=named, source=self.source)
        log.record_all(self.tx, (events.person_asked(each, batch, connection, at=self.at) for each in first))

    def _answered(self, connections: Sequence[Connection]) -> set[str]:
        """Name the areas that need not be asked what changed: they answered already, and a steward may be looking at it."""
        asked = () if self.full else [each.connection_id for each in connections]
        return books.answered(self.tx, connection_ids=asked, after=self.answered_after)

    def _open(self) -> list[Connection]:
        connections = books.connections(self.tx, source=self.source, at=self.at)
        health = {
            each.connection_id: books.health(self.tx, source=each.source, place=each.place) for each in connections
        }
        left = [each for each in connections if not health[each.connection_id].refuses(self.at)]
        if connections and not left:
            cause = next(iter(health.values())).cause or "an operator stopped it"
            raise SourceClosed(f"{self.source} is left alone for now: {cause}")
        return left

    def _by_name(self, county: Connection, since: datetime | None, waiting: set[UUID]) -> Iterator[Batch]:
        """Cut the people of the leave list whom a county may be asked about: those it knows by window, the others from the beginning."""
        listed = self._listed(county.place)
        known = books.known_to_county(self.tx, county=county.place) - waiting if since else set()
        is_known = pl.col("person_id").is_in([str(person) for person in known])
        for name, rows, start in (("known", listed.filter(is_known), since), ("new", listed.filter(~is_known), None)):
            for number, shard in enumerate(_shards(rows)):
                label = f"{county.place}-{name}-{number}"
                yield self._batch(county, label, start, people=self._written(label, shard))

    def _from_the_beginning(self, connections: Sequence[Connection], waiting: set[UUID]) -> Iterator[Batch]:
        """Ask the areas that are pulled by window about the people in the queue, by name."""
        areas = books.areas_of(self.tx, person_ids=waiting)
        for connection in connections:
            people = [(None, str(person)) for person, area in areas if area == connection.place]
            for number, shard in enumerate(_shards(pl.DataFrame(people, schema=NAMED, orient="row"))):
                label = f"{connection.place}-asked-{number}"
                yield self._batch(connection, label, None, people=self._written(label, shard), leave=self.leave)

    def _listed(self, place: str) -> pl.DataFrame:
        """Read the rows of the leave list that name people of a place; without a list nobody is asked about."""
        if self.leave is None:
            return pl.DataFrame(schema=NAMED)
        listed = pl.read_parquet(BytesIO(self.store.get(self.leave)))
        return listed.filter(pl.col("person_id").is_not_null(), pl.col("place") == place).select(*NAMED)

    def _written(self, label: str, rows: pl.DataFrame) -> str:
        """Write whom a batch asks about, with what may be kept of each: random ids, and no more."""
        path = f"asked/{self.run_id}/{label}.parquet"
        file = BytesIO()
        rows.write_parquet(file)
        self.store.put(path, file.getvalue())
        return path

    def _batch(
        self,
        connection: Connection,
        shard: str,
        since: datetime | None,
        *,
        people: str | None = None,
        leave: str | None = None,
    ) -> Batch:
        return Batch(
            batch_id=uuid7(self.at),
            run_id=self.run_id,
            source=self.source,
            connection_id=connection.connection_id,
            shard=shard,
            since=since,
            people=people,
            leave=leave or people or self.leave,
            planned_at=self.at,
        )


def _night(at: datetime) -> datetime:
    """Give when the night of a moment began: the last one o'clock in Helsinki."""
    local = at.astimezone(HELSINKI)
    day = local.date() if local.time() >= NIGHT else local.date() - timedelta(days=1)
    return datetime.combine(day, NIGHT, HELSINKI)


def _shards(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut rows so that each part names at most 20,000 people, all rows of a person in one."""
    people = rows["person_id"].unique().sort()
    for start in range(0, len(people), PEOPLE_A_SHARD):
        yield rows.filter(pl.col("person_id").is_in(people.slice(start, PEOPLE_A_SHARD).to_list()))


def _people(store: Store, path: str) -> list[UUID]:
    return [UUID(person) for person in pl.read_parquet(BytesIO(store.get(path)))["person_id"].unique()]


def _told(batch: Batch) -> dict[str, Any]:
    return {
        "batch": str(batch.batch_id),
        "source": batch.source.value,
        "shard": batch.shard,
        "since": batch.since.isoformat() if batch.since else None,
        "leave": batch.leave,
    }
