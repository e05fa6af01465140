"""What the full pulls of a run brought that was known already, and what was known and did not come: read from the connections' files."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from connectors.checked import ELEMENT, PRESENT, SHARD
from connectors.errors import LandedAltered
from connectors.layout import KEY
from connectors.queries import books
from connectors.staging import seen
from connectors.staging.incoming import Incoming
from connectors.staging.refused import DIGESTS
from connectors.staging.seen import TABLE
from connectors.store import Store
from db.engine import Transaction

AGAIN: Final = "again"
LEFT_OUT: Final = "left out "
"""Stands before the key of a record that came and was not stored: the person may be granted later, and the record come by name."""
CONNECTION: Final = "connection"
_LEFT_OUT: Final = pl.col(KEY).str.starts_with(LEFT_OUT)
_SCHEMA: Final = {**seen.SCHEMA, SHARD: pl.UInt32, CONNECTION: pl.String, AGAIN: pl.Boolean}


@dataclass(frozen=True, slots=True)
class Memory:
    """A row a remembered record, with the number of its batch, its connection, and whether its element came again.

    `connections` are those whose full pull was sifted, whatever came of it.
    """

    rows: pl.DataFrame
    connections: frozenset[str]

    def came(self, table: str) -> pl.Series:
        """Give the keys of a table's records that came again as they were."""
        return self._keys(table, pl.col(AGAIN) & ~_LEFT_OUT).unique()

    def left_out(self, table: str) -> pl.Series:
        """Give the keys of a table's records that came again and were not stored then; what asking by name has brought is not gone."""
        return self._keys(table, pl.col(AGAIN) & _LEFT_OUT).str.strip_prefix(LEFT_OUT)

    def missing(self, table: str) -> pl.Series:
        """Give the keys of a table's records none of whose elements came: they are changed, or gone."""
        missing = self._keys(table, ~pl.col(AGAIN) & ~_LEFT_OUT)
        return missing.filter(~missing.is_in(self.came(table).implode()))

    def _keys(self, table: str, wanted: pl.Expr) -> pl.Series:
        return self.rows.filter(wanted & (pl.col(TABLE) == table))[KEY].drop_nulls()

    def of_batch(self, number: int) -> pl.DataFrame:
        """Give what stays remembered of a batch: the rows of the elements that came again."""
        return self.rows.filter(pl.col(AGAIN) & (pl.col(SHARD) == number)).select(*seen.SCHEMA)


def read_again(rows: pl.DataFrame, refused: pl.Series) -> pl.DataFrame:
    """Forget elements with a record that was left out, and was refused when it was asked for by name: it may be kept now, if it is good.

    `refused` are the keys of what waits. What could not be read has no key of its own: then all that was left out is read again.
    """
    if rows.is_empty():
        return rows
    nameless = refused.str.starts_with(DIGESTS).any()
    doubtful = _LEFT_OUT if nameless else pl.col(KEY).is_in((LEFT_OUT + refused).implode())
    return rows.join(rows.filter(doubtful).select(ELEMENT), on=ELEMENT, how="anti", maintain_order="left")


def recall(
    tx: Transaction, store: Store, incoming: Incoming, connection_ids: Sequence[str], by: Mapping[int, str]
) -> Memory:
    """Read what was remembered of each batch; `by` names what its memory depends on. Raises LandedAltered where it has moved since."""
    now = books.seen_of(tx, connection_ids=connection_ids)
    found = [pl.DataFrame(schema=_SCHEMA)]
    present = incoming.whole(PRESENT)
    for number, (came, connection_id) in enumerate(zip(incoming.batches, connection_ids, strict=True)):
        if came.seen is not None:
            if now.get(connection_id) != came.seen:
                raise LandedAltered("What was checked is older than staging: it is checked again.")
            rows = seen.read(store, tx.keyring, name=came.seen, by=by[number])
            found.append(_told(rows, number, connection_id, present))
    sifted = {connection_ids[number] for number, came in enumerate(incoming.batches) if came.seen is not None}
    return Memory(pl.concat(found), frozenset(sifted))


def remembered(tx: Transaction, store: Store, connection_ids: Collection[str], *, table: str) -> pl.Series:
    """Give the keys of a table's records that connections gave when they last gave everything."""
    names = books.seen_of(tx, connection_ids=connection_ids).values() if connection_ids else ()
    files = [seen.read(store, tx.keyring, name=name, by=name.partition("-")[0]) for name in names]
    rows = pl.concat([seen.nothing(), *files]).filter(pl.col(TABLE) == table, ~_LEFT_OUT.fill_null(value=False))
    return rows[KEY].drop_nulls().unique()


def _told(rows: pl.DataFrame, number: int, connection_id: str, present: pl.DataFrame | None) -> pl.DataFrame:
    again = pl.Series([], dtype=pl.Binary) if present is None else present.filter(pl.col(SHARD) == number)[ELEMENT]
    came = pl.DataFrame({ELEMENT: again}).unique().with_columns(pl.lit(value=True).alias(AGAIN))
    told = rows.join(came, on=ELEMENT, how="left", maintain_order="left")
    return told.with_columns(
        pl.lit(number, dtype=pl.UInt32).alias(SHARD),
        pl.lit(connection_id).alias(CONNECTION),
        pl.col(AGAIN).fill_null(value=False),
    ).select(*_SCHEMA)


def good_elements(rows: Sequence[pl.DataFrame], bad: Sequence[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    """Give what is to be remembered of each batch, by number: rows of elements that no bad row came with.

    Both have ELEMENT and SHARD, the good ones TABLE and KEY too.
    """
    spoilt = pl.concat([each.select(ELEMENT, SHARD) for each in bad]).unique()
    whole = pl.concat([each.select(*seen.SCHEMA, SHARD) for each in rows]).drop_nulls(ELEMENT)
    kept = whole.join(spoilt, on=(ELEMENT, SHARD), how="anti")
    for (number,), found in kept.partition_by(SHARD, as_dict=True).items():
        yield int(str(number)), found.select(*seen.SCHEMA)
