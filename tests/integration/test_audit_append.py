"""Writing events in the transaction of their change, against real PostgreSQL."""

import dataclasses

import pytest

from audit import tables
from audit.catalogue import ALWAYS, EventType, required
from audit.envelope import enclose
from audit.errors import EventRejected
from audit.events import Actor
from audit.log import record, record_all
from audit.queries.append import note_conflicts
from db.errors import StatementRefused
from db.migrate import differences
from db.server import connected
from tests.logs import PERSON, an_event
from tests.privacy.searched import FREE_TEXT


def waiting(owner):
    with owner.read() as read:
        return read.execute(tables.inbox.select().order_by(tables.inbox.c.ticket)).all()


def test_the_tables_in_code_are_those_of_the_migration(database_url):
    assert differences(database_url, [tables.METADATA]) == []


def test_the_catalogue_in_the_database_is_that_of_the_code(owner):
    with owner.read() as read:
        rows = read.execute(tables.event_type.select()).all()

    assert {row.type: set(row.required) for row in rows} == {str(t): ALWAYS | required(t) for t in EventType}


def test_an_event_commits_with_its_change(web_login, owner):
    with web_login.transaction() as tx:
        record(tx, an_event())

    assert len(waiting(owner)) == 1


def test_an_event_is_rolled_back_with_its_change(web_login, owner):
    def record_and_fail():
        with web_login.transaction() as tx:
            record(tx, an_event())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        record_and_fail()

    assert waiting(owner) == []


@pytest.mark.parametrize("login", ["connector", "publisher", "web_login"])
def test_every_writing_process_may_append(login, request):
    with request.getfixturevalue(login).transaction() as tx:
        assert record_all(tx, [an_event(), an_event()]) == 2


def test_events_wait_in_the_order_they_were_written(web_login, owner):
    events = [an_event() for _ in range(6_000)]

    with web_login.transaction() as tx:
        assert record_all(tx, iter(events)) == 6_000

    assert [row.id for row in waiting(owner)] == [event.id for event in events]


def test_the_same_event_again_changes_nothing(web_login, owner):
    event = an_event(person_id=None, actor=Actor(system="publish"), type=EventType.VIEW_PUBLISHED)

    with web_login.transaction() as tx:
        record(tx, event)
    with web_login.transaction() as tx:
        assert record_all(tx, [event]) == 0

    assert len(waiting(owner)) == 1


def test_another_event_under_the_same_id_is_refused(web_login, owner):
    event = an_event()
    with web_login.transaction() as tx:
        record(tx, event)

    with pytest.raises(EventRejected, match="another event"), web_login.transaction() as tx:
        record(tx, dataclasses.replace(event, actor=Actor(system="other")))

    assert len(waiting(owner)) == 1


def conflicts(owner):
    with owner.read() as read:
        return [row.id for row in read.execute(tables.append_conflict.select())]


def test_an_id_that_another_event_has_is_noted_once_though_each_transaction_that_tried_it_failed(web_login, owner):
    event = an_event()
    with web_login.transaction() as tx:
        record(tx, event)

    for system in ("first", "second", "second"):
        other = dataclasses.replace(event, actor=Actor(system=system))
        with pytest.raises(EventRejected), web_login.transaction() as tx:
            record_all(tx, [an_event(), event, other])

    assert conflicts(owner) == [event.id]
    assert len(waiting(owner)) == 1


def test_what_is_not_so_cannot_be_noted(web_login, owner):
    event = an_event()
    with web_login.transaction() as tx:
        record(tx, event)

    with web_login.transaction() as tx:
        note_conflicts(tx, [enclose(event, tx.keyring), enclose(an_event(), tx.keyring)])

    assert conflicts(owner) == []


def test_a_missing_member_is_named(web_login):
    with pytest.raises(EventRejected, match="must name change"), web_login.transaction() as tx:
        record(tx, an_event(type=EventType.CONSENT_GIVEN, categories=("kela.vireillaolo",)))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"type":"no.such"}', "no listed type"),
        ('{"type":"heartbeat"}', "lacks a member"),
        ("[]", "no listed type"),
        ('{ENTRY,"type":"person.viewed"}', "lacks a member"),
        ('{ENTRY,"type":"heartbeat","seq_t":"2026"}', "out of form"),
        ('{ENTRY,"type":"heartbeat","person_n":1}', "out of form"),
        ('{ENTRY,"type":"heartbeat","person":"short"}', "out of form"),
        ('{OTHER,"type":"heartbeat"}', "out of form"),
        ('{ENTRY,"type":"heartbeat","trace":"LONG"}', "out of form"),
        ("{", "PostgreSQL refused"),
    ],
)
def test_the_database_itself_refuses_what_is_out_of_form(web_login, body, told):
    form = '"v":1,"id":"{}","t":"t","outcome":"ok","class":"admin","actor":{{"system":"x"}}'
    body = body.replace("ENTRY", form.format(PERSON)).replace("OTHER", form.format("x")).replace("LONG", "x" * 4_000)

    with pytest.raises(StatementRefused, match=told), web_login.transaction() as tx:
        tx.connection.exec_driver_sql("SELECT audit.append(%s, %s, NULL, NULL, NULL, NULL)", (PERSON, body.encode()))


def test_no_person_no_worker_and_no_text_is_readable_in_the_inbox(web_login, owner):
    with web_login.transaction() as tx:
        record(tx, an_event(text=FREE_TEXT, records=("te.1",)))

    row = waiting(owner)[0]
    everything = bytes(row.body) + bytes(row.box) + bytes(row.wrapped)
    assert str(PERSON).encode() not in everything
    assert b"steward-7" not in everything
    assert FREE_TEXT.encode() not in everything


ABOUT_NOBODY = ["SELECT * FROM audit.retention_class", "SELECT * FROM audit.unlinked"]
"""How long classes are kept, and which of a year are gone."""


@pytest.mark.parametrize("login", ["connector", "publisher", "web_login"])
def test_a_writer_may_append_and_nothing_else(login, request):
    acts = ("SELECT * FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES")
    statements = [act.format(table.fullname) for table in tables.METADATA.sorted_tables for act in acts]
    database = request.getfixturevalue(login)

    allowed = [statement for statement in statements if refusal(database, statement) != "42501"]

    assert allowed == (ABOUT_NOBODY if login == "web_login" else [])


def refusal(database, statement):
    try:
        with database.transaction() as tx:
            tx.connection.exec_driver_sql(statement)
    except StatementRefused as refused:
        return refused.sqlstate
    return None


def test_not_even_a_superuser_that_plays_replica_changes_what_is_append_only(database_url):
    acts = ("UPDATE audit.{0} SET {1} = {1}", "DELETE FROM audit.{0}", "TRUNCATE audit.{0}")
    columns = {table: next(iter(tables.METADATA.tables[f"audit.{table}"].columns)).name for table in tables.APPEND_ONLY}
    statements = [act.format(table, column) for table, column in columns.items() for act in acts]

    refused = [statement for statement in statements if as_replica(database_url, statement) == "LU002"]

    assert refused == statements


def as_replica(database_url, statement):
    try:
        with connected(database_url) as connection:
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {statement}")
    except StatementRefused as refused:
        return refused.sqlstate
    return None
