"""Merge: checked files into staging, in one transaction; only here does a watermark move (PIPELINE.md 1, 6)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import polars as pl

from connectors.checked import RESULTS_NAME, Checked, read_checked
from connectors.errors import LandedAltered
from connectors.frames import uncollected
from connectors.layout import LAYOUTS, PERSON
from connectors.ledger import Batch, State
from connectors.persons import link
from connectors.queries import books, imprints, records
from connectors.queries import people as stored_people
from connectors.queries.bulk import make_room
from connectors.queries.imprints import Former
from connectors.staging.booking import book, hold
from connectors.staging.check import remembered_by
from connectors.staging.decide import Decided, decide
from connectors.staging.incoming import Incoming, gathered
from connectors.staging.learning import Learning
from connectors.staging.leave import Leave
from connectors.staging.memory import recall
from connectors.staging.protecting import Protections, protect, protections
from connectors.staging.refuse import refuse, supersede
from connectors.staging.remember import Remembering
from connectors.staging.removal import delete
from connectors.staging.run import Run
from connectors.staging.sorting import FATE, Fate
from connectors.staging.write import write
from connectors.store import Store, open_store
from db.engine import Login, Transaction
from db.environment import Environment
from schemas.validation.batch import vanished
from schemas.vocabulary import Source

_LOCK_OF: Final = {Source.TE: 1, Source.KELA: 2, Source.SOTE: 3}
COUNTY: Final = "county"
Facts = Mapping[str, Any]


def merge(
    environment: Environment, *, source: str, planned: Sequence[Facts], checked: Sequence[Facts | None], at: datetime
) -> dict[str, Any]:
    """Merge what was checked of a source: all of it or, on any error, nothing; a batch that is merged already is passed over.

    Gives the sums of the merged batches and the paths of the results. Batches that lose too much of what is known are held.
    """
    store = open_store(environment.store)
    groups = [read_checked(store, each["path"]) for each in checked if each]
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.transaction() as tx:
        counts = merge_groups(tx, store, source=Source(source), groups=groups, at=at)
    for group in groups:
        sweep(store, group)
    results = [f"{group.folder}/{RESULTS_NAME}" for group in groups]
    return {"source": source, "planned": len(planned), "counts": counts, "results": results}


def merge_groups(
    tx: Transaction,
    store: Store,
    *,
    source: Source,
    groups: Sequence[Checked],
    at: datetime,
    released: pl.DataFrame | None = None,
) -> dict[str, int]:
    """Merge checked groups in the caller's transaction; `released` are the rows of the quarantine, by record and key, that they hold."""
    with uncollected():
        return _Merging(tx=tx, store=store, source=source, groups=groups, at=at, released=released).merged()


