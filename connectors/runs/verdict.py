"""The verdict on a run: a sentence a shard, the sums, the Data Docs; red when a planned batch is not merged."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from connectors.errors import NotMerged
from connectors.ledger import Batch, State
from connectors.queries import books
from connectors.store import Store, open_store
from db.engine import Login
from db.environment import Environment
from schemas.validation import docs
from schemas.validation.result import Result, summed

Facts = Mapping[str, Any]
_TOLD: Final = ("pulled", "accepted", "quarantined", "unchanged", "held")


def verdict(environment: Environment, *, source: str, planned: Sequence[Facts], merged: Facts) -> dict[str, Any]:
    """Give the run's sums, a sentence a shard, and where its Data Docs lie (None: nothing came).

    Raises NotMerged when a planned batch is not merged.
    """
    batches = _batches(environment, planned)
    told = _told(batches)
    missing = [sentence(batch) for batch in batches if batch.state is not State.MERGED]
    results = merged.get("results", ()) if told["pulled"] or missing else ()
    written = write_docs(open_store(environment.store), results, run=_run(batches))
    if missing:
        raise NotMerged("; ".join(missing))
    return {**told, "source": source, "docs": written}


def tell(environment: Environment, *, planned: Sequence[Facts]) -> dict[str, Any]:
    """Give a run's sums and a sentence a shard, whatever came of it: a red verdict hands nothing on."""
    return _told(_batches(environment, planned))


def _batches(environment: Environment, planned: Sequence[Facts]) -> list[Batch]:
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.read() as read:
        return books.batches(read, batch_ids=[UUID(each["batch"]) for each in planned])


def _told(batches: Sequence[Batch]) -> dict[str, Any]:
    sums: Counter[str] = Counter()
    for batch in batches:
        sums.update(batch.counts)
    return {**{name: sums[name] for name in _TOLD}, "sentences": [sentence(batch) for batch in batches]}


def sentence(batch: Batch) -> str:
    """Say how a batch ended: ``kela 36: 4,211 rows, 4 quarantined``."""
    name = f"{batch.source} {batch.shard}"
    if batch.state is State.MERGED:
        quarantined = batch.counts.get("quarantined", 0)
        return f"{name}: {batch.counts.get('pulled', 0):,} rows, {quarantined:,} quarantined"
    why = "; ".join(batch.held or ()) or "it did not come to an end"
    return f"{name}: {batch.state}: {why}"


def write_docs(store: Store, results: Iterable[str], *, run: str) -> str | None:
    """Render one page a suite from the stored results of a run's groups; gives the folder, None where nothing was checked."""
    by_suite: dict[str, list[Result]] = {}
    for path in results:
        for values in json.loads(store.get(path))["suites"]:
            result = Result.from_json(values)
            by_suite.setdefault(result.suite, []).append(result)
    for name, found in by_suite.items():
        store.put(f"docs/{run}/{name.replace(' ', '-')}.html", docs.page(summed(found)).encode())
    if not by_suite:
        return None
    store.put(f"docs/{run}/{docs.SHEET_NAME}", docs.sheet().encode())
    return f"docs/{run}"


def _run(batches: Sequence[Batch]) -> str:
    return str(batches[0].run_id) if batches else "none"
