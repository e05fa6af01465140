"""A trial of one connection: its first page pulled, landed and checked as a night's would be, in memory, and then forgotten."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Final

import polars as pl

from audit import log
from audit.events import Event, EventType, Result
from connectors.checked import QUARANTINE, RESULTS_NAME, Checked, read_frame
from connectors.errors import SourceClosed
from connectors.forgetful import ForgetfulStore
from connectors.landing import Landing, Manifest, Plan, new_key
from connectors.landing.sources import PARSERS, Sources
from connectors.ledger import Batch, Connection
from connectors.queries import books, trying
from connectors.source import Page, Source, Window
from connectors.staging import events
from connectors.staging.refused import RECORD
from connectors.staging.slices import Landed
from connectors.staging.work import Work
from connectors.store import Store, open_store
from connectors.transport import Http, open_http
from db.engine import Database, Login
from db.environment import Environment
from db.ids import uuid7
from db.keys import Keyring, Use
from schemas import vocabulary
from schemas.validation.rows import FAILURES

PEOPLE_ASKED: Final = 5
ASKED: Final = "asked/trial.parquet"
NAMED: Final = {"category": pl.String, "person_id": pl.String}


class NoSuchConnection(LookupError):
    """No connection has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the first page of a connection came to.

    `pulled` rows came, of them `refused` break a rule; `held` says why a batch like it would stop whole. `unknown` counts fields that
    the contract does not name, by path; `rules` counts reasons by record, field and code. There are paths and codes, never a value.
    """

    connection: Connection
    pages: int
    pulled: int
    refused: int
    held: tuple[str, ...]
    unknown: Mapping[str, int]
    rules: Mapping[tuple[str, str, str], int]

    @property
    def good(self) -> bool:
        """Whether everything is as the contract says."""
        return not (self.refused or self.held or self.unknown)


def try_source(
    environment: Environment,
    *,
    connection_id: str,
    at: datetime,
    leave: Callable[[], str] | None = None,
    http: Callable[[], Http] = open_http,
) -> Trial:
    """Pull one page over a connection in any state and judge it; nothing of it is kept but the event that it was fetched.

    A county is asked about a few people of its leave list alone, whose path `leave` gives; about nobody without one.
    Raises NoSuchConnection and the errors of `connectors.errors`.
    """
    with environment.database(Login.CONNECTOR, pool_size=2) as database, http() as client:
        connection = _connection(database, connection_id, at)
        store = ForgetfulStore()
        batch = _batch(connection, at, _people(environment, store, connection, leave))
        sources = Sources(
            database=database,
            store=store,
            http=client,
            security_server=environment.security_server,
            now=_clock(at),
            sleep=time.sleep,
        )
        trying_it = _Trying(database=database, store=store, connection=connection, batch=batch, at=at)
        return trying_it.tried(sources.of(batch, connection))


def _connection(database: Database, connection_id: str, at: datetime) -> Connection:
    with database.read() as read:
        connection = trying.connection_named(read, connection_id=connection_id)
        if connection is None:
            known = ", ".join(each.connection_id for each in trying.connections(read)) or "none"
            raise NoSuchConnection(f"There is no connection of that name; there are {known}.")
        health = books.health(read, source=connection.source, place=connection.place)
    if health.refuses(at):
        raise SourceClosed(f"{connection_id} is left alone: {health.cause or 'an operator stopped it'}")
    return connection


def _people(
    environment: Environment, store: Store, connection: Connection, leave: Callable[[], str] | None
) -> str | None:
    """Write down, in memory, whom a county is asked about."""
    if connection.source is not vocabulary.Source.SOTE:
        return None
    listed = pl.DataFrame(schema=NAMED)
    if leave is not None:
        everybody = pl.read_parquet(BytesIO(open_store(environment.store).get(leave())))
        here = everybody.filter(pl.col("person_id").is_not_null(), pl.col("place") == connection.place)
        listed = here.filter(pl.col("person_id").is_in(_few(here["person_id"]))).select(*NAMED)
    file = BytesIO()
    listed.write_parquet(file)
    store.put(ASKED, file.getvalue())
    return ASKED


def _few(people: pl.Series) -> list[str]:
    few: list[str] = people.unique().sort().head(PEOPLE_ASKED).to_list()
    return few


def _batch(connection: Connection, at: datetime, people: str | None) -> Batch:
    return Batch(
        batch_id=uuid7(at),
        run_id=uuid7(at),
        source=connection.source,
        connection_id=connection.connection_id,
        shard=connection.place,
        since=None,
        people=people,
        leave=people,
        planned_at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trying:
    """One trial of a connection, by a batch that is in no book."""

    database: Database
    store: Store
    connection: Connection
    batch: Batch
    at: datetime

    def tried(self, source: Source) -> Trial:
        """Land the first page, check it, and tell the log that it was fetched."""
        with self.database.read() as read:
            keyring = read.keyring
        key, _ = new_key(keyring, str(self.batch.batch_id))
        landing = Landing(store=self.store, key=key, now=_clock(self.at), new_id=lambda: str(uuid7(self.at)))
        plan = _plan(self.batch, self.connection, keyring.key_ids(Use.STORE)[0])
        manifest, digest = landing.land(_OnePage(source), plan)
        with self.database.transaction() as tx:
            log.record(tx, _fetched(self.connection, manifest, digest, self.at))
        return self._told(keyring, manifest, self._checked(keyring, Landed(manifest=manifest, key=key)))

    def _checked(self, keyring: Keyring, landed: Landed) -> Checked:
        work = Work(
            store=self.store,
            keyring=keyring,
            source=self.batch.source,
            batches=[self.batch],
            landed=[landed],
            allowed=[None],
            known={},
        )
        return work.done(on=self.at.date())

    def _told(self, keyring: Keyring, manifest: Manifest, checked: Checked) -> Trial:
        (of_batch,) = checked.batches
        return Trial(
            connection=self.connection,
            pages=len(manifest.calls),
            pulled=of_batch.pulled,
            refused=of_batch.quarantined,
            held=of_batch.held,
            unknown=json.loads(self.store.get(f"{checked.folder}/{RESULTS_NAME}"))["unknown_fields"],
            rules=_rules(keyring, self.store, checked),
        )


def _plan(batch: Batch, connection: Connection, key_id: str) -> Plan:
    return Plan(
        batch=str(batch.batch_id),
        source=batch.source,
        place=connection.place,
        shard=batch.shard,
        window=Window(),
        parser=PARSERS[batch.source],
        code="trial",
        key_id=key_id,
    )


def _rules(keyring: Keyring, store: Store, checked: Checked) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for files in checked.slices:
        if QUARANTINE in files:
            rows = read_frame(store, keyring, folder=checked.folder, file=files[QUARANTINE])
            for record, failures in rows.select(RECORD, FAILURES).iter_rows():
                found.update((record, each["field"], each["code"]) for each in json.loads(failures))
    return found


def _fetched(connection: Connection, manifest: Manifest, digest: str, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.SOURCE_FETCHED,
        actor=events.CONNECTOR,
        retention=events.RETENTION[connection.source],
        controllers=(connection.controller,),
        change=events.change("staging.connection", connection.connection_id, {"trial": digest}),
        result=Result(count=manifest.records),
    )


def _clock(at: datetime) -> Callable[[], datetime]:
    """Let time run on from a moment."""
    began = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class _OnePage:
    """A source that is asked for its first page alone."""

    source: Source

    @property
    def interface(self) -> str:
        """Name the interface, as the source does."""
        return self.source.interface

    def pull(self, window: Window) -> Iterator[Page]:
        """Yield the first page."""
        yield from islice(self.source.pull(window), 1)
