"""Rows that come one by one, while the server looks for the next, held against the rows of an ordinary statement."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import ARRAY, LargeBinary, Text, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from db.metadata import Timestamp
from db.streaming import each_row
from db.together import driver

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
MUCH = select(func.repeat("x", 10_000)).select_from(func.generate_series(1, 2_000))
"""20 MB: more than any buffer on the way holds, so that the server is not done with it."""


def all_rows(read, asked):
    with each_row(read, asked) as rows:
        return list(rows)


def test_the_first_row_is_there_while_the_server_is_still_at_work(owner):
    with owner.read() as read:
        with each_row(read, MUCH) as rows:
            first, status = next(rows), driver(read).info.transaction_status

        assert (first, status) == (("x" * 10_000,), TransactionStatus.ACTIVE)
        assert all_rows(read, select(literal(1))) == [(1,)]


def test_who_fails_between_two_rows_finds_the_transaction_as_it_was(owner):
    """The failure keeps the rows alive, by the frames that it came through."""
    with owner.read() as read:
        with pytest.raises(ZeroDivisionError) as failed, each_row(read, MUCH) as rows:
            next(1 // 0 for _ in rows)

        assert all_rows(read, select(literal(1))) == [(1,)]
    assert failed.traceback


def test_every_kind_of_value_is_asked_with_and_given_as_by_an_ordinary_statement(owner):
    asked = select(
        literal(["2296962-1"], JSONB).contains(["2296962-1"]),
        literal(["te.palvelut"], ARRAY(Text)),
        literal(UUID(int=1), Uuid),
        literal(b"\x00\xff", LargeBinary).in_([b"\x00\xff", b""]),
        literal(AT, Timestamp),
        literal("100 %(sure)s"),
    ).select_from(func.generate_series(1, 130))

    with owner.read() as read:
        ordinary = [tuple(row) for row in read.execute(asked)]

        assert all_rows(read, asked) == ordinary
        assert (len(ordinary), ordinary[0]) == (130, (True, ["te.palvelut"], UUID(int=1), True, AT, "100 %(sure)s"))
