"""Rows as their tables take them: cut, with names encrypted and the coach's code apart, as COPY wants them."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import polars as pl

from connectors.ahead import ENCRYPTED_AT_ONCE
from connectors.checked import SHARD
from connectors.layout import BATCH, COACH, COACH_CODE, COACH_SINCE, KEY, PERSON, Layout, context
from connectors.staging.leave import cut_rows
from connectors.staging.sorting import FATE
from db.keys import Keyring, Use
from schemas import sote

_OF_PLAN: Final = "suunnitelma_id"


def prepared(layout: Layout, rows: pl.DataFrame, batch_ids: Sequence[UUID], keyring: Keyring) -> Iterator[pl.DataFrame]:
    """Give rows the columns of their table beside their fate, sorted by person so that a person's rows lie together.

    Where some of it is encrypted, a few rows at a time.
    """
    ids = pl.Series([str(batch_id) for batch_id in batch_ids], dtype=pl.String)
    ordered = rows.sort(PERSON)
    for some in ordered.iter_slices(ENCRYPTED_AT_ONCE) if layout.encrypted else (ordered,):
        kept = cut_rows(layout, some).with_columns(ids.gather(some[SHARD]).alias(BATCH), *_derived(layout))
        boxes = [_encrypted(layout, name, kept, keyring) for name in layout.encrypted]
        yield kept.with_columns(boxes).select(*layout.columns, FATE)


def keyed(layout: Layout, rows: pl.DataFrame) -> pl.DataFrame:
    """Complete the key of a record that is known by its person."""
    if PERSON not in layout.key:
        return rows
    return rows.with_columns(pl.concat_str(PERSON, KEY, separator="/").alias(KEY))


def _derived(layout: Layout) -> Iterator[pl.Expr]:
    if COACH_CODE in layout.columns:
        yield pl.col(COACH).str.json_path_match("$.tunnus").alias(COACH_CODE)
        since = pl.col(COACH).str.json_path_match("$.alkuPvm")
        yield since.str.to_date("%Y-%m-%d", strict=False).alias(COACH_SINCE)
    if layout.record is sote.SoteToimenpide:
        yield pl.concat_str("county", _OF_PLAN, separator="/").alias(_OF_PLAN)


def _encrypted(layout: Layout, name: str, rows: pl.DataFrame, keyring: Keyring) -> pl.Series:
    filled = rows.select(KEY, name).drop_nulls(name)
    contexts = pl.concat_str(pl.lit(context(layout.table, name, "").decode()), KEY)
    pairs = filled.select(pl.col(name).cast(pl.Binary), contexts.cast(pl.Binary).alias("context"))
    values = zip(pairs[name].to_list(), pairs["context"].to_list(), strict=True)
    boxes = pl.Series(keyring.encrypt_many_packed(Use.IDENTITY_ENCRYPTION, values), dtype=pl.Binary)
    if len(boxes) == rows.height:
        return boxes.rename(name)
    places = rows[name].is_not_null().cum_sum() - 1
    return boxes.gather(pl.select(pl.when(rows[name].is_not_null()).then(places)).to_series()).rename(name)
