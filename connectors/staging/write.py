"""Decided rows into their tables, while the next ones are made ready; and out of them what is gone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import polars as pl

from connectors.checked import SHARD
from connectors.layout import CUT, CUT_LOCATION, KEY, LAYOUTS, PERSON
from connectors.queries import records
from connectors.staging.decide import Decided
from connectors.staging.incoming import PART, PLACE
from connectors.staging.load import keyed, prepared
from connectors.staging.run import Run
from connectors.staging.sorting import FATE, Fate

_BESIDE: Final = (PART, PLACE, SHARD, PERSON, CUT, FATE)
_T = TypeVar("_T")


def write(run: Run, decided: Decided) -> None:
    """Write what is new and changed of one record type, then take out what may not be kept or is gone."""
    tx, layout = run.tx, decided.layout
    types = records.types_of(tx, table=layout.table)
    for ready in ahead(_ready(run, decided)):
        new = pl.col(FATE) == Fate.NEW
        records.add(tx, table=layout.table, rows=ready.filter(new).drop(FATE))
        records.change(tx, table=layout.table, types=types, rows=ready.filter(~new).drop(FATE))
    run.wake(decided.written[PERSON])
    remove(run, layout.table, pl.concat([decided.dropped, decided.gone[KEY]]))


def _ready(run: Run, decided: Decided) -> Iterator[pl.DataFrame]:
    layout = decided.layout
    for rows in run.incoming.rows(layout.table, decided.written.select(_BESIDE)):
        yield prepared(layout, keyed(layout, rows), run.batch_ids, run.tx.keyring)


def remove(run: Run, table: str, keys: pl.Series) -> pl.DataFrame:
    """Take records out by key, with their people awake; gives person and batch of each."""
    gone = records.remove(run.tx, table=table, keys=keys)
    run.wake(gone[PERSON])
    return gone


def hide(run: Run, people: pl.Series) -> None:
    """Clear address and municipality of people who are protected from now on, whatever source they came from."""
    if people.is_empty():
        return
    for layout in (layout for of_source in LAYOUTS.values() for layout in of_source if layout.location):
        hidden = records.hide_location(
            run.tx, table=layout.table, columns=layout.location, people=people, cut=CUT_LOCATION
        )
        run.wake(hidden[PERSON])


def ahead(items: Iterator[_T]) -> Iterator[_T]:
    """Make the next item in another thread while this one is worked on: COPY waits for the server, encryption does not."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item
