"""Whoever changes the schema writes it into the log, in the same transaction; verification misses what no longer makes them."""

import json
from pathlib import Path

import pytest

from audit import tables
from audit.verify import Code, Summary, Trust, verify_database
from db.errors import StatementRefused
from db.server import connected
from db.watched import TRIGGERS, statements
from tests.logs import entries

PRUNING = (
    "ALTER TABLE audit.event DISABLE TRIGGER append_only; ALTER TABLE audit.event ENABLE ALWAYS TRIGGER append_only"
)


@pytest.fixture
def changed(database_url, owner):
    """Run statements as a superuser, in one transaction; gives what waits to be sealed: object and command."""

    def told(*statements):
        with connected(database_url) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        with owner.read() as read:
            rows = read.execute(tables.inbox.select().order_by(tables.inbox.c.ticket)).all()
        return [json.loads(row.body) for row in rows]

    return told


@pytest.mark.parametrize(
    ("statement", "object_", "command"),
    [
        ("ALTER TABLE audit.event DISABLE TRIGGER append_only", "audit.event", "ALTER TABLE"),
        ("CREATE TABLE consent.more (id bigserial PRIMARY KEY)", "consent.more", "CREATE TABLE"),
        ("CREATE INDEX more ON staging.maksu (person_id)", "staging.more", "CREATE INDEX"),
        ("GRANT DELETE ON audit.event TO luukku_web", "table", "GRANT"),
        ("DROP TABLE web.draft", "web.draft", "DROP TABLE"),
        ("DROP TRIGGER append_only ON audit.node", "append_only on audit.node", "DROP TRIGGER"),
        ("ALTER TABLE web.draft DROP CONSTRAINT draft_pkey", "web.draft", "ALTER TABLE"),
        (
            "CREATE SCHEMA audit_of_mine; DROP SCHEMA audit_of_mine; ALTER SCHEMA web OWNER TO luukku_owner",
            "web",
            "ALTER SCHEMA",
        ),
        (PRUNING, "audit.event", "ALTER TABLE"),
        ("""CREATE VIEW publish."ä""b" AS SELECT 1 AS one""", "publish.????b?", "CREATE VIEW"),
    ],
)
def test_a_change_of_the_schema_is_one_event(changed, statement, object_, command):
    (event,) = changed(statement)

    assert event["type"] == "schema.changed"
    assert (event["change"]["table"], event["change"]["id"]) == (object_, command)
    assert event["actor"] == {"system": "database", "role": "luukku_superuser"}


def test_who_is_no_login_of_ours_is_not_named(changed):
    (event,) = changed("SET LOCAL SESSION AUTHORIZATION audit_owner", "ALTER TABLE audit.proof ADD COLUMN more int")

    assert event["actor"]["role"] == "other"


def test_what_is_nobodys_schema_and_what_was_rolled_back_is_no_event(changed):
    assert changed("CREATE TEMPORARY TABLE mine (id int)", "DROP TABLE mine", "CREATE TABLE public.other ()") == []
    with pytest.raises(StatementRefused):
        changed("DROP TABLE web.draft", "SELECT 1 / 0")

    assert changed("SELECT 1") == []


def test_an_event_of_the_database_is_sealed_like_any_other(changed, log, owner):
    changed("ALTER TABLE web.draft ADD COLUMN more int")
    log.settle(owner)

    (sealed,) = [json.loads(row.entry) for row in entries(owner) if row.type == "schema.changed"]
    assert sealed["change"]["table"] == "web.draft"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP EVENT TRIGGER luukku_schema_changed",
        "ALTER EVENT TRIGGER luukku_schema_dropped DISABLE",
        "ALTER EVENT TRIGGER luukku_schema_changed ENABLE",
    ],
)
def test_verification_misses_what_tells_of_changes(changed, verifier_login, statement):
    changed(statement)

    found = [each.code for each in verify_database(verifier_login, Trust()) if not isinstance(each, Summary)]

    assert Code.GUARD_MISSING in found


def test_the_document_for_operators_says_what_makes_the_event_triggers():
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()

    assert all(f"{statement};\n" in told for name in TRIGGERS for statement in statements(name))
