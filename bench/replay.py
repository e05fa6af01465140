"""A run with the kept answers: planned and landed as from the source, without the source's time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.corpus import Corpus
from bench.ground import Values
from bench.measure import Work
from bench.registers import leave_of
from connectors import runs
from connectors.landing import Landing, Manifest, Plan, new_key
from connectors.ledger import Batch
from connectors.queries import books
from connectors.source import Page, Window
from connectors.staging.slices import PARSERS
from connectors.store import open_store
from db.engine import Login, Transaction
from db.environment import Environment, from_environ
from db.ids import uuid7
from db.keys import Use
from schemas.vocabulary import Source


def landed(*, values: Values, keep: str, day: str, source: str, at: str) -> Work:
    """Prepare a run that asks for everything: planned, landed from a day's answers, one batch an answer, and packed into groups."""
    environment, moment = from_environ(values), datetime.fromisoformat(at)
    lander = _Lander(environment, Corpus(Path(keep)), day, moment)

    def work() -> dict[str, Any]:
        planned = runs.plan(environment, source=source, at=moment, full=True, leave=leave_of(Source(source)))
        with environment.database(Login.CONNECTOR, pool_size=1) as database, database.transaction() as tx:
            landed = [lander.land(tx, UUID(batch["batch"])) for batch in planned]
        return {"planned": planned, "landed": landed, "groups": runs.group(environment, planned=planned, landed=landed)}

    return work


@dataclass(frozen=True, slots=True)
class _Kept:
    """A source that gives the answer it gave once, whatever the window."""

    answers: Corpus
    day: str
    source: Source
    place: str
    interface: str = "bench"

    def pull(self, window: Window) -> Iterator[Page]:  # noqa: ARG002 - see above
        return self.answers.pages(self.day, self.source, self.place)


@dataclass(frozen=True, slots=True)
class _Lander:
    environment: Environment
    answers: Corpus
    day: str
    at: datetime

    def land(self, tx: Transaction, batch_id: UUID) -> dict[str, Any]:
        """Land one batch and write it into the books."""
        connection = books.connection_of(tx, batch_id=batch_id)
        (batch,) = books.batches(tx, batch_ids=[batch_id])
        key, wrapped = new_key(tx.keyring, str(batch_id))
        landing = Landing(
            store=open_store(self.environment.store), key=key, now=lambda: self.at, new_id=lambda: str(uuid7(self.at))
        )
        plan = _plan(batch, connection.place, tx.keyring.key_ids(Use.STORE)[0])
        manifest, digest = landing.land(_Kept(self.answers, self.day, batch.source, connection.place), plan)
        self._book(tx, batch_id, manifest, digest=digest, wrapped=wrapped)
        return {"batch": str(batch_id), "manifest": manifest.path, "records": manifest.records}

    def _book(self, tx: Transaction, batch_id: UUID, manifest: Manifest, *, digest: str, wrapped: bytes) -> None:
        books.mark_landed(
            tx,
            batch_id=batch_id,
            manifest=manifest.path,
            sha256=digest,
            since=manifest.since,
            stamp=manifest.until,
            records=manifest.records,
            store_key=wrapped,
            at=self.at,
        )


def _plan(batch: Batch, place: str, key_id: str) -> Plan:
    return Plan(
        batch=str(batch.batch_id),
        source=batch.source,
        place=place,
        shard=batch.shard,
        window=Window(since=batch.since),
        parser=PARSERS[batch.source],
        code="bench",
        key_id=key_id,
    )
