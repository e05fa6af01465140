"""The people of a slice: each HETU once, by number; which HETUs are one person's, and whom the source says to be protected."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from connectors.checked import OWNER, SHARD
from connectors.frames import HETU
from schemas import kela, sote, te
from schemas.expectations.nested import EMPTY, read_history

CURRENT: Final = "current"
FORMER: Final = "former"
UNTIL: Final = "until_on"
TOLD_BY: Final = "told_by"
PROTECTED: Final = "protected"
SAID_BY: Final = "said_by"
_BLOCKED: Final = "LUOVUTUS_ESTETTY"

Frames = Mapping[type, pl.DataFrame]
LINKS_SCHEMA: Final = {CURRENT: pl.String, FORMER: pl.String, UNTIL: pl.Date, TOLD_BY: pl.String, SHARD: pl.UInt32}
PROTECTION_SCHEMA: Final = {OWNER: pl.UInt32, SAID_BY: pl.String, PROTECTED: pl.Boolean, SHARD: pl.UInt32}


def hetu_column(record: type) -> str | None:
    """Name the column that holds the owner's HETU; records of a jobseeker have none, they name the jobseeker."""
    if record is te.Tyonhakija:
        return "henkilotunnus"
    return None if record in te.RECORDS else HETU


def people(frames: Frames) -> pl.DataFrame:
    """List each HETU of the frames once; its row is the number its owner stands by."""
    named = [
        frame.select(pl.col(column).alias(HETU)) for record, frame in frames.items() if (column := hetu_column(record))
    ]
    if not named:
        return pl.DataFrame(schema={HETU: pl.String})
    return pl.concat(named).unique(maintain_order=True)


def numbered(record: type, frame: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    """Put the owner's number in the place of the HETU."""
    column = hetu_column(record)
    if column is None:
        return frame
    numbers = everyone.with_row_index(OWNER)
    return frame.join(numbers, left_on=column, right_on=HETU, how="left", maintain_order="left").drop(column)


def links(frames: Frames) -> pl.DataFrame:
    """List which HETU replaced which: TE's history, Kela's passivated ones; `until_on` is the last day of the former, if told."""
    found = [_told_by_te(frames[te.Tyonhakija])] if te.Tyonhakija in frames else []
    if kela.Henkilovirhe in frames:
        found.append(_told_by_kela(frames[kela.Henkilovirhe]))
    return pl.concat([pl.DataFrame(schema=LINKS_SCHEMA), *found])


def _told_by_te(frame: pl.DataFrame) -> pl.DataFrame:
    """Take the few histories apart one by one: they are JSON text, already found to hold."""
    some = frame.filter(pl.col("henkilotunnus_historia") != EMPTY)
    told = some.select("henkilotunnus", "henkilotunnus_historia", "id", SHARD).iter_rows()
    rows = [
        (current, each.henkilotunnus, each.paattynyt_pvm, record_id, shard)
        for current, history, record_id, shard in told
        for each in read_history(history)
    ]
    texts = {CURRENT: pl.String, FORMER: pl.String, UNTIL: pl.String, TOLD_BY: pl.String, SHARD: pl.UInt32}
    listed = pl.DataFrame(rows, schema=texts, orient="row")
    return listed.with_columns(pl.col(UNTIL).str.to_date("%Y-%m-%d", strict=False))


def _told_by_kela(frame: pl.DataFrame) -> pl.DataFrame:
    replaced = frame.filter(pl.col("uusi_henkilotunnus").is_not_null())
    return replaced.select(
        pl.col("uusi_henkilotunnus").alias(CURRENT),
        pl.col(HETU).alias(FORMER),
        pl.lit(None, dtype=pl.Date).alias(UNTIL),
        pl.lit("").alias(TOLD_BY),
        SHARD,
    )


def protection(frames: Frames, everyone: pl.DataFrame) -> pl.DataFrame:
    """List what the source says of each person's protection; Kela's refusal to disclose counts as saying yes."""
    found = [pl.DataFrame(schema=PROTECTION_SCHEMA)]
    if te.Tyonhakija in frames:
        found.append(_said(te.Tyonhakija, frames, everyone, pl.lit("te"), pl.col("turvakielto")))
    if kela.Asiakas in frames:
        found.append(_said(kela.Asiakas, frames, everyone, pl.lit("kela"), pl.col("turvakielto")))
    if kela.Henkilovirhe in frames:
        blocked: Frames = {kela.Henkilovirhe: frames[kela.Henkilovirhe].filter(pl.col("koodi") == _BLOCKED)}
        found.append(_said(kela.Henkilovirhe, blocked, everyone, pl.lit("kela"), pl.lit(value=True)))
    if sote.Potilas in frames:
        county = pl.format("sote/{}", pl.col("county"))
        found.append(_said(sote.Potilas, frames, everyone, county, pl.col("turvakielto")))
    return pl.concat(found)


def _said(record: type, frames: Frames, everyone: pl.DataFrame, by: pl.Expr, says: pl.Expr) -> pl.DataFrame:
    owned = numbered(record, frames[record], everyone)
    return owned.select(OWNER, by.alias(SAID_BY), says.alias(PROTECTED), SHARD)
