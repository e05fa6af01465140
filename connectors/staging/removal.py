"""What a source says it has deleted, done last: VIRHE and SAILYTYSAIKA erase, SIIRTO closes, YHDISTETTY joins (DOMAIN.md 4.4)."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from connectors.checked import ELEMENT, SHARD
from connectors.layout import KEY, LAYOUTS, PERSON, Layout
from connectors.queries import records
from connectors.staging.run import Run
from connectors.staging.sorting import Refusal
from connectors.staging.write import remove
from schemas.vocabulary import Source

TYPE: Final = "tietotyyppi"
TARGET: Final = "kohde_id"
CAUSE: Final = "syy"
INTO: Final = "uusi_id"
MOVED: Final = "SIIRTO"
JOINED: Final = "YHDISTETTY"
JOBSEEKER: Final = "Tyonhakija"
_TABLES: Final = {layout.record.__name__: layout for layout in LAYOUTS[Source.TE]}
_OF_JOBSEEKER: Final = [layout.table for layout in LAYOUTS[Source.TE] if "tyonhakija_id" in layout.columns]
_COLUMNS: Final = (
    "id",
    "versio",
    "muokattu_aika",
    "tyonhakija_id",
    TYPE,
    TARGET,
    CAUSE,
    INTO,
    "locator",
    ELEMENT,
    SHARD,
)


def deletions(run: Run) -> pl.DataFrame | None:
    """Read what the run says of deletions."""
    return run.incoming.whole("poisto", _COLUMNS)


def jobseekers_named(run: Run) -> pl.Series:
    """Give the people whose jobseeker is about to go, as they are stored."""
    ids = jobseekers_deleted(run)
    return records.jobseekers(run.tx, ids=ids)[PERSON] if len(ids) else pl.Series(PERSON, [], dtype=pl.String)


def jobseekers_deleted(run: Run) -> pl.Series:
    """Give the ids of the jobseekers whom the run says to be deleted, whether stored or come with it."""
    told = deletions(run)
    return pl.Series([], dtype=pl.String) if told is None else told.filter(pl.col(TYPE) == JOBSEEKER)[TARGET]


def joins_jobseekers(run: Run) -> bool:
    """Tell whether any deletion may be refused: one that joins two jobseekers, who may be two people."""
    told = deletions(run)
    return told is not None and (told[CAUSE] == JOINED).any()


def delete(run: Run) -> pl.DataFrame | None:
    """Carry the deletions out; gives those refused, for they would join two people, as rows of the quarantine."""
    told = deletions(run)
    if told is None:
        return None
    refused = _join(run, told.filter((pl.col(TYPE) == JOBSEEKER) & (pl.col(CAUSE) == JOINED)))
    going = told.join(refused.select("id"), on="id", how="anti")
    for (name,), rows in going.partition_by(TYPE, as_dict=True).items():
        _remove(run, _TABLES[str(name)], _still_there(run, _TABLES[str(name)], rows))
    return refused


def _still_there(run: Run, layout: Layout, rows: pl.DataFrame) -> pl.DataFrame:
    """Keep deletions of what is stored.

    What moved away is gone only from where it was told, for it may have come from elsewhere, and only until it comes back.
    """
    stored = records.stored_of_keys(run.tx, table=layout.table, keys=rows[TARGET])
    told_by = rows.with_columns(run.connections.gather(rows[SHARD]).alias("told_by"))
    found = told_by.join(stored, left_on=TARGET, right_on=KEY, how="inner", validate="m:1")
    is_moved, is_of_teller = pl.col(CAUSE) == MOVED, pl.col("stored_connection") == pl.col("told_by")
    away = found.filter(is_moved, is_of_teller)
    return pl.concat([found.filter(~is_moved), _still_away(run, layout, away) if away.height else away])


def _still_away(run: Run, layout: Layout, moved: pl.DataFrame) -> pl.DataFrame:
    """Keep the notices that are not older than what is stored of the record they tell of."""
    written = records.written_at(run.tx, table=layout.table, keys=moved[TARGET])
    return moved.filter(pl.col("muokattu_aika") >= pl.col(TARGET).replace_strict(written))


def _remove(run: Run, layout: Layout, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    run.count(run.removed, rows)
    run.count(run.accepted, rows)
    remove(run, layout.table, rows[TARGET])
    if layout.record.__name__ == JOBSEEKER:
        for table in _OF_JOBSEEKER:
            run.wake(records.remove_of_jobseekers(run.tx, table=table, jobseekers=rows[TARGET])[PERSON])


def _join(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Give one jobseeker's records to another where both are one person; refuse the others."""
    refused = rows.clear().with_columns(pl.lit("").alias(PERSON))
    if rows.height:
        ids = pl.concat([rows[TARGET], rows[INTO].rename(TARGET)]).unique()
        person_of = dict(records.jobseekers(run.tx, ids=ids).iter_rows())
        known = rows.filter(pl.col(TARGET).is_in(list(person_of)))
        people = known.with_columns(
            pl.col(TARGET).replace_strict(person_of, default=None, return_dtype=pl.String).alias(PERSON),
            pl.col(INTO).replace_strict(person_of, default=None, return_dtype=pl.String).alias("into_person"),
        )
        one = pl.col(PERSON) == pl.col("into_person")
        for from_id, into_id in people.filter(one).select(TARGET, INTO).iter_rows():
            for table in _OF_JOBSEEKER:
                records.repoint(run.tx, table=table, from_id=from_id, into_id=into_id)
        refused = people.filter(~one.fill_null(value=False)).drop("into_person")
    return _as_refused(run, refused)


def _as_refused(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    run.count(run.refused, rows)
    failure = json.dumps([{"code": Refusal.IDENTITY_CONFLICT.value, "field": INTO, "severity": "error"}])
    return rows.with_columns(
        pl.lit("Poisto").alias("record"),
        pl.col("id").alias(KEY),
        pl.lit(failure).alias("failures"),
        pl.Series("payload", list(_payloads(rows)), dtype=pl.Binary),
    )


def _payloads(rows: pl.DataFrame) -> Iterator[bytes]:
    sent: Sequence[str] = [name for name in rows.columns if name not in {SHARD, PERSON, ELEMENT}]
    texts = rows.select(
        pl.col(name).dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ") if name == "muokattu_aika" else pl.col(name).cast(pl.String)
        for name in sent
    )
    for row in texts.iter_rows(named=True):
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
