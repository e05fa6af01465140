"""Frames copied into tables: every type that staging has arrives as it was, null and empty told apart, over the edges of blocks."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import text

from connectors.queries.bulk import ROWS_A_BLOCK, copy_frame, copy_laid, laid, loaded, types_of

TYPES = {
    "word": "text",
    "who": "uuid",
    "box": "bytea",
    "large": "bigint",
    "number": "integer",
    "small": "smallint",
    "truth": "boolean",
    "day": "date",
    "moment": "timestamp with time zone",
}
SCHEMA = {
    "word": pl.String,
    "who": pl.String,
    "box": pl.Binary,
    "large": pl.Int64,
    "number": pl.Int64,
    "small": pl.Int16,
    "truth": pl.Boolean,
    "day": pl.Date,
    "moment": pl.Datetime("us", "UTC"),
}
LEAST = UUID(int=0)
MOST = UUID(int=2**128 - 1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ROWS = [
    ('ä, "quoted"\n\\N', MOST, b"\x00\xff\\x", 2**63 - 1, 2**31 - 1, 2**15 - 1, True, date(9999, 12, 31), LAST),
    ("", LEAST, b"", -(2**63), -(2**31), -(2**15), False, date(1, 1, 1), FIRST),
    (None, None, None, None, None, None, None, None, None),
    ("1999", MOST, b"x", 0, 0, 0, True, date(1999, 12, 31), EPOCH - timedelta.resolution),
    (None, LEAST, None, -1, None, -1, None, date(2000, 1, 1), None),
]


def a_frame(rows):
    told = [(word, who and str(who), *rest) for word, who, *rest in rows]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


@pytest.fixture
def table(owner):
    with owner.transaction() as tx:
        columns = ", ".join(f"{name} {type_}" for name, type_ in reversed(TYPES.items()))
        tx.execute(text(f"CREATE TABLE db.thing (place integer GENERATED ALWAYS AS IDENTITY, {columns})"))
    return owner


def laid_before(tx, table, frame):
    return copy_laid(tx, table, laid(frame, types_of(tx, tables=[table])[table]))


def held(tx, table="db.thing"):
    return [tuple(row) for row in tx.execute(text(f"SELECT {', '.join(TYPES)} FROM {table}"))]


def test_every_type_arrives_as_it_was_whatever_the_order_of_the_columns(table):
    with table.transaction() as tx:
        copied = copy_frame(tx, "db.thing", a_frame(ROWS))
        found = held(tx)

    assert copied == len(ROWS)
    assert found == ROWS


@pytest.mark.parametrize("copy", [copy_frame, laid_before])
def test_nothing_is_lost_or_shifted_where_one_block_ends_and_the_next_begins(table, copy):
    rows = (ROWS * (ROWS_A_BLOCK // len(ROWS) * 2 + 1))[: ROWS_A_BLOCK * 2 + 1]

    with table.transaction() as tx:
        copied = copy(tx, "db.thing", a_frame(rows))
        found = held(tx)

    assert copied == len(rows)
    assert found == rows


def test_no_rows_are_no_statement(table):
    with table.transaction() as tx:
        copied = copy_frame(tx, "db.thing", a_frame([]))

    assert copied == 0


def test_a_frame_is_lent_as_a_temporary_table(table):
    with table.transaction() as tx, loaded(tx, "lent", TYPES, a_frame(ROWS)):
        found = held(tx, "lent")

    assert found == ROWS