def sweep(store: Store, group: Checked) -> None:
    """Take away the frames of a group: they are in staging now, and can be made again from what was landed."""
    for files in group.slices:
        for file in files.values():
            store.remove(f"{group.folder}/{file.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merging:
    """The merge of one run of a source."""

    tx: Transaction
    store: Store
    source: Source
    groups: Sequence[Checked]
    at: datetime
    released: pl.DataFrame | None = None

    def merged(self) -> dict[str, int]:
        """Merge every batch that is checked; one that would lose too much is held, and the rest looked at anew.

        Where nothing is stored nothing can be lost: then each record type is written while the next is decided on.
        """
        stored_people.lock(self.tx, which=_LOCK_OF[self.source])
        make_room(self.tx)
        batches = self._mergeable()
        while batches:
            point = self.tx.connection.begin_nested()
            run = self._run(batches)
            if len(run.repeated) == len(batches):
                return book(run)
            found = protections(run)
            run.protected = found.everybody
            deciding = decide(run, LAYOUTS[self.source])
            decided = list(deciding) if run.stored else []
            held = _vanished(run, decided)
            if not held:
                _write(run, decided or deciding, found, self.released)
                point.commit()
                return book(run)
            point.rollback()
            hold(run, held)
            batches = [batch for number, batch in enumerate(batches) if number not in held]
        return {}

    def _mergeable(self) -> list[Batch]:
        """Lock the batches of the groups and keep those that wait to be merged."""
        held = {batch.batch_id for group in self.groups for batch in group.batches if batch.held}
        ids = [batch.batch_id for group in self.groups for batch in group.batches]
        locked = books.batches(self.tx, batch_ids=ids, locked=True)
        return [batch for batch in locked if batch.state is State.CHECKED and batch.batch_id not in held]

    def _run(self, batches: Sequence[Batch]) -> Run:
        """Gather what the batches brought, and find whom it is about."""
        numbers = {str(batch.batch_id): number for number, batch in enumerate(batches)}
        incoming = gathered(self.store, self.tx.keyring, self.groups, numbers)
        linked = link(self.tx, hetus=incoming.hetus(), links=incoming.links(), at=self.at)
        incoming.know(linked)
        full = [came.full and batch.people is None for came, batch in zip(incoming.batches, batches, strict=True)]
        repeated = self._repeated(incoming, batches)
        leaves = {path: Leave.read(self.store, path) for path in {batch.leave for batch in batches}}
        by = {number: remembered_by(self.source, leaves[batch.leave]) for number, batch in enumerate(batches)}
        connections = [batch.connection_id for batch in batches]
        return Run(
            tx=self.tx,
            store=self.store,
            source=self.source,
            at=self.at,
            batches=batches,
            full=full,
            incoming=incoming,
            linked=linked,
            leaves=leaves,
            memory=recall(self.tx, self.store, incoming, connections, by),
            stored=self._stored(),
            asked_anew=self._asked_anew(incoming, batches),
            repeated=repeated,
        )

    def _stored(self) -> frozenset[str]:
        """Name the source's tables that hold anything."""
        tables = (layout.table for layout in LAYOUTS[self.source])
        return frozenset(table for table in tables if records.has_rows(self.tx, table=table))

    def _repeated(self, incoming: Incoming, batches: Sequence[Batch]) -> dict[int, Former]:
        """Give the former batch of each that was not read. Raises LandedAltered where staging has moved since."""
        came = {number: each for number, each in enumerate(incoming.batches) if each.repeats is not None}
        known = imprints.formers(self.tx, batch_ids=[batches[number].batch_id for number in came]) if came else {}
        found = {number: known.get(batches[number].batch_id) for number in came}
        repeated = {number: former for number, former in found.items() if former is not None}
        if any(
            repeated[number].batch_id != each.repeats if number in repeated else True for number, each in came.items()
        ):
            raise LandedAltered("What was checked is older than staging: it is checked again.")
        return repeated

    def _asked_anew(self, incoming: Incoming, batches: Sequence[Batch]) -> pl.DataFrame:
        """List whom the counties were asked about from the beginning, by county and person: what is missing of theirs is gone."""
        asked = [pl.DataFrame(schema={COUNTY: pl.String, PERSON: pl.String})]
        for came, batch in zip(incoming.batches, batches, strict=True):
            if self.source is Source.SOTE and came.full and came.repeats is None and batch.people is not None:
                county = books.connection_of(self.tx, batch_id=batch.batch_id).place
                people = pl.read_parquet(BytesIO(self.store.get(batch.people)), columns=[PERSON])
                asked.append(people.select(pl.lit(county).alias(COUNTY), PERSON))
        return pl.concat(asked).unique()


def _vanished(run: Run, decided: Sequence[Decided]) -> dict[int, str]:
    """Find the pulls from the beginning that lack too much of what is known, by number, each with why it is held."""
    gone: Counter[str] = Counter()
    for each in decided:
        gone.update(dict(each.gone.group_by("stored_connection").len().iter_rows()))
    doubtful = {
        number: batch.connection_id
        for number, batch in enumerate(run.batches)
        if run.incoming.batches[number].full and not batch.accepted_as_is and vanished(0, gone[batch.connection_id])
    }
    known = _known(run, decided, sorted(set(doubtful.values()))) if doubtful else Counter()
    return {
        number: f"{gone[connection_id]:,} of {known[connection_id]:,} known records are not in a full pull"
        for number, connection_id in doubtful.items()
        if vanished(known[connection_id], gone[connection_id])
    }


def _known(run: Run, decided: Sequence[Decided], connection_ids: Sequence[str]) -> Counter[str]:
    """Count what is stored of connections: all of it, or what is about the people whom a county was asked about anew."""
    known: Counter[str] = Counter()
    for each in decided:
        table = each.layout.table
        if run.asked_anew.height:
            known.update(records.counted_of_people(run.tx, table=table, asked=run.asked_anew))
        else:
            known.update(records.counted(run.tx, table=table, connection_ids=connection_ids))
    return known


def _write(run: Run, deciding: Iterable[Decided], found: Protections, released: pl.DataFrame | None) -> None:
    """Write everything as it is decided, then what follows from it: deletions last, facts from what stands then."""
    with Learning.of(run, deciding, found) as learning, ThreadPoolExecutor(max_workers=1) as beside:
        remembering = Remembering(run, beside)
        decided = write(run, remembering.following(deciding), learning.written)
        for each in decided:
            run.count(run.accepted, each.written)
            run.count(run.dropped, each.rows.filter(pl.col(FATE) == Fate.DROPPED))
        protect(run, found)
        refused = delete(run)
        remembered = remembering.begin(decided, refused)
        learning.rest(decided, found)
        remembered.result()
    refuse(run, decided, refused)
    supersede(run, decided, refused, released=released)
