"""The staged records, many at a time: what is stored of them, new and changed ones in, gone ones out (PIPELINE.md 6)."""

# ruff: noqa: S608 - tables and columns are named by the layouts, every value is bound or copied

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import polars as pl

from connectors.queries.bulk import Laid, ask, copy_laid, loaded, read_out, run, types_of
from db.engine import Read, Transaction

STORED: Final = {
    "source_record_id": pl.String,
    "stored_person": pl.String,
    "stored_version": pl.Int64,
    "stored_hash": pl.Int64,
    "stored_cut": pl.Int16,
    "stored_connection": pl.String,
}
_STORED_OF: Final = """
    SELECT r.source_record_id, r.person_id AS stored_person, r.version AS stored_version, r.content_hash AS stored_hash,
           r.cut AS stored_cut, b.connection_id AS stored_connection
      FROM staging.{table} r
      LEFT JOIN staging.batch b USING (batch_id)
"""
_KEYS: Final = {"source_record_id": "text"}
_ASKED: Final = {"county": "text", "person_id": "uuid"}
_GONE: Final = {"person_id": pl.String, "batch_id": pl.String}


def has_rows(read: Read, *, table: str) -> bool:
    """Tell whether anything is staged of a record type: a first load need not ask row by row."""
    return bool(ask(read, f"SELECT FROM staging.{table} LIMIT 1"))


def stored_of_connections(read: Read, *, table: str, connection_ids: Sequence[str]) -> pl.DataFrame:
    """Give what is stored of all records that came over some connections."""
    query = _STORED_OF.format(table=table) + " WHERE b.connection_id = ANY (:connections)"
    return read_out(read, query, STORED, connections=list(connection_ids))


def counted(read: Read, *, table: str, connection_ids: Sequence[str]) -> dict[str, int]:
    """Count what is stored of the records that came over each connection."""
    rows = ask(
        read,
        f"""
        SELECT b.connection_id, count(*)
          FROM staging.{table} r JOIN staging.batch b USING (batch_id)
         WHERE b.connection_id = ANY (:connections)
         GROUP BY b.connection_id
        """,
        connections=list(connection_ids),
    )
    return {str(connection_id): int(str(number)) for connection_id, number in rows}


def counted_of_people(tx: Transaction, *, table: str, asked: pl.DataFrame) -> dict[str, int]:
    """Count what counties' records are of some people (columns ``county``, ``person_id``), by the connection they came over."""
    with loaded(tx, "asked_person", _ASKED, asked):
        rows = ask(
            tx,
            f"""
            SELECT b.connection_id, count(*)
              FROM staging.{table} r JOIN staging.batch b USING (batch_id) JOIN asked_person USING (county, person_id)
             GROUP BY b.connection_id
            """,
        )
    return {str(connection_id): int(str(number)) for connection_id, number in rows}


def stored_of_keys(tx: Transaction, *, table: str, keys: pl.Series) -> pl.DataFrame:
    """Give what is stored of records by their keys, each once however often its key is named."""
    with loaded(tx, "asked_key", _KEYS, pl.DataFrame({"source_record_id": keys.unique()})):
        return read_out(tx, _STORED_OF.format(table=table) + " JOIN asked_key USING (source_record_id)", STORED)


def written_at(tx: Transaction, *, table: str, keys: pl.Series) -> dict[str, datetime]:
    """Give when the source last changed each of some stored records, by their keys."""
    with loaded(tx, "asked_key", _KEYS, pl.DataFrame({"source_record_id": keys.unique()})):
        statement = (
            f"SELECT source_record_id, muokattu_aika FROM staging.{table} JOIN asked_key USING (source_record_id)"
        )
        return {str(key): moment for key, moment in ask(tx, statement) if isinstance(moment, datetime)}


def stored_of_people(tx: Transaction, *, table: str, asked: pl.DataFrame) -> pl.DataFrame:
    """Give what counties' records are of some people: columns ``county``, ``person_id``."""
    with loaded(tx, "asked_person", _ASKED, asked):
        return read_out(tx, _STORED_OF.format(table=table) + " JOIN asked_person USING (county, person_id)", STORED)


