"""What is refused, by a suite or when merging, into the quarantine; and out of it what came good."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from audit import log
from audit.events import Event, EventType
from connectors.checked import ELEMENT, OWNER, SHARD
from connectors.frames import HETU, LOCATOR
from connectors.layout import FORMER, HASH, HEAD, KEY, PERSON, VERSION, Layout
from connectors.queries import quarantine
from connectors.queries.bulk import MOMENT
from connectors.staging import events
from connectors.staging.decide import Decided
from connectors.staging.incoming import PART, PLACE
from connectors.staging.people import hetu_column
from connectors.staging.run import Run
from connectors.staging.sorting import FATE, FAULT, Fate
from db.keys import Use
from schemas.expectations import version_of

_ROW: Final = ("record", KEY, "locator", "failures", "payload", PERSON, SHARD)
_SCHEMA: Final = {
    "record": pl.String,
    KEY: pl.String,
    "locator": pl.String,
    "failures": pl.String,
    "payload": pl.Binary,
    PERSON: pl.String,
    SHARD: pl.UInt32,
}
_GOOD: Final = (Fate.NEW.value, Fate.CHANGED.value, Fate.SAME.value)


def refuse(run: Run, decided: Sequence[Decided], others: pl.DataFrame | None = None) -> None:
    """Receive every refused row of the run, each with its reasons and its payload encrypted."""
    found = [*_by_suites(run), *(rows for each in decided for rows in _when_merging(run, each))]
    if others is not None:
        found.append(others.select(_ROW))
    rows = pl.concat([pl.DataFrame(schema=_SCHEMA), *found])
    ids = pl.Series([str(batch_id) for batch_id in run.batch_ids], dtype=pl.String)
    received = rows.select(
        pl.lit(run.source.value).alias("source"),
        "record",
        pl.col(KEY).alias("record_key"),
        ids.gather(rows[SHARD]).alias("batch_id"),
        PERSON,
        "locator",
        "failures",
        _encrypted(run, rows),
        pl.lit(version_of(run.source)).alias("suite"),
    )
    quarantine.receive(run.tx, rows=received, at=run.at)


def payload_context(source: str, record: str, key: str) -> bytes:
    """Name whose payload an encrypted one is."""
    return f"staging.quarantine.payload:{source}/{record}/{key}".encode()


def supersede(
    run: Run, decided: Sequence[Decided], refused: pl.DataFrame | None, *, released: pl.DataFrame | None = None
) -> None:
    """Close rows in quarantine whose record came good; those that were validated again are released, with an event each.

    One that came good and may not be kept is not ours: its payload does not wait for somebody to be granted, who is asked about anew.
    """
    waiting = quarantine.open_keys(run.tx, source=run.source)
    if waiting.is_empty():
        return
    good = pl.concat([_names(each) for each in decided] + [_deletions(run, refused)])
    came = waiting.join(good, on=("record", "record_key"), how="semi")
    if released is not None:
        again = came.join(released, on=("record", "record_key"), how="semi")
        closed = quarantine.close(run.tx, source=run.source, keys=again, state="released", why="released", at=run.at)
        log.record_all(run.tx, (_released(run, quarantine_id) for quarantine_id in closed))
    quarantine.close(run.tx, source=run.source, keys=came, state="discarded", why="superseded", at=run.at)
    unwanted = waiting.join(pl.concat([_left_out(each) for each in decided]), on=("record", "record_key"), how="semi")
    quarantine.close(run.tx, source=run.source, keys=unwanted, state="discarded", why="not_ours", at=run.at)


def _names(decided: Decided) -> pl.DataFrame:
    return _named(decided, pl.col(FATE).is_in(_GOOD))


def _left_out(decided: Decided) -> pl.DataFrame:
    return _named(decided, pl.col(FATE) == Fate.DROPPED)


def _named(decided: Decided, which: pl.Expr) -> pl.DataFrame:
    good = decided.rows.filter(which)
    return good.select(pl.lit(decided.layout.record.__name__).alias("record"), pl.col(KEY).alias("record_key"))


def _deletions(run: Run, refused: pl.DataFrame | None) -> pl.DataFrame:
    """Name the deletions that were carried out."""
    told = run.incoming.whole("poisto", ["id", SHARD])
    ids = pl.Series([], dtype=pl.String) if told is None else told["id"]
    done = ids if refused is None else ids.filter(~ids.is_in(refused[KEY].implode()))
    return pl.DataFrame({"record_key": done}).select(pl.lit("Poisto").alias("record"), "record_key")


def _released(run: Run, quarantine_id: int) -> Event:
    type_ = EventType.QUARANTINE_RELEASED
    return events.of_quarantine(type_, quarantine_id, run.source, "released", actor=events.CONNECTOR, at=run.at)


def _by_suites(run: Run) -> Iterator[pl.DataFrame]:
    rows = run.incoming.quarantined()
    if rows is None:
        return
    run.count(run.refused, rows)
    yield rows.join(run.linked.people, on=HETU, how="left", maintain_order="left").select(_ROW)


def _when_merging(run: Run, decided: Decided) -> Iterator[pl.DataFrame]:
    refused = decided.refused
    if refused.is_empty():
        return
    run.count(run.refused, refused)
    layout = decided.layout
    for whole in run.incoming.rows_with_hetu(layout.table, refused.select(PART, PLACE, SHARD, KEY, PERSON, FAULT)):
        yield whole.select(
            pl.lit(layout.record.__name__).alias("record"),
            KEY,
            LOCATOR,
            _failure(),
            pl.Series("payload", payloads(layout, whole), dtype=pl.Binary),
            PERSON,
            SHARD,
        )


def _failure() -> pl.Expr:
    return pl.concat_str(pl.lit('[{"code":"'), FAULT, pl.lit('","field":"","severity":"error"}]')).alias("failures")


def payloads(layout: Layout, rows: pl.DataFrame) -> list[bytes]:
    """Write rows as they were sent: text by field, so that they can be validated again."""
    ours = {*HEAD, SHARD, ELEMENT, OWNER, PART, PLACE, FATE, FAULT, VERSION, HASH, FORMER}
    owner = hetu_column(layout.record)
    named = rows.rename({HETU: owner}) if owner and owner != HETU and HETU in rows.columns else rows
    sent = named.select(_as_sent(name, kind) for name, kind in named.schema.items() if name not in ours)
    return [json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in sent.iter_rows(named=True)]


def _as_sent(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name).dt.to_string(MOMENT) if isinstance(kind, pl.Datetime) else pl.col(name).cast(pl.String)


def _encrypted(run: Run, rows: pl.DataFrame) -> pl.Series:
    pairs = (
        (payload or b"", payload_context(run.source, record, key))
        for record, key, payload in rows.select("record", KEY, "payload").iter_rows()
    )
    boxes = run.tx.keyring.encrypt_many_packed(Use.IDENTITY_ENCRYPTION, pairs)
    return pl.Series("payload", boxes, dtype=pl.Binary)
