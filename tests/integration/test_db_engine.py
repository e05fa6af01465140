"""Transactions by login, against the real server: what they may, how they end, and what their errors keep to themselves."""

import logging
import traceback

import pytest
from sqlalchemy import bindparam, literal, select, text

from db.engine import Database, Login, Read, Transaction
from db.errors import (
    ConstraintBroken,
    DatabaseError,
    SerializationFailure,
    StatementRefused,
    Unavailable,
)

HETU = "010190-999X"


@pytest.fixture
def numbers(owner):
    """A table of the owner with the rows 1 and 2."""
    with owner.transaction() as tx:
        tx.execute(text("CREATE TABLE db.number (n integer PRIMARY KEY CHECK (n < 100), word text)"))
        tx.execute(text("INSERT INTO db.number VALUES (1, 'one'), (2, 'two')"))
    return owner


def count(database):
    with database.read() as read:
        return read.execute(text("SELECT count(*) FROM db.number")).scalar_one()


@pytest.mark.parametrize("login", list(Login))
def test_each_login_enters_as_itself_in_utc(database_url, keyring, login):
    with Database(database_url, login, keyring) as database, database.read() as read:
        row = read.execute(text("SELECT current_user, session_user, current_setting('TimeZone')")).one()

    assert tuple(row) == (login, login, "UTC")


def test_no_login_is_more_than_an_ordinary_role(owner):
    with owner.read() as read:
        rows = read.execute(
            text(
                "SELECT rolname FROM pg_roles WHERE rolname = ANY(:names) AND (rolsuper OR rolcreaterole OR rolbypassrls)"
            ),
            {"names": [str(login) for login in Login]},
        ).all()

    assert rows == []


def test_a_transaction_is_kept_at_its_end(numbers):
    with numbers.transaction() as tx:
        tx.execute(text("INSERT INTO db.number VALUES (3)"))

    assert count(numbers) == 3


def test_an_error_anywhere_undoes_the_whole_transaction(numbers):
    def fail_after_writing():
        with numbers.transaction() as tx:
            tx.execute(text("INSERT INTO db.number VALUES (3)"))
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_writing()

    assert count(numbers) == 2


def test_a_read_cannot_write(numbers):
    with pytest.raises(StatementRefused, match="ReadOnly"), numbers.read() as read:
        read.execute(text("INSERT INTO db.number VALUES (3)"))


def test_a_connection_that_read_may_write_afterwards(database_url, keyring, numbers):
    with Database(database_url, Login.OWNER, keyring, pool_size=1) as database:
        assert count(database) == 2
        with database.transaction(snapshot=True) as tx:
            tx.execute(text("INSERT INTO db.number VALUES (3)"))
        assert count(database) == 3


def test_a_snapshot_shows_one_moment_and_an_ordinary_read_the_newest(numbers):
    with numbers.read(snapshot=True) as still, numbers.read() as moving:
        before = [read.execute(text("SELECT count(*) FROM db.number")).scalar_one() for read in (still, moving)]
        with numbers.transaction() as tx:
            tx.execute(text("INSERT INTO db.number VALUES (3)"))
        after = [read.execute(text("SELECT count(*) FROM db.number")).scalar_one() for read in (still, moving)]

    assert (before, after) == ([2, 2], [2, 3])


def test_the_second_of_two_writers_of_a_row_under_snapshot_must_repeat(numbers):
    def overtaken():
        with numbers.transaction(snapshot=True) as late:
            late.execute(text("SELECT 1 FROM db.number"))
            with numbers.transaction() as early:
                early.execute(text("UPDATE db.number SET word = 'early' WHERE n = 1"))
            late.execute(text("UPDATE db.number SET word = 'late' WHERE n = 1"))

    with pytest.raises(SerializationFailure, match="repeat"):
        overtaken()


def test_a_transaction_holds_the_keys_it_was_opened_with(owner, keyring):
    with owner.read() as read, owner.transaction() as tx:
        assert read.keyring is tx.keyring is keyring
        assert isinstance(tx, Read)
        assert isinstance(tx, Transaction)
        assert not isinstance(read, Transaction)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO db.number VALUES (1, :hetu)", ConstraintBroken),
        ("INSERT INTO db.number VALUES (100, :hetu)", ConstraintBroken),
        ("SELECT CAST(:hetu AS date)", StatementRefused),
        ("SELECT CAST(:hetu AS integer)", StatementRefused),
        ("SELECT * FROM db.nothing WHERE word = :hetu", StatementRefused),
    ],
)
def test_an_error_carries_neither_parameters_nor_rows(numbers, statement, kind, caplog):
    caplog.set_level(logging.DEBUG)

    with pytest.raises(DatabaseError) as caught, numbers.transaction() as tx:
        tx.execute(text(statement), {"hetu": HETU})

    assert type(caught.value) is kind
    assert HETU not in "".join(traceback.format_exception(caught.value))
    assert HETU not in caplog.text


def test_a_statement_run_beside_execute_is_refused_in_the_same_words(numbers):
    with pytest.raises(ConstraintBroken, match="number_pkey") as caught, numbers.transaction() as tx:
        tx.connection.execute(text("INSERT INTO db.number VALUES (1)"))

    assert caught.value.constraint == "number_pkey"
    assert caught.value.sqlstate == "23505"


def test_what_our_own_functions_raise_is_told_in_their_words(owner):
    with pytest.raises(StatementRefused, match=r"^The log is closed\.$") as caught, owner.transaction() as tx:
        tx.execute(text("DO $$ BEGIN RAISE EXCEPTION 'The log is closed.' USING ERRCODE = 'LU001'; END $$"))

    assert caught.value.sqlstate == "LU001"


def test_a_result_read_wrongly_is_refused_as_a_sentence(owner):
    with pytest.raises(StatementRefused, match="NoResultFound"), owner.read() as read:
        read.execute(text("SELECT 1 WHERE false")).one()


def test_when_all_connections_are_in_use_the_caller_is_told(database_url, keyring, monkeypatch):
    monkeypatch.setattr("db.engine.POOL_TIMEOUT_S", 0.1)
    with Database(database_url, Login.WEB, keyring, pool_size=1) as database:  # noqa: SIM117 - one inside the other
        with database.read(), pytest.raises(Unavailable, match="in use"), database.read():
            pass


def test_a_server_that_is_not_there_is_unavailable(keyring, tmp_path):
    url = f"postgresql://luukku_web@/luukku?host={tmp_path}"

    with pytest.raises(Unavailable, match="does not answer"), Database(url, Login.WEB, keyring).read():
        pass


def test_a_lost_connection_is_unavailable_and_the_next_read_has_a_new_one(numbers):
    def lose():
        with numbers.read() as read:
            read.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable):
        lose()

    assert count(numbers) == 2


def test_a_select_infers_its_rows_and_takes_parameters(owner):
    with owner.read() as read:
        n = read.execute(select(literal(1) + bindparam("n", type_=None)), {"n": 41}).scalar_one()

    assert n == 42
