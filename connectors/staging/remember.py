"""What is remembered of each full pull, so that equal bytes need not be read next time: what was accepted whole, and came again."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import polars as pl

from connectors.checked import ELEMENT, SHARD
from connectors.layout import KEY
from connectors.staging import seen
from connectors.staging.check import remembered_by
from connectors.staging.decide import Decided
from connectors.staging.memory import LEFT_OUT, good_elements
from connectors.staging.removal import joins_jobseekers
from connectors.staging.run import Run
from connectors.staging.seen import TABLE
from connectors.staging.sorting import FATE, Fate
from connectors.staging.work import WRITERS
from schemas.vocabulary import Source

_STORED: Final = (Fate.NEW.value, Fate.CHANGED.value, Fate.SAME.value, Fate.OLDER.value)
_ONLY_TELL: Final = ("asiakas", "poisto")


class Remembering:
    """What is remembered goes to the store, not to the database: it is written while the server is at work.

    It begins as soon as everything is decided; where deletions may be refused yet, once they are carried out.
    """

    def __init__(self, run: Run, beside: ThreadPoolExecutor) -> None:
        self._run, self._beside = run, beside
        self._begun: Future[None] | None = None

    def following(self, deciding: Iterable[Decided]) -> Iterator[Decided]:
        """Yield what is decided, and begin with the last of it."""
        decided = []
        for each in deciding:
            decided.append(each)
            yield each
        if not joins_jobseekers(self._run):
            self._begun = self._beside.submit(_remember, self._run, decided, None)

    def begin(self, decided: Sequence[Decided], refused: pl.DataFrame | None) -> "Future[None]":
        """Begin, where that has not happened; gives the end. `refused` are deletions, which spoil the elements they came in."""
        return self._begun or self._beside.submit(_remember, self._run, decided, refused)


def _remember(run: Run, decided: Sequence[Decided], refused: pl.DataFrame | None) -> None:
    """Write the file of each connection that gave everything; the watermark's row will name it."""
    spoilt = [each.refused.select(ELEMENT, SHARD) for each in decided]
    if refused is not None:
        spoilt.append(refused.select(ELEMENT, SHARD))
    rows = [_good(each) for each in decided] + list(_telling(run))
    news = dict(good_elements(rows, spoilt))
    with ThreadPoolExecutor(max_workers=WRITERS) as writers:
        writing = {
            batch.connection_id: writers.submit(_write, run, number, news.get(number, seen.nothing()))
            for number, (batch, full) in enumerate(zip(run.batches, run.full, strict=True))
            if full and run.source in seen.KEPT_FOR and number not in run.repeated
        }
        run.seen.update((connection_id, file.result()) for connection_id, file in writing.items())
    run.seen.update(dict.fromkeys(_overtaken(run)))


def _overtaken(run: Run) -> Iterator[str]:
    """Name Kela's connections over which something else came than all they hold: a counter or a protection has no version.

    What stands in their files may be newer in staging, and look as if it had never changed once it changes back.
    """
    for number, (batch, full) in enumerate(zip(run.batches, run.full, strict=True)):
        if run.source is Source.KELA and not full and run.incoming.batches[number].pulled:
            yield batch.connection_id


def _write(run: Run, number: int, news: pl.DataFrame) -> str:
    batch, memory = run.batches[number], run.memory
    known = news if memory.rows.is_empty() else pl.concat([memory.of_batch(number), news])
    by = remembered_by(run.source, run.leaves[batch.leave])
    return seen.write(run.store, run.tx.keyring, by=by, batch=str(batch.batch_id), rows=known)


def _good(decided: Decided) -> pl.DataFrame:
    """Give what was not refused: what is not stored, for nobody may be shown it, as left out; what came twice, each time as it stands."""
    left_out = pl.when(_ended_as(decided, [Fate.DROPPED.value])).then(pl.lit(LEFT_OUT) + pl.col(KEY))
    stored = pl.when(_ended_as(decided, _STORED)).then(KEY).otherwise(left_out).alias(KEY)
    named = pl.lit(decided.layout.table).alias(TABLE)
    return decided.rows.filter(pl.col(FATE) != Fate.REFUSED).select(ELEMENT, named, stored, SHARD)


def _ended_as(decided: Decided, fates: Sequence[str]) -> pl.Expr:
    """Tell which rows came to one of these ends, or came beside another of their record that did."""
    came_to = pl.col(FATE).is_in(fates)
    if (decided.rows[FATE] != Fate.REPEATED).all():
        return came_to
    keys = decided.rows.filter(came_to)[KEY]
    return came_to | ((pl.col(FATE) == Fate.REPEATED) & pl.col(KEY).is_in(keys.implode()))


def _telling(run: Run) -> Iterator[pl.DataFrame]:
    """Give the rows that name no staged record, for their elements are whole without one."""
    for kind in _ONLY_TELL:
        told = run.incoming.whole(kind, [ELEMENT, SHARD])
        if told is not None:
            nameless = (pl.lit(kind).alias(TABLE), pl.lit(None, dtype=pl.String).alias(KEY))
            yield told.select(ELEMENT, *nameless, SHARD)
