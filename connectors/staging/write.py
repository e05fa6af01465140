"""Decided rows into their tables, while the next ones are made ready; and out of them what is gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from connectors import persons
from connectors.ahead import ahead
from connectors.checked import SHARD
from connectors.layout import CUT, CUT_LOCATION, KEY, LAYOUTS, PERSON, Layout
from connectors.queries import records
from connectors.queries.bulk import Laid, laid
from connectors.staging.decide import Decided
from connectors.staging.incoming import PART, PLACE
from connectors.staging.load import keyed, prepared
from connectors.staging.run import Run
from connectors.staging.sorting import FATE, Fate

_TABLES_AHEAD: Final = 12
"""Those of about one slice: they are made ready while the server learns what the first of them tells of people."""
_BESIDE: Final = (PART, PLACE, SHARD, PERSON, CUT, FATE)


@dataclass(frozen=True, slots=True)
class _Ready:
    """Rows as a table of staging takes them: those it has not, laid out, and those that replace what it has."""

    table: str
    new: Laid | None
    changed: pl.DataFrame = field(default_factory=pl.DataFrame)


def write(run: Run, deciding: Iterable[Decided], written: Callable[[Decided], None]) -> Sequence[Decided]:
    """Write who is new, what is new and changed of every record type, then take out what may not be kept or is gone.

    Where nothing is decided yet, the next record types are decided on while the server takes those before; gives all that was decided.
    `written` is called with each record type once its rows are in.
    """
    decided: list[Decided] = []
    tables = [*persons.TABLES, *(layout.table for layout in LAYOUTS[run.source])]
    making = _Making(run, records.types(run.tx, tables=tables))
    for ready in ahead(making.ready(deciding), number=_TABLES_AHEAD):
        if isinstance(ready, Decided):
            decided.append(ready)
            written(ready)
        else:
            _take(run, ready)
    for each in decided:
        run.wake(each.written[PERSON])
        remove(run, each.layout.table, pl.concat([each.dropped, each.gone[KEY]]))
    return decided


@dataclass(frozen=True, slots=True)
class _Making:
    """Rows on their way to their tables, whose columns' `types` are asked before: nothing here may speak with the server."""

    run: Run
    types: Mapping[str, Mapping[str, str]]

    def ready(self, deciding: Iterable[Decided]) -> Iterator[_Ready | Decided]:
        """Make rows ready as they are decided on, and tell of each record type when its rows are through.

        HETUs take encryption: they wait until the server has people to take meanwhile.
        """
        new = persons.made(self.run.tx.keyring, self.run.linked, told_by=self.run.source.value, at=self.run.at)
        yield self._new(*next(new))
        for each in deciding:
            yield from (self._new(table, rows) for table, rows in new)
            yield from self._rows(each)
            yield each

    def _rows(self, decided: Decided) -> Iterator[_Ready]:
        """Make the rows of one record type ready, part by part."""
        run, layout = self.run, decided.layout
        for rows in run.incoming.rows(layout.table, decided.written.select(_BESIDE)):
            for some in prepared(layout, keyed(layout, rows), run.batch_ids, run.tx.keyring):
                yield self._split(layout, some)

    def _split(self, layout: Layout, rows: pl.DataFrame) -> _Ready:
        if not self.run.stored:
            return self._new(layout.table, rows.drop(FATE))
        new = pl.col(FATE) == Fate.NEW
        return self._new(layout.table, rows.filter(new).drop(FATE), rows.filter(~new).drop(FATE))

    def _new(self, table: str, rows: pl.DataFrame, *changed: pl.DataFrame) -> _Ready:
        return _Ready(table, laid(rows, self.types[table]) if rows.height else None, *changed)


def _take(run: Run, ready: _Ready) -> None:
    if ready.new is not None:
        records.add(run.tx, table=ready.table, rows=ready.new)
    if ready.changed.height:
        records.change(run.tx, table=ready.table, rows=ready.changed)


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
