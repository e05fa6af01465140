"""The stage land: one planned batch pulled over its connection, landed, and written into the books with its event (PIPELINE.md 1, 7)."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, Outcome, Period, Result, RetentionClass, RunRef
from audit.log import record
from connectors.errors import AccessRefused, ConnectorError, SourceClosed, SourceDown
from connectors.landing.attempt import Landing, Plan, home_of, sweep
from connectors.landing.key import BatchKey, new_key
from connectors.landing.manifest import Manifest
from connectors.landing.parts import read_manifest
from connectors.landing.sources import PARSERS, Sources
from connectors.ledger import Batch, Connection, Health, State
from connectors.queries import books
from connectors.source import Window
from connectors.store import Store, open_store
from connectors.transport import Http, open_http
from db.engine import Database, Login, Transaction
from db.environment import Environment
from db.ids import uuid7
from db.keys import Keyring, Use
from schemas import vocabulary

SYSTEM: Final = "connectors"
TO_LAND: Final = frozenset({State.PLANNED, State.FAILED})
_CLASS_OF: Final = {
    vocabulary.Source.TE: RetentionClass.EMPLOYMENT,
    vocabulary.Source.KELA: RetentionClass.BENEFIT,
    vocabulary.Source.SOTE: RetentionClass.SOTE,
}

Clock = Callable[[], datetime]


def land(
    environment: Environment, batch: Mapping[str, Any], *, at: datetime, http: Callable[[], Http] = open_http
) -> dict[str, Any]:
    """Land one batch as `plan` gave it: ``{"batch", "manifest", "records"}`` comes back, the manifest's path relative to the store.

    The batch's row becomes landed, with the wrapped key of its parts and the event ``source.fetched``; or failed, with that event as an
    error, and the breaker of its source is told. Raises the errors of `connectors.errors`; SourceDown may be tried again.
    """
    store = open_store(environment.store)
    with environment.database(Login.CONNECTOR) as database, http() as client:
        return Stage(
            database=database, store=store, http=client, security_server=environment.security_server, started=at
        ).land(UUID(batch["batch"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The world around one batch; `started` is the moment the task began, and time runs from there."""

    database: Database
    store: Store
    http: Http
    security_server: str
    started: datetime
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def land(self, batch_id: UUID) -> dict[str, Any]:
        """Land the batch of this id; a batch that was landed before is told again and not pulled again."""
        with self.database.read() as read:
            connection = books.connection_of(read, batch_id=batch_id)
            (batch,) = books.batches(read, batch_ids=[batch_id])
            keyring = read.keyring
        landed = self._landed(batch, connection, keyring) if batch.state in TO_LAND else batch
        self._sweep(batch, landed)
        return self._told(landed)

    def _landed(self, batch: Batch, connection: Connection, keyring: Keyring) -> Batch:
        key, wrapped = new_key(keyring, str(batch.batch_id))
        now = self._clock()
        plan = _plan(batch, connection, key_id=keyring.key_ids(Use.STORE)[0])
        try:
            source = self._sources(now).of(batch, connection)
            manifest, digest = self._landing(key, connection, now).land(source, plan)
        except ConnectorError as error:
            self._tell_failure(batch, connection, error, now())
            raise
        return self._tell_success(connection, manifest, digest=digest, wrapped=wrapped, at=now())

    def _sweep(self, planned: Batch, landed: Batch) -> None:
        """Take away what earlier attempts left, at the window as planned and as it came; again where a kill came before this was done."""
        kept = (landed.manifest or "").rpartition("/")[0]
        for home in {home_of(planned.source, planned.shard, planned.since), kept.rpartition("/")[0]}:
            sweep(self.store, home, keep=kept, at_rest=partial(self._at_rest, landed.batch_id))

    def _at_rest(self, present: UUID, batches: Sequence[UUID]) -> Collection[UUID]:
        """Name those of some batches that are landed; of the present one nothing stands but what is kept."""
        with self.database.read() as read:
            found = books.batches(read, batch_ids=[batch for batch in batches if batch != present])
        return {batch.batch_id for batch in found if batch.manifest is not None}

    def _landing(self, key: BatchKey, connection: Connection, now: Clock) -> Landing:
        return Landing(
            store=self.store,
            key=key,
            now=now,
            new_id=lambda: str(uuid7(now())),
            look=lambda: self._look(connection, now()),
        )

    def _sources(self, now: Clock) -> Sources:
        return Sources(
            database=self.database,
            store=self.store,
            http=self.http,
            security_server=self.security_server,
            now=now,
            sleep=self.sleep,
        )

    def _told(self, batch: Batch) -> dict[str, Any]:
        """Tell what was landed. Raises LandedAltered where its manifest is gone or was altered."""
        manifest = read_manifest(self.store, batch.manifest or "")
        return {"batch": str(batch.batch_id), "manifest": manifest.path, "records": manifest.records}

    def _clock(self) -> Clock:
        """Let time run on from the start of the task."""
        began = self.monotonic()
        return lambda: self.started + timedelta(seconds=self.monotonic() - began)

    def _look(self, connection: Connection, at: datetime) -> None:
        """Look at the breaker before a page: another batch may have found the source closed to us. Raises SourceClosed."""
        with self.database.read() as read:
            health = books.health(read, source=connection.source, place=connection.place)
        if health.refuses(at):
            cause = (health.cause or "an operator stopped it").rstrip(".")
            raise SourceClosed(f"{connection.source} {connection.place} is left alone: {cause}.")

    def _tell_success(
        self, connection: Connection, manifest: Manifest, *, digest: str, wrapped: bytes, at: datetime
    ) -> Batch:
        """Write the landing into the books, and give the batch as it stands: of two workers the first to come is right."""
        batch_id = UUID(manifest.batch)
        with self.database.transaction() as tx:
            (batch,) = books.batches(tx, batch_ids=[batch_id], locked=True)
            if batch.state in TO_LAND:
                self._write(tx, connection, manifest, digest=digest, wrapped=wrapped, at=at)
                record(tx, _fetched(connection, batch, manifest, digest, at))
                (batch,) = books.batches(tx, batch_ids=[batch_id])
        if batch.manifest != manifest.path:
            self.store.remove(manifest.folder)
        return batch

    def _write(
        self, tx: Transaction, connection: Connection, manifest: Manifest, *, digest: str, wrapped: bytes, at: datetime
    ) -> None:
        books.mark_landed(
            tx,
            batch_id=UUID(manifest.batch),
            manifest=manifest.path,
            sha256=digest,
            since=manifest.since,
            stamp=manifest.until,
            records=manifest.records,
            store_key=wrapped,
            at=at,
        )
        self._heal(tx, connection, Health.after_success, at)

    def _tell_failure(self, batch: Batch, connection: Connection, error: ConnectorError, at: datetime) -> None:
        """Write the failure into the books with its event; where nothing was asked, there is none."""
        with self.database.transaction() as tx:
            books.mark_failed(tx, batch_id=batch.batch_id, why=str(error))
            if not isinstance(error, SourceClosed):
                record(tx, _failed(connection, batch, error, at))
            if isinstance(error, SourceDown):
                self._heal(tx, connection, lambda health: health.after_down(at, str(error)), at)
            if isinstance(error, AccessRefused):
                self._heal(tx, connection, lambda health: health.after_refusal(at, str(error)), at)

    def _heal(self, tx: Transaction, connection: Connection, change: Callable[[Health], Health], at: datetime) -> None:
        health = books.health(tx, source=connection.source, place=connection.place)
        if change(health) != health:
            books.write_health(tx, is_now=change(health), at=at)


