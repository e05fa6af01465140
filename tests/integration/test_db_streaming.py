"""Rows that come one by one, while the server looks for the next, held against the rows of an ordinary statement."""

from datetime import UTC, datetime
from uuid import UUID

from psycopg.pq import TransactionStatus
from sqlalchemy import ARRAY, LargeBinary, Text, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from db.metadata import Timestamp
from db.streaming import each_row
from db.together import driver

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
MUCH = select(func.repeat("x", 10_000)).select_from(func.generate_series(1, 2_000))
"""20 MB: more than any buffer on the way holds, so that the server is not done with it."""


def test_the_first_row_is_there_while_the_server_is_still_at_work(owner):
    with owner.read() as read:
        rows = each_row(read, MUCH)
        first = next(rows)
        status = driver(read).info.transaction_status
        rows.close()

        assert (first, status) == (("x" * 10_000,), TransactionStatus.ACTIVE)
        assert list(each_row(read, select(literal(1)))) == [(1,)]


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

        assert list(each_row(read, asked)) == ordinary
        assert (len(ordinary), ordinary[0]) == (130, (True, ["te.palvelut"], UUID(int=1), True, AT, "100 %(sure)s"))
