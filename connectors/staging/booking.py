"""The end of a merge, in its transaction: who is to be published, what was counted, how far each connection came, what the log is told."""

from collections import Counter
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import polars as pl

from audit import log
from audit.events import EventType
from connectors.ledger import COUNTED, State
from connectors.queries import books
from connectors.queries.bulk import copy_frame
from connectors.staging import events
from connectors.staging.run import Run, gather

PENDING: Final = "staging.pending"


def book(run: Run) -> dict[str, int]:
    """Write the books of a merge that has been written; gives the sums of its batches."""
    run.wake(pl.Series([str(person_id) for person_id in run.linked.changed], dtype=pl.String))
    copy_frame(run.tx, PENDING, gather(run.pending).to_frame())
    sums: Counter[str] = Counter()
    for number, batch in enumerate(run.batches):
        counts = _counts(run, number)
        sums.update(counts)
        books.mark_merged(run.tx, batch_id=batch.batch_id, counts=counts, at=run.at)
    for run_id in sorted({batch.run_id for batch in run.batches}):
        _move(run, run_id)
    for connection_id, seen in run.seen.items():
        books.note_seen(run.tx, connection_id=connection_id, seen=seen)
    books.were_asked(run.tx, batch_ids=run.batch_ids)
    log.record_all(run.tx, (events.identity_changed(each, run.source.value, at=run.at) for each in run.linked.changed))
    log.record(run.tx, events.load_completed(run.source, dict(sums), at=run.at))
    return {name: sums[name] for name in COUNTED}


def hold(run: Run, held: Mapping[int, str]) -> None:
    """Write that batches, by number, wait for a steward."""
    for number, why in held.items():
        batch, pulled = run.batches[number], run.incoming.batches[number].pulled
        counts = {"pulled": pulled, "accepted": 0, "quarantined": 0, "unchanged": 0, "held": pulled}
        books.mark_held(run.tx, batch_id=batch.batch_id, why=[why], counts=counts)
        log.record(run.tx, events.of_batch(EventType.BATCH_HELD, batch, counts, at=run.at))


def _counts(run: Run, number: int) -> dict[str, int]:
    """Sum up a batch: what is neither accepted nor quarantined changed nothing."""
    pulled = run.incoming.batches[number].pulled
    accepted, quarantined = run.accepted[number], run.refused[number]
    return {
        "pulled": pulled,
        "accepted": accepted,
        "quarantined": quarantined,
        "unchanged": pulled - accepted - quarantined,
        "held": 0,
        "dropped": run.dropped[number],
        "removed": run.removed[number],
    }


def _move(run: Run, run_id: UUID) -> None:
    """Move the watermark of each connection of a run to the earliest end of the windows that describe it, once all of them are merged.

    People who were asked about by name from the beginning do not hold it: who failed is asked from the beginning again.
    """
    of_run = books.of_run(run.tx, run_id=run_id)
    for connection_id in sorted({batch.connection_id for batch in run.batches if batch.run_id == run_id}):
        batches = [batch for batch in of_run if batch.connection_id == connection_id]
        windows = [batch for batch in batches if batch.people is None or batch.since is not None] or batches
        stamps = {batch.stamp: batch.batch_id for batch in windows if batch.stamp}
        if stamps and all(batch.state is State.MERGED for batch in windows):
            to = min(stamps)
            books.move_watermark(run.tx, connection_id=connection_id, to=to, batch_id=stamps[to], at=run.at)
