"""Validate: landed manifests to checked files, the same for the same bytes, parser and suites (PIPELINE.md 1, 3)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import polars as pl

from audit import log
from audit.events import EventType
from connectors.checked import (
    LINKS,
    PEOPLE,
    PROTECTION,
    QUARANTINE,
    RESULTS_NAME,
    Checked,
    CheckedBatch,
    File,
    read_checked,
    write_frame,
)
from connectors.landing import read_manifest, unwrap
from connectors.layout import LAYOUTS, Layout
from connectors.ledger import Batch
from connectors.queries import books
from connectors.staging import events
from connectors.staging.content import with_key
from connectors.staging.people import links, numbered, people, protection
from connectors.staging.refused import malformed_rows, refused_rows
from connectors.staging.slices import PARSERS, Landed, Reader, Slice
from connectors.staging.tally import Tally
from connectors.store import Store, open_store
from db.engine import Database, Login, Read
from db.environment import Environment
from db.keys import Keyring
from schemas.expectations import suites_of, version_of
from schemas.validation.batch import VOLUME_BATCHES, hold, usual_rows
from schemas.validation.judge import Judge
from schemas.validation.rows import check_rows
from schemas.vocabulary import Source

_NO_CONTENT: Final = frozenset({"Asiakas", "Henkilovirhe"})
"""Records that only tell of their person: what they say stands in the slice's links and protections."""


