"""Statements that travel together: their order, what a refusal leaves, and lines that break or are too narrow."""

import time
from uuid import UUID

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy import text as sql

from db.errors import ConstraintBroken, StatementRefused, Unavailable
from db.server import connected
from db.together import compiled, driver, statement, together, trip
from publish.tables import person_ref

SAID = statement("SELECT %(what)s::text, %(number)s::bigint, %(what)s::text")
BROKEN = statement("SELECT 1 / %(by)s::int")
STATE = statement("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
PUT = statement("INSERT INTO box VALUES (%(content)s)")
ONE = statement("SELECT 1")
LONG = statement("SELECT pg_sleep(0.2)")
COUNT = statement("SELECT count(*), coalesce(max(length(content)), 0) FROM box")


@pytest.fixture
def box(owner, database_url):
    with connected(database_url) as connection:
        connection.exec_driver_sql("CREATE TABLE public.box (content text CHECK (content <> 'refused'))")
        connection.exec_driver_sql("GRANT ALL ON public.box TO PUBLIC")
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO PUBLIC")
    return owner


def counted(database):
    with database.read() as read:
        return together(read, COUNT.asked({}))[0][0]


def commit(tx, *asked):
    with trip(tx) as sent:
        sent.send(*asked)
        sent.commit()


def ended(database_url, pid):
    with connected(database_url) as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def test_each_statement_gets_its_own_answer_in_order(owner):
    with owner.read() as read:
        answers = together(read, SAID.asked({"what": "ä%", "number": 7}), SAID.asked({"what": None, "number": 2**60}))

    assert answers == [[("ä%", 7, "ä%")], [(None, 2**60, None)]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [({"snapshot": True}, ("repeatable read", "on")), ({}, ("read committed", "on"))],
    ids=["snapshot", "plain"],
)
def test_the_first_trip_begins_the_transaction_as_it_was_asked_for(owner, kind, expected):
    for _ in range(2):
        with owner.read(**kind) as read:
            assert together(read, STATE.asked({})) == [[expected]]
            assert read.execute(sql("SELECT current_setting('transaction_isolation')")).scalar_one() == expected[0]


def test_what_was_said_before_and_after_a_trip_is_of_the_same_transaction(box):
    def put_and_give_up():
        with box.transaction() as tx:
            tx.execute(sql("INSERT INTO box VALUES ('before')"))
            together(tx, PUT.asked({"content": "within"}))
            tx.execute(sql("INSERT INTO box VALUES ('after')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_and_give_up()

    assert counted(box) == (0, 0)


def test_the_last_statement_commits_and_the_next_transaction_is_one_again(box):
    def put_and_give_up():
        with box.transaction() as tx:
            tx.execute(sql("INSERT INTO box VALUES ('lost')"))
            raise RuntimeError

    with box.transaction() as tx:
        commit(tx, PUT.asked({"content": "kept"}))
    with pytest.raises(RuntimeError):
        put_and_give_up()

    assert counted(box) == (1, 4)


def test_a_last_statement_that_is_refused_commits_nothing(box):
    def put_and_be_refused():
        with box.transaction() as tx:
            together(tx, PUT.asked({"content": "lost"}))
            commit(tx, PUT.asked({"content": "refused"}))

    with pytest.raises(ConstraintBroken):
        put_and_be_refused()

    assert counted(box) == (0, 0)


def test_a_statement_refused_the_first_time_it_is_asked_works_the_next_time(box):
    for _ in range(3):
        with pytest.raises(StatementRefused), box.transaction() as tx:
            together(tx, BROKEN.asked({"by": 0}), PUT.asked({"content": "lost"}), COUNT.asked({}))

    with box.transaction() as tx:
        assert together(tx, BROKEN.asked({"by": 1}), PUT.asked({"content": "kept"}), COUNT.asked({}))[2] == [(1, 4)]


def test_what_was_sent_ahead_is_undone_when_we_fail_meanwhile_and_the_line_goes_on(box):
    def put_and_fail():
        with box.transaction() as tx, trip(tx) as sent:
            used.append(driver(tx).info.backend_pid)
            sent.send(PUT.asked({"content": "lost"}))
            raise RuntimeError

    used = []
    for _ in range(2):
        with pytest.raises(RuntimeError):
            put_and_fail()

    assert counted(box) == (0, 0)
    assert len(set(used)) == 1


class Beside:
    """Has some things to do, each of which takes so long."""

    def __init__(self, things, seconds):
        self.things, self.seconds = things, seconds

    def glance(self):
        time.sleep(self.seconds)
        self.things -= 1
        return self.things > 0

    def watched(self):
        return None


def test_all_that_is_short_is_done_while_a_question_takes_the_server_long(box):
    beside = Beside(things=5, seconds=0.001)
    with box.transaction(beside=beside) as tx:
        together(tx, LONG.asked({}))

    assert beside.things == 0


def test_an_answer_waits_for_one_of_the_things_beside_it_and_the_others_until_the_server_writes(box):
    beside = Beside(things=3, seconds=0.6)
    with box.transaction(beside=beside) as tx:
        together(tx, LONG.asked({}))
        asked = beside.things
        with trip(tx) as sent:
            sent.send(PUT.asked({"content": "kept"}))
            sent.meanwhile()
            written = beside.things
            sent.commit()

    assert (asked, written) == (2, 0)
    assert counted(box) == (1, 4)


def test_a_statement_sent_ahead_that_is_refused_takes_those_after_it_along(box):
    def put_one_after_the_other():
        with box.transaction() as tx, trip(tx) as sent:
            sent.send(PUT.asked({"content": "refused"}))
            sent.send(PUT.asked({"content": "lost"}))
            sent.commit()

    with pytest.raises(ConstraintBroken):
        put_one_after_the_other()

    assert counted(box) == (0, 0)


def test_far_more_than_a_socket_takes_at_once_goes_through(box):
    large = "x" * 30_000_000

    with box.transaction() as tx:
        answers = together(tx, SAID.asked({"what": large, "number": 1}), PUT.asked({"content": large}))
        commit(tx, PUT.asked({"content": large}))

    assert len(answers[0][0][0]) == len(large)
    assert counted(box) == (2, len(large))


def test_a_lost_line_is_told_and_the_next_transaction_has_a_new_one(owner, database_url):
    used = []

    def read_on_a_line_that_ends():
        with owner.read() as read:
            used.append(driver(read).info.backend_pid)
            ended(database_url, *used)
            together(read, ONE.asked({}))

    with pytest.raises(Unavailable):
        read_on_a_line_that_ends()

    with owner.read() as read:
        assert together(read, ONE.asked({})) == [[(1,)]]
        assert driver(read).info.backend_pid not in used


def test_a_pooled_line_that_the_server_ended_meanwhile_is_never_handed_out(owner, database_url):
    with owner.read() as read:
        pid = driver(read).info.backend_pid
    ended(database_url, pid)

    with owner.read() as read:
        assert read.execute(sql("SELECT 1")).scalar_one() == 1


def test_a_statement_of_sqlalchemy_is_written_out_with_its_constants(owner):
    of = person_ref.c
    found = compiled(select(of.person_id).where(of.recipient == "0166906-4", of.ref == bindparam("ref")))

    with owner.read() as read:
        assert together(read, found.asked({"ref": UUID(int=1)})) == [[]]


def test_what_the_driver_deallocates_after_a_rollback_is_prepared_anew(owner):
    def asked_often_and_given_up():
        with owner.read() as read:
            together(read, ONE.asked({}))
            for _ in range(8):
                read.execute(sql("SELECT 2"))
            assert read.execute(prepared).scalar_one() > 1
            raise RuntimeError

    prepared = sql("SELECT count(*) FROM pg_prepared_statements")
    for _ in range(3):
        with pytest.raises(RuntimeError):
            asked_often_and_given_up()

        with owner.read() as read:
            assert together(read, ONE.asked({})) == [[(1,)]]
