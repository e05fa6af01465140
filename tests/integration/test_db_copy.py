"""Bulk in and out by COPY, in the caller's transaction."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from db.copy import copy_binary, copy_out, copy_rows
from db.errors import ConstraintBroken, StatementRefused

COLUMNS = ("n", "word", "day", "at")
ROWS = [
    (1, 'ä, "quoted"\nline', date(2026, 6, 1), datetime(2026, 6, 1, 9, tzinfo=UTC)),
    (2, None, None, None),
    (3, "", date(1899, 12, 31), None),
]


@pytest.fixture
def table(owner):
    with owner.transaction() as tx:
        tx.execute(text("CREATE TABLE db.thing (n integer PRIMARY KEY, word text, day date, at timestamptz)"))
    return owner


def held(database):
    with database.read() as read:
        return [tuple(row) for row in read.execute(text("SELECT * FROM db.thing ORDER BY n"))]


def test_rows_arrive_as_they_were(table):
    with table.transaction() as tx:
        copied = copy_rows(tx, "db.thing", COLUMNS, ROWS)

    assert copied == 3
    assert held(table) == ROWS


def test_the_binary_form_arrives_whatever_its_chunks(table):
    row = b"\x00\x02" + b"\x00\x00\x00\x04" + b"\x00\x00\x00\x07" + b"\x00\x00\x00\x03" + "aä".encode()
    null = b"\x00\x02" + b"\x00\x00\x00\x04" + b"\x00\x00\x00\x08" + b"\xff\xff\xff\xff"
    sent = b"PGCOPY\n\xff\r\n\x00" + bytes(8) + row + null + b"\xff\xff"

    with table.transaction() as tx:
        copied = copy_binary(tx, "db.thing", ("n", "word"), (sent[i : i + 7] for i in range(0, len(sent), 7)))

    assert copied == 2
    assert held(table) == [(7, "aä", None, None), (8, None, None, None)]


def test_what_goes_out_is_csv(table):
    with table.transaction() as tx:
        copy_rows(tx, "db.thing", COLUMNS, ROWS)
        out = b"".join(copy_out(tx, "SELECT * FROM db.thing WHERE n >= %(least)s ORDER BY n", {"least": 2}))

    assert out == b'2,,,\n3,"",1899-12-31,\n'


def test_a_copy_is_undone_with_its_transaction(table):
    def fail_after_copying():
        with table.transaction() as tx:
            copy_rows(tx, "db.thing", COLUMNS, ROWS)
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_copying()

    assert held(table) == []


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([(1, "x", None, None), (1, "x", None, None)], ConstraintBroken),
        ([("010190-999X", "x", None, None)], StatementRefused),
    ],
)
def test_a_refused_row_is_not_told(table, rows, kind):
    with pytest.raises(kind) as caught, table.transaction() as tx:
        copy_rows(tx, "db.thing", COLUMNS, rows)

    assert "010190" not in str(caught.value)


def test_a_name_cannot_smuggle_a_statement(table):
    with pytest.raises(StatementRefused, match="does not exist"), table.transaction() as tx:
        copy_rows(tx, 'db.thing"; DROP TABLE thing; --', COLUMNS, [])


def test_a_read_copies_out_and_not_in(table):
    with table.read() as read:
        assert list(copy_out(read, "SELECT 1")) == [b"1\n"]
    with pytest.raises(StatementRefused, match="ReadOnly"), table.read() as read:
        copy_rows(read, "db.thing", COLUMNS, ROWS)


def test_who_fails_between_two_blocks_of_a_copy_waits_for_nothing(owner):
    """Of 20 MB, with which the server is not done; the failure keeps the copy alive, by the frames that it came through."""
    with pytest.raises(ZeroDivisionError), owner.read() as read:
        next(1 // 0 for _ in copy_out(read, "SELECT repeat('x', 10000) FROM generate_series(1, 2000)"))

    with owner.read() as read:
        assert list(copy_out(read, "SELECT 1")) == [b"1\n"]
