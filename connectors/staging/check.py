"""Validate: landed manifests to checked files, the same for the same bytes, parser and suites (PIPELINE.md 1, 3)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import log
from audit.events import EventType
from connectors.checked import Checked, read_checked
from connectors.frames import uncollected
from connectors.landing import read_manifest, unwrap
from connectors.ledger import Batch
from connectors.queries import books, imprints, quarantine
from connectors.queries.imprints import Former
from connectors.staging import events, seen
from connectors.staging.imprint import Imprint, depends_on, repeats
from connectors.staging.leave import Leave
from connectors.staging.memory import read_again
from connectors.staging.slices import PARSERS, Landed
from connectors.staging.work import Known, Work
from connectors.store import Store, open_store
from db.engine import Database, Login, Read
from db.environment import Environment
from schemas.expectations import version_of
from schemas.validation.batch import VOLUME_BATCHES, usual_rows
from schemas.vocabulary import Source


def check(environment: Environment, group: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Validate the landed batches of a group and give the path of its manifest, with its rows counted.

    Batches that break a limit are held, the others go on. Nothing is written to staging; the same group again writes the same files.
    """
    store = open_store(environment.store)
    with environment.database(Login.CONNECTOR) as database:
        with database.read() as read:
            work = _prepared(read, store, group, on=at.date())
        with uncollected():
            checked = read_checked(store, work.path) if store.has(work.path) else work.done(on=at.date())
        _mark(database, checked, at=at)
    return _told(checked)


def remembered_by(source: Source, leave: Leave) -> str:
    """Name what the memory of a source depends on: its parser, its suites, what may be kept of everybody."""
    return seen.made_by(PARSERS[source], version_of(source), sorted(leave.everybody), leave.everything)


def _prepared(read: Read, store: Store, group: Mapping[str, Any], *, on: date) -> Work:
    batches = books.batches(read, batch_ids=[UUID(each) for each in group["batches"]])
    landed = list(_landed(read, store, batches))
    leaves = {path: Leave.read(store, path) for path in {batch.leave for batch in batches}}
    known_by = dict(_imprints(batches, landed, leaves, on=on))
    repeated = _repeated(read, store, batches, known_by)
    wanted = [number for number in known_by if number not in repeated and batches[number].source in seen.KEPT_FOR]
    gave = books.gave_rows(read, connection_ids=[batch.connection_id for batch in batches])
    return Work(
        store=store,
        keyring=read.keyring,
        source=batches[0].source,
        batches=batches,
        landed=landed,
        allowed=_allowed(read, batches),
        gave=[number for number, batch in enumerate(batches) if batch.connection_id in gave],
        known=dict(_known(read, store, batches, leaves, wanted)),
        imprints=known_by,
        repeated=repeated,
    )


def _landed(read: Read, store: Store, batches: Sequence[Batch]) -> Iterator[Landed]:
    wrapped = books.store_keys(read, batch_ids=[batch.batch_id for batch in batches])
    for batch in batches:
        manifest = read_manifest(store, batch.manifest or "", sha256_hex=batch.manifest_sha256)
        key = unwrap(read.keyring, wrapped.get(batch.batch_id, b""), batch=str(batch.batch_id))
        yield Landed(manifest=manifest, key=key)


def _imprints(
    batches: Sequence[Batch], landed: Sequence[Landed], leaves: Mapping[str | None, Leave], *, on: date
) -> Iterator[tuple[int, Imprint]]:
    """Begin the imprints of the full batches, a county's of those it was asked about; elsewhere named answers are always read."""
    for number, (batch, of) in enumerate(zip(batches, landed, strict=True)):
        if of.manifest.full and (batch.people is None or batch.source is Source.SOTE):
            leave = leaves[batch.leave]
            by = depends_on(batch, of, leave, remembered_by=remembered_by(batch.source, leave), on=on)
            yield number, Imprint(landed=of, source=batch.source, by=by)


def _repeated(read: Read, store: Store, batches: Sequence[Batch], known_by: Mapping[int, Imprint]) -> dict[int, Former]:
    """Find the batches that are, to the byte, what the former one of their shard was, and staging is as that one left it."""
    found = imprints.formers(read, batch_ids=[batches[number].batch_id for number in known_by])
    files = books.seen_of(read, connection_ids=[batch.connection_id for batch in batches])
    wanted = {
        number: former
        for number in known_by
        if (former := found.get(batches[number].batch_id)) and seen.is_kept(store, batches[number], files)
    }
    told = repeats(store, read.keyring, [(known_by[number], former) for number, former in wanted.items()])
    return {number: former for (number, former), same in zip(wanted.items(), told, strict=True) if same}


def _known(
    read: Read, store: Store, batches: Sequence[Batch], leaves: Mapping[str | None, Leave], wanted: Sequence[int]
) -> Iterator[tuple[int, Known]]:
    """Read what the connections of full batches, by number, gave last time."""
    if not wanted:
        return
    source = batches[0].source
    names = books.seen_of(read, connection_ids=[batches[number].connection_id for number in wanted])
    refused = quarantine.refused_by_name(read, source=source)["record_key"]
    by = {path: remembered_by(source, leave) for path, leave in leaves.items()}
    for number in wanted:
        name = names.get(batches[number].connection_id)
        rows = read_again(seen.read(store, read.keyring, name=name, by=by[batches[number].leave]), refused)
        yield number, Known(name=name if rows.height else None, rows=rows)


def _allowed(read: Read, batches: Sequence[Batch]) -> list[int | None]:
    """Say how many rows each batch may have; asking by name has no usual size."""
    ids = [batch.connection_id for batch in batches]
    last = {full: books.last_rows(read, connection_ids=ids, full=full, limit=VOLUME_BATCHES) for full in (True, False)}
    return [
        usual_rows(last[batch.full].get(batch.connection_id, ())) if batch.people is None else None for batch in batches
    ]


def _mark(database: Database, checked: Checked, *, at: datetime) -> None:
    """Write the batches' states with their events; one that is merged already stays so."""
    with database.transaction() as tx:
        batches = books.batches(tx, batch_ids=[each.batch_id for each in checked.batches], locked=True)
        books.mark_checked(tx, batch_ids=[each.batch_id for each in checked.batches if not each.held])
        for batch, each in zip(batches, checked.batches, strict=True):
            if not each.held:
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