def _plan(batch: Batch, connection: Connection, *, key_id: str) -> Plan:
    return Plan(
        batch=str(batch.batch_id),
        source=connection.source,
        place=connection.place,
        shard=batch.shard,
        window=Window(since=batch.since),
        parser=PARSERS[connection.source],
        code=_code(),
        key_id=key_id,
    )


def _code() -> str:
    """Name the release of this code; a checkout that was never installed has none."""
    try:
        return version("luukku")
    except PackageNotFoundError:
        return "checkout"


def _fetched(connection: Connection, batch: Batch, manifest: Manifest, digest: str, at: datetime) -> Event:
    asked = _asked(connection, batch, digest, at)
    return replace(
        asked, result=Result(count=manifest.records), period=Period(start=manifest.since, end=manifest.until)
    )


def _failed(connection: Connection, batch: Batch, error: ConnectorError, at: datetime) -> Event:
    """Tell that a source was asked and did not give what it should; the sentence stands in the batch's row, its digest here."""
    asked = _asked(connection, batch, sha256(str(error).encode()).hexdigest(), at)
    return replace(asked, outcome=Outcome.ERROR)


def _asked(connection: Connection, batch: Batch, digest: str, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.SOURCE_FETCHED,
        actor=Actor(system=SYSTEM),
        retention=_CLASS_OF[connection.source],
        controllers=(connection.controller,),
        change=ChangeRef(table="staging.batch", id=str(batch.batch_id), digest=digest),
        result=Result(count=0),
        run=RunRef(dag=f"pull_{connection.source}", run=str(batch.run_id), task="land"),
    )
