"""Frames in and out by COPY: what is asked about many rows at once goes through a temporary table and one statement."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl
from sqlalchemy import text  # noqa: TID251 - temporary tables and set-based statements, clearer as SQL; no value is in them

from connectors.ahead import ahead
from db.copy import copy_binary
from db.engine import Read, Transaction

ROWS_A_BLOCK: Final = 20_000
_FIELD_END: Final = "\x1f"
_ROW_END: Final = "\x1e"
"""Unit and record separator: no id of a source holds them, its suite sees to that."""
ROOM: Final = "64MB"
"""For each sort and hash of a merge; at the server's usual 4 MB those of 25,000 people go through files."""
STATISTICS: Final = 10
"""How closely lent tables are looked at (300 rows each): the usual 100 took as long as copying them."""
MOMENT: Final = "%Y-%m-%dT%H:%M:%S%.6fZ"


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows laid out as COPY takes them: their columns in order, and its binary form by blocks."""

    columns: Sequence[str]
    blocks: Sequence[bytes]


def make_room(tx: Transaction) -> None:
    """Let the rest of the transaction sort and hash in memory, and look at few rows of what it lends: none of it is unlike the rest."""
    tx.execute(text(f"SET LOCAL work_mem = '{ROOM}'"))
    tx.execute(text(f"SET LOCAL default_statistics_target = {STATISTICS}"))


def copy_frame(tx: Transaction, table: str, frame: pl.DataFrame) -> int:
    """Copy a frame into a table, its columns by name, laid out while the server takes what was before; returns how many rows."""
    return _copy(tx, table, frame, types_of(tx, tables=[table])[table]) if frame.height else 0


def laid(frame: pl.DataFrame, types: Mapping[str, str]) -> Laid:
    """Lay a frame out before the server is asked to take it, by the SQL types of its table's columns."""
    return Laid(frame.columns, list(_blocks(frame, types)))


def copy_laid(tx: Transaction, table: str, rows: Laid) -> int:
    """Copy rows that are laid out into a table; returns how many."""
    return copy_binary(tx, table, rows.columns, rows.blocks)


def _copy(tx: Transaction, table: str, frame: pl.DataFrame, types: Mapping[str, str]) -> int:
    return copy_binary(tx, table, frame.columns, ahead(_blocks(frame, types)))


def _blocks(frame: pl.DataFrame, types: Mapping[str, str]) -> Iterator[bytes]:
    from connectors.queries.binary import blocks  # noqa: PLC0415 - what it stands on takes 70 MB, which who only reads has not to spare

    return blocks(frame, {name: types[name] for name in frame.columns}, ROWS_A_BLOCK)


def types_of(read: Read, *, tables: Sequence[str]) -> dict[str, dict[str, str]]:
    """Give each table's columns in order with their SQL types; tables by their full names."""
    rows = ask(
        read,
        """
        SELECT asked.name, attname, format_type(atttypid, atttypmod)
          FROM unnest(CAST(:tables AS text[])) AS asked (name)
          JOIN pg_attribute ON attrelid = CAST(asked.name AS regclass) AND attnum > 0 AND NOT attisdropped
         ORDER BY asked.name, attnum
        """,
        tables=list(tables),
    )
    found: dict[str, dict[str, str]] = {table: {} for table in tables}
    for table, name, type_ in rows:
        found[str(table)][str(name)] = str(type_)
    return found


@contextmanager
def loaded(tx: Transaction, name: str, columns: Mapping[str, str], frame: pl.DataFrame) -> Iterator[None]:
    """Lend a temporary table ``pg_temp.<name>`` that holds the frame; columns with their SQL types, named as the server names them.

    After an error it is not dropped: the transaction has failed, and the table goes with it.
    """
    typed = ", ".join(f"{column} {type_}" for column, type_ in columns.items())
    tx.execute(text(f"CREATE TEMPORARY TABLE {name} ({typed}) ON COMMIT DROP"))
    if frame.height:
        _copy(tx, f"pg_temp.{name}", frame.select(*columns), columns)
    tx.execute(text(f"ANALYZE {name}"))
    yield
    tx.execute(text(f"DROP TABLE {name}"))


def read_out(
    read: Read, query: str, schema: Mapping[str, pl.DataType | type[pl.DataType]], **parameters: object
) -> pl.DataFrame:
    """Read a query's rows into a frame; parameters as ``:name``, its columns named as in the schema.

    The server joins the rows to few texts: the driver hands a COPY over row by row, which takes ten times as long.
    """
    fields = f" || '{_FIELD_END}' || ".join(f"coalesce({name}::text, '')" for name in schema)
    joined = f"""
        SELECT string_agg({fields}, '{_ROW_END}')
          FROM (SELECT row_number() OVER () / {ROWS_A_BLOCK} AS block, answer.* FROM ({query}) answer) numbered
         GROUP BY block
    """  # noqa: S608 - columns are named by the schema, values are bound
    blocks = [str(block) for (block,) in read.execute(text(joined), parameters)]
    if not blocks:
        return pl.DataFrame(schema=schema)
    answer = _ROW_END.join(blocks).encode()
    return pl.read_csv(
        BytesIO(answer), has_header=False, schema=schema, separator=_FIELD_END, eol_char=_ROW_END, quote_char=None
    )


def run(tx: Transaction, statement: str, **parameters: object) -> int:
    """Run a set-based statement; parameters as ``:name``. Returns the rows it touched."""
    return tx.execute(text(statement), parameters).rowcount


def ask(read: Read, statement: str, **parameters: object) -> Sequence[tuple[object, ...]]:
    """Ask a small set-based question; parameters as ``:name``."""
    return [tuple(row) for row in read.execute(text(statement), parameters)]
