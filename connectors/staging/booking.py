"""The end of a merge, in its transaction: who is to be published, what was counted, how far each connection came, what the log is told."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl

from audit import log
from audit.events import EventType
from connectors.ledger import COUNTED, Batch, State
from connectors.queries import books, imprints
from connectors.queries.bulk import copy_frame
from connectors.staging import events
from connectors.staging.run import Run, gather

PENDING: Final = "staging.pending"


def book(run: Run) -> dict[str, int]:
    """Write the books of a merge that has been written; gives the sums of its batches."""
    run.wake(pl.Series([str(person_id) for person_id in run.linked.changed], dtype=pl.String))
    copy_frame(run.tx, PENDING, gather(run.pending).to_frame())
    counts = {batch.batch_id: _counts(run, number) for number, batch in enumerate(run.batches)}
    sums: Counter[str] = Counter()
    for each in counts.values():
        sums.update(each)
    books.mark_merged(run.tx, counts=counts, at=run.at)
    for run_id in sorted({batch.run_id for batch in run.batches}):
        books.move_watermarks(run.tx, to=dict(_moved(run, run_id)), at=run.at)
    books.note_seen(run.tx, seen=run.seen)
    imprints.note(run.tx, imprints=dict(_imprints(run)))
    imprints.came_again(run.tx, repeated=_batch_ids(run), at=run.at)
    books.were_asked(run.tx, batch_ids=run.batch_ids)
    log.record_all(run.tx, (events.identity_changed(each, run.source.value, at=run.at) for each in run.linked.changed))
    log.record(
        run.tx, events.load_completed(run.source, dict(sums), at=run.at, run_ids={each.run_id for each in run.batches})
    )
    return {name: sums[name] for name in COUNTED}


def _imprints(run: Run) -> Iterator[tuple[UUID, bytes]]:
    """Give what the full batches are known again by.

    Not those of which something was refused here, for tomorrow it may be good, nor those that lack what another connection may hold still:
    once that one lacks it too, it is gone.
    """
    for number, (batch, came) in enumerate(zip(run.batches, run.incoming.batches, strict=True)):
        if came.imprint is None or batch.connection_id in run.spared:
            continue
        if number in run.repeated or run.refused[number] == came.quarantined:
            yield batch.batch_id, came.imprint


def _batch_ids(run: Run) -> dict[UUID, UUID]:
    """Give, by former batch, the one that repeats it."""
    return {former.batch_id: run.batches[number].batch_id for number, former in run.repeated.items()}


def hold(run: Run, held: Mapping[int, str]) -> None:
    """Write that batches, by number, wait for a steward."""
    for number, why in held.items():
        batch, pulled = run.batches[number], run.incoming.batches[number].pulled
        counts = {"pulled": pulled, "accepted": 0, "quarantined": 0, "unchanged": 0, "held": pulled}
        books.mark_held(run.tx, batch_id=batch.batch_id, why=[why], counts=counts)
        log.record(run.tx, events.of_batch(EventType.BATCH_HELD, batch, counts, at=run.at))


def _counts(run: Run, number: int) -> dict[str, int]:
    """Sum up a batch: what is neither accepted nor quarantined changed nothing."""
    pulled, former = run.incoming.batches[number].pulled, run.repeated.get(number)
    accepted = run.accepted[number]
    quarantined = former.quarantined if former else run.refused[number]
    return {
        "pulled": pulled,
        "accepted": accepted,
        "quarantined": quarantined,
        "unchanged": pulled - accepted - quarantined,
        "held": 0,
        "dropped": former.dropped if former else run.dropped[number],
        "removed": run.removed[number],
    }


def _moved(run: Run, run_id: UUID) -> Iterator[tuple[str, tuple[datetime, UUID]]]:
    """Give how far each connection of a run came, once all its batches are merged: to the earliest end of the windows that describe it.

    People who were asked about by name from the beginning do not hold it: who failed is asked from the beginning again.
    """
    of_connection: defaultdict[str, list[Batch]] = defaultdict(list)
    for batch in books.of_run(run.tx, run_id=run_id):
        of_connection[batch.connection_id].append(batch)
    for connection_id in sorted({batch.connection_id for batch in run.batches if batch.run_id == run_id}):
        batches = of_connection[connection_id]
        windows = [batch for batch in batches if batch.people is None or batch.since is not None] or batches
        stamps = {batch.stamp: batch.batch_id for batch in windows if batch.stamp}
        if stamps and all(batch.state is State.MERGED for batch in windows):
            yield connection_id, (min(stamps), stamps[min(stamps)])