def check(environment: Environment, group: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Validate the landed batches of a group and give the path of its manifest, with its rows counted.

    Batches that break a limit are held, the others go on. Nothing is written to staging; the same group again writes the same files.
    """
    store = open_store(environment.store)
    with environment.database(Login.CONNECTOR) as database:
        with database.read() as read:
            work = _prepared(read, store, group)
        checked = read_checked(store, work.path) if store.has(work.path) else work.done(on=at.date())
        _mark(database, checked, at=at)
    return _told(checked)


@dataclass(slots=True, kw_only=True)
class _Work:
    """A group about to be checked; batches stand in all its lists by the same number."""

    store: Store
    keyring: Keyring
    source: Source
    batches: Sequence[Batch]
    landed: Sequence[Landed]
    allowed: Sequence[int | None]
    tally: Tally = field(default_factory=Tally)

    @property
    def key(self) -> str:
        """Name the work by what it reads: the landed manifests, the parser, the suites."""
        landed = [(batch.manifest_sha256, batch.accepted_as_is) for batch in self.batches]
        named = [landed, PARSERS[self.source], version_of(self.source)]
        return f"{self.source}-{sha256(json.dumps(named).encode()).hexdigest()[:32]}"

    @property
    def path(self) -> str:
        """Say where the manifest of this work will lie."""
        return self._manifest().path

    def done(self, *, on: date) -> Checked:
        """Read, judge and write every slice, then the results, then the manifest that makes it all true."""
        reader, judge = Reader(self.store, self.source), Judge()
        parts = enumerate(reader.slices(self.landed))
        files = tuple(self._slice(judge, part, f"{number:03d}", on=on) for number, part in parts)
        full = [
            batch.people is None and each.manifest.full for batch, each in zip(self.batches, self.landed, strict=True)
        ]
        facts = list(self.tally.facts(reader, full=full, allowed=self.allowed))
        judged = hold(judge, f"{self.source} batches", facts)
        checked = self._manifest(files, self._held(reader, judged.reasons))
        suites = [each.to_json() for each in (*self.tally.results, judged.result)]
        results = {"suites": suites, "unknown_fields": _unknown(reader)}
        self.store.put(f"{checked.folder}/{RESULTS_NAME}", json.dumps(results).encode())
        self.store.put(checked.path, checked.to_json())
        return checked

    def _held(self, reader: Reader, reasons: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        """Give why batches are held; one that a steward accepted as it is goes on unless it could not be read."""
        unreadable = {number: (why,) for number, why in reader.unreadable.items()}
        limits = {number: why for number, why in reasons.items() if not self.batches[number].accepted_as_is}
        return {**limits, **unreadable}

    def _slice(self, judge: Judge, part: Slice, name: str, *, on: date) -> dict[str, File]:
        self.tally.malformed(part)
        accepted, refused = {}, [malformed_rows(number, rows, self.keyring) for number, rows in part.malformed.items()]
        for record, frame in part.frames().items():
            suite = suites_of(self.source)[record]
            outcome = check_rows(judge, suite, frame, on=on)
            self.tally.frame(suite, frame, outcome.refused, outcome.result)
            refused.append(refused_rows(record, _layout(record), frame, outcome.refused, self.keyring))
            accepted[record] = outcome.accepted
        return {kind: self._write(name, kind, frame) for kind, frame in self._frames(accepted, refused) if frame.height}

    def _frames(
        self, accepted: Mapping[type, pl.DataFrame], refused: Sequence[pl.DataFrame]
    ) -> Iterator[tuple[str, pl.DataFrame]]:
        everyone = people(accepted)
        yield PEOPLE, everyone
        yield LINKS, links(accepted)
        yield PROTECTION, protection(accepted, everyone)
        yield QUARANTINE, pl.concat(refused)
        for record, frame in accepted.items():
            if record.__name__ in _NO_CONTENT:
                continue
            layout = _layout(record)
            owned = numbered(record, frame, everyone)
            yield (layout.table, with_key(layout, owned, self.keyring)) if layout else (record.__name__.lower(), owned)

    def _write(self, part: str, kind: str, frame: pl.DataFrame) -> File:
        name = f"{part}-{kind}.parquet"
        return write_frame(self.store, self.keyring, folder=self._manifest().folder, name=name, frame=frame)

    def _manifest(
        self, slices: tuple[dict[str, File], ...] = (), held: Mapping[int, tuple[str, ...]] | None = None
    ) -> Checked:
        return Checked(
            key=self.key,
            source=self.source,
            suite=version_of(self.source),
            parser=PARSERS[self.source],
            batches=tuple(self._batch(number, (held or {}).get(number, ())) for number in range(len(self.batches))),
            slices=slices,
        )

    def _batch(self, number: int, held: tuple[str, ...]) -> CheckedBatch:
        manifest = self.landed[number].manifest
        return CheckedBatch(
            batch_id=self.batches[number].batch_id,
            full=manifest.full,
            stamp=manifest.until,
            pulled=self.tally.pulled[number],
            quarantined=self.tally.quarantined[number],
            held=held,
        )


def _layout(record: type) -> Layout | None:
    return next((layout for of_source in LAYOUTS.values() for layout in of_source if layout.record is record), None)


def _unknown(reader: Reader) -> dict[str, int]:
    return {name: count for of_batch in reader.unknown.values() for name, count in of_batch.items()}


def _prepared(read: Read, store: Store, group: Mapping[str, Any]) -> _Work:
    batches = books.batches(read, batch_ids=[UUID(each) for each in group["batches"]])
    landed = [_landed(read, store, batch) for batch in batches]
    allowed = [_allowed(read, batch) for batch in batches]
    return _Work(
        store=store, keyring=read.keyring, source=batches[0].source, batches=batches, landed=landed, allowed=allowed
    )


def _landed(read: Read, store: Store, batch: Batch) -> Landed:
    manifest = read_manifest(store, batch.manifest or "", sha256_hex=batch.manifest_sha256)
    wrapped = books.store_key(read, batch_id=batch.batch_id) or b""
    return Landed(manifest=manifest, key=unwrap(read.keyring, wrapped, batch=str(batch.batch_id)))


def _allowed(read: Read, batch: Batch) -> int | None:
    """Say how many rows a batch may have; asking by name has no usual size."""
    if batch.people is not None:
        return None
    last = books.last_rows(read, connection_id=batch.connection_id, full=batch.full, limit=VOLUME_BATCHES)
    return usual_rows(last)


def _mark(database: Database, checked: Checked, *, at: datetime) -> None:
    """Write the batches' states with their events; one that is merged already stays so."""
    with database.transaction() as tx:
        batches = books.batches(tx, batch_ids=[each.batch_id for each in checked.batches], locked=True)
        for batch, each in zip(batches, checked.batches, strict=True):
            if not each.held:
                books.mark_checked(tx, batch_id=batch.batch_id)
                continue
            counts = {"pulled": each.pulled, "accepted": 0, "quarantined": 0, "unchanged": 0, "held": each.pulled}
            if books.mark_held(tx, batch_id=batch.batch_id, why=each.held, counts=counts):
                log.record(tx, events.of_batch(EventType.BATCH_HELD, batch, counts, at=at))


def _told(checked: Checked) -> dict[str, Any]:
    return {
        "path": checked.path,
        "batches": [str(each.batch_id) for each in checked.batches],
        "rows": sum(each.pulled for each in checked.batches),
        "quarantined": sum(each.quarantined for each in checked.batches),
        "held": [str(each.batch_id) for each in checked.batches if each.held],
    }
