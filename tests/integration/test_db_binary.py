"""Rows as they come, in COPY's binary form, in the caller's transaction."""

import pytest
from sqlalchemy import text

from db.binary import binary_rows
from db.errors import DatabaseError, Unavailable

LONG = "SELECT repeat(%(of)s, 10000) FROM generate_series(1, 2000)"
"""20 MB, more than any buffer on the way holds, so that the server is not done with it when a reader stops."""


def test_each_row_is_what_copy_writes_of_it(owner):
    with owner.read() as read:
        rows = list(
            binary_rows(read, "SELECT n::smallint, NULL::text, %(of)s FROM generate_series(1, 2) AS n", {"of": "ä"})
        )

    rest = b"\xff\xff\xff\xff" + b"\x00\x00\x00\x02" + "ä".encode()
    assert rows == [b"\x00\x03" + b"\x00\x00\x00\x02" + number + rest for number in (b"\x00\x01", b"\x00\x02")]


def test_of_nothing_no_row_comes(owner):
    with owner.read() as read:
        assert list(binary_rows(read, "SELECT 1 WHERE false", {})) == []


def test_who_stops_early_can_go_on_in_the_same_transaction(owner):
    with owner.read(snapshot=True) as read:
        rows = binary_rows(read, LONG, {"of": "x"})
        first = next(rows)
        rows.close()

        again = read.execute(text("SELECT 'here'")).scalar_one()

    assert first.endswith(b"x" * 10_000)
    assert again == "here"


def test_it_reads_the_moment_of_its_transaction(owner):
    with owner.transaction() as tx:
        tx.execute(text("CREATE TABLE db.thing (n smallint)"))
    with owner.read(snapshot=True) as read:
        before = list(binary_rows(read, "SELECT * FROM db.thing", {}))
        with owner.transaction() as tx:
            tx.execute(text("INSERT INTO db.thing VALUES (1)"))

        assert list(binary_rows(read, "SELECT * FROM db.thing", {})) == before == []


@pytest.mark.parametrize("query", ["SELECT nothing", "SELECT 1 / (1500 - n) FROM generate_series(1, 2000) AS n"])
def test_a_query_that_fails_fails_in_our_words_before_its_rows_or_among_them(owner, query):
    with pytest.raises(DatabaseError), owner.read() as read:
        list(binary_rows(read, query, {}))


def test_a_server_that_goes_away_among_the_rows_is_told(owner):
    def rows_of_a_server_that_goes():
        with owner.read() as read:
            rows = binary_rows(read, LONG, {"of": "x"})
            next(rows)
            with owner.transaction() as tx:
                tx.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%'"))
            return list(rows)

    with pytest.raises(Unavailable):
        rows_of_a_server_that_goes()
