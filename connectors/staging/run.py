"""One merge under way: its transaction, the batches by their number in the run, whom the rows are about, and what is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl

from connectors.checked import OWNER, SHARD
from connectors.layout import PERSON
from connectors.ledger import Batch
from connectors.persons import Linked
from connectors.queries import books
from connectors.queries.imprints import Former
from connectors.staging.incoming import Incoming
from connectors.staging.leave import Leave, allowed
from connectors.staging.memory import Memory, remembered
from connectors.store import Store
from db.engine import Transaction
from schemas.vocabulary import Source

JOBSEEKERS: Final = "tyonhakija"
_JOINT: Final = ("tym_asiakas", "tym_alku_pvm", "tyonhaku_paattynyt_pvm")


@dataclass(slots=True, kw_only=True)
class Run:
    """The lists are by batch number.

    `leaves` holds each leave list by its path, `memory` what was not read for it came before; `stored` names the source's tables that held
    anything before, `asked_anew` whom a county was asked about from the beginning, `repeated`, for batches that brought the same once more,
    the one that they repeat; `spared` gathers the connections whose missing records another may hold still, `pending` the people of whom
    anything changed, `seen` the files that tell what connections gave, None where none does.
    """

    tx: Transaction
    store: Store
    source: Source
    at: datetime
    batches: Sequence[Batch]
    full: Sequence[bool]
    incoming: Incoming
    linked: Linked
    leaves: Mapping[str | None, Leave]
    memory: Memory
    stored: frozenset[str]
    asked_anew: pl.DataFrame
    repeated: Mapping[int, Former] = field(default_factory=dict)
    protected: pl.Series = field(default_factory=lambda: pl.Series(PERSON, [], dtype=pl.String))
    accepted: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    dropped: Counter[int] = field(default_factory=Counter)
    removed: Counter[int] = field(default_factory=Counter)
    spared: set[str] = field(default_factory=set)
    pending: list[pl.Series] = field(default_factory=list)
    seen: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put those on the lists of whom this very answer tells that they get joint support: nobody else knows it yet."""
        if self.source is Source.TE and any(leave.joint for leave in self.leaves.values()):
            people = self._in_joint_support()
            self.leaves = {path: leave.with_joint(people) for path, leave in self.leaves.items()}

    def _in_joint_support(self) -> pl.Series:
        told = self.incoming.whole(JOBSEEKERS, [OWNER, SHARD, *_JOINT])
        if told is None:
            return pl.Series(PERSON, [], dtype=pl.String)
        today = self.at.date()
        begun = pl.col("tym_alku_pvm").is_null() | (pl.col("tym_alku_pvm") <= today)
        ended = pl.col("tyonhaku_paattynyt_pvm") < today
        joint = told.filter(pl.col("tym_asiakas"), begun, ~ended.fill_null(value=False))
        return joint[PERSON].drop_nulls().unique()

    @property
    def batch_ids(self) -> list[UUID]:
        """The batches by number."""
        return [batch.batch_id for batch in self.batches]

    @property
    def connections(self) -> pl.Series:
        """The connection of each batch by number."""
        return pl.Series([batch.connection_id for batch in self.batches], dtype=pl.String)

    @property
    def full_connections(self) -> list[str]:
        """The connections that gave all they hold, and not the very same as before."""
        numbered = enumerate(zip(self.batches, self.full, strict=True))
        return [batch.connection_id for number, (batch, full) in numbered if full and number not in self.repeated]

    def given_again(self, table: str) -> pl.Series:
        """Give the keys of a table's records that repeated batches brought, as their connections' files remember them."""
        connections = {self.batches[number].connection_id for number in self.repeated}
        return remembered(self.tx, self.store, connections, table=table)

    def given_before(self, table: str) -> pl.Series:
        """Give the keys of a table's records that connections not asked for everything now gave when they last were."""
        heard = {batch.connection_id for batch, full in zip(self.batches, self.full, strict=True) if full}
        live = {each.connection_id for each in books.connections(self.tx, source=self.source, at=self.at)}
        return remembered(self.tx, self.store, live - heard, table=table)

    def allowed(self, rows: pl.DataFrame, category: pl.Expr | None) -> pl.Series:
        """Tell which rows may be kept, each by the leave list of its batch; a record without a category always may."""
        if category is None:
            return pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
        numbers = {path: number for number, path in enumerate(self.leaves)}
        lists = pl.Series([numbers[batch.leave] for batch in self.batches], dtype=pl.UInt32)
        return allowed(list(self.leaves.values()), rows, category, by=lists.gather(rows[SHARD]))

    def count(self, into: Counter[int], rows: pl.DataFrame) -> None:
        """Count rows by their batch."""
        into.update(dict(rows.group_by(SHARD).len().iter_rows()))

    def wake(self, people: pl.Series) -> None:
        """Have the next publishing look at people."""
        self.pending.append(people.rename(PERSON).drop_nulls())


def gather(people: Iterable[pl.Series]) -> pl.Series:
    """Give each person of several lists once."""
    return pl.concat([pl.Series(PERSON, [], dtype=pl.String), *(each.rename(PERSON) for each in people)]).unique()