def types(read: Read, *, tables: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Give the columns of tables of staging with their SQL types: what rows are laid out by."""
    found = types_of(read, tables=[f"staging.{table}" for table in tables])
    return {table: found[f"staging.{table}"] for table in tables}


def add(tx: Transaction, *, table: str, rows: Laid) -> int:
    """Write records that are not stored; rows sorted by person lie together."""
    return copy_laid(tx, f"staging.{table}", rows)


def change(tx: Transaction, *, table: str, rows: pl.DataFrame) -> int:
    """Write newer or otherwise changed records over the stored ones; an older version never gets in."""
    columns = [name for name in rows.columns if name != "source_record_id"]
    updated = ", ".join(f"{name} = s.{name}" for name in columns)
    listed = ", ".join(rows.columns)
    values = ", ".join(f"s.{name}" for name in rows.columns)
    with loaded(tx, f"load_{table}", types(tx, tables=[table])[table], rows):
        return run(
            tx,
            f"""
            MERGE INTO staging.{table} t
            USING load_{table} s ON t.source_record_id = s.source_record_id
             WHEN MATCHED AND s.version >= t.version THEN UPDATE SET {updated}
             WHEN NOT MATCHED THEN INSERT ({listed}) VALUES ({values})
            """,
        )


def remove(tx: Transaction, *, table: str, keys: pl.Series) -> pl.DataFrame:
    """Take records out by their keys; gives the person of each."""
    if keys.is_empty():
        return pl.DataFrame(schema=_GONE)
    with loaded(tx, "gone_key", _KEYS, pl.DataFrame({"source_record_id": keys.unique()})):
        rows = ask(
            tx,
            f"""
            DELETE FROM staging.{table} t USING gone_key g
             WHERE t.source_record_id = g.source_record_id
            RETURNING CAST(t.person_id AS text), CAST(t.batch_id AS text)
            """,
        )
    return pl.DataFrame(rows, schema=_GONE, orient="row")


def remove_of_jobseekers(tx: Transaction, *, table: str, jobseekers: pl.Series) -> pl.DataFrame:
    """Take out the records of jobseekers who are gone; gives the person of each."""
    if jobseekers.is_empty():
        return pl.DataFrame(schema=_GONE)
    with loaded(tx, "gone_jobseeker", {"tyonhakija_id": "text"}, pl.DataFrame({"tyonhakija_id": jobseekers.unique()})):
        rows = ask(
            tx,
            f"""
            DELETE FROM staging.{table} t USING gone_jobseeker g
             WHERE t.tyonhakija_id = g.tyonhakija_id
            RETURNING CAST(t.person_id AS text), CAST(t.batch_id AS text)
            """,
        )
    return pl.DataFrame(rows, schema=_GONE, orient="row")


def repoint(tx: Transaction, *, table: str, from_id: str, into_id: str) -> int:
    """Give the records of one jobseeker to another of the same person."""
    statement = f"UPDATE staging.{table} SET tyonhakija_id = :into_id WHERE tyonhakija_id = :from_id"
    return run(tx, statement, from_id=from_id, into_id=into_id)


def jobseekers(tx: Transaction, *, ids: pl.Series) -> pl.DataFrame:
    """Give the person of each known jobseeker: columns ``tyonhakija_id``, ``person_id``."""
    schema = {"tyonhakija_id": pl.String, "person_id": pl.String}
    with loaded(tx, "asked_jobseeker", {"tyonhakija_id": "text"}, pl.DataFrame({"tyonhakija_id": ids.unique()})):
        query = """
            SELECT a.tyonhakija_id, t.person_id
              FROM asked_jobseeker a
              JOIN staging.tyonhakija t ON t.source_record_id = a.tyonhakija_id
        """
        return read_out(tx, query, schema)


def periods_of(tx: Transaction, *, table: str, start: str, end: str, people: pl.Series) -> pl.DataFrame:
    """Give the stored periods of people: key, jobseeker, first and last day."""
    schema = {"source_record_id": pl.String, "tyonhakija_id": pl.String, start: pl.Date, end: pl.Date}
    with loaded(tx, "asked_person", {"person_id": "uuid"}, pl.DataFrame({"person_id": people})):
        query = f"""
            SELECT source_record_id, tyonhakija_id, {start}, {end}
              FROM staging.{table} JOIN asked_person USING (person_id)
        """
        return read_out(tx, query, schema)


def hide_location(tx: Transaction, *, table: str, columns: Sequence[str], people: pl.Series, cut: int) -> pl.DataFrame:
    """Clear the location in the records of people who are protected from now on; gives the person of each that had one."""
    cleared = ", ".join(f"{name} = NULL" for name in columns)
    had = " OR ".join(f"t.{name} IS NOT NULL" for name in columns)
    with loaded(tx, "hidden_person", {"person_id": "uuid"}, pl.DataFrame({"person_id": people})):
        rows = ask(
            tx,
            f"""
            UPDATE staging.{table} t SET {cleared}, cut = t.cut | :cut
              FROM hidden_person h
             WHERE h.person_id = t.person_id AND ({had})
            RETURNING CAST(t.person_id AS text), CAST(t.batch_id AS text)
            """,
            cut=cut,
        )
    return pl.DataFrame(rows, schema=_GONE, orient="row")
