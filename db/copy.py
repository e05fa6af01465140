"""Bulk in and out by COPY, in the transaction of the caller."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from db.engine import Read, Transaction
from db.refusals import translated
from db.together import driver


def copy_rows(tx: Transaction, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Copy rows into ``schema.table``, values in the order of ``columns``; returns how many."""
    with _cursor(tx) as cursor:
        with cursor.copy(_into(table, columns, sql.SQL(""))) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def copy_binary(tx: Transaction, table: str, columns: Sequence[str], chunks: Iterable[bytes]) -> int:
    """Copy rows in COPY's binary form, its header first, into ``schema.table``; returns how many rows."""
    with _cursor(tx) as cursor:
        with cursor.copy(_into(table, columns, sql.SQL(" (FORMAT binary)"))) as copy:
            for chunk in chunks:
                copy.write(chunk)
        return cursor.rowcount


def copy_out(read: Read, query: str, parameters: Mapping[str, object] | None = None) -> Iterator[bytes]:
    """Yield the answer of a query as CSV without a header, in blocks; parameters as ``%(name)s``."""
    with _cursor(read) as cursor:
        statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
        with cursor.copy(statement.encode(), parameters) as copy:
            for block in copy:
                yield bytes(block)


def fetched(read: Read, query: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Return the rows of a query in the server's own form: bytes travel as bytes; parameters as ``%(name)s``."""
    with _cursor(read, binary=True) as cursor:
        return cursor.execute(query.encode(), parameters).fetchall()


@contextmanager
def _cursor(read: Read, *, binary: bool = False) -> Iterator[psycopg.Cursor[Any]]:
    """Lend the driver's own cursor; it works in the transaction that ``read`` has begun."""
    with translated(), driver(read).cursor(binary=binary) as cursor:
        yield cursor


def _into(table: str, columns: Sequence[str], form: sql.SQL) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN{}").format(sql.Identifier(*table.split(".")), names, form)
