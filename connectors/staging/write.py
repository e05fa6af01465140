"""Decided rows into their tables, while the next ones are made ready; and out of them what is gone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import polars as pl

from connectors.checked import SHARD
from connectors.layout import CUT, CUT_LOCATION, KEY, LAYOUTS, PERSON, Layout
from connectors.queries import records
from connectors.staging.decide import Decided
from connectors.staging.incoming import PART, PLACE
from connectors.staging.load import keyed, prepared
from connectors.staging.run import Run
from connectors.staging.sorting import FATE, Fate

_BESIDE: Final = (PART, PLACE, SHARD, PERSON, CUT, FATE)
_T = TypeVar("_T")


def write(run: Run, decided: Sequence[Decided]) -> None:
    """Write what is new and changed of every record type, then take out what may not be kept or is gone."""
    for layout, ready in ahead(_ready(run, decided)):
        new = pl.col(FATE) == Fate.NEW
        records.add(run.tx, table=layout.table, rows=ready.filter(new).drop(FATE))
        _change(run, layout, ready.filter(~new).drop(FATE))
    for each in decided:
        run.wake(each.written[PERSON])
        remove(run, each.layout.table, pl.concat([each.dropped, each.gone[KEY]]))


def _ready(run: Run, decided: Sequence[Decided]) -> Iterator[tuple[Layout, pl.DataFrame]]:
    for each in decided:
        layout = each.layout
        for rows in run.incoming.rows(layout.table, each.written.select(_BESIDE)):
            yield layout, prepared(layout, keyed(layout, rows), run.batch_ids, run.tx.keyring)


def _change(run: Run, layout: Layout, rows: pl.DataFrame) -> None:
    if rows.height:
        types = records.types_of(run.tx, table=layout.table)
        records.change(run.tx, table=layout.table, types=types, rows=rows)


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
