"""Migrations run forward from empty, whole or not at all, one at a time; a server that does not fit is told why."""

import importlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

import db.migrate
from db.errors import StatementRefused, UnsupportedServer, WrongUrl
from db.metadata import Schema, metadata_of
from db.migrate import differences, migrate, pending
from db.server import connected

ROOT = Path(__file__).parents[2]
REVISIONS = tuple(
    path.name.partition("_")[0] for path in sorted((ROOT / "db" / "migrations" / "versions").glob("0*.py"))
)
BROKEN = """
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    op.execute("CREATE TABLE db.half_made ()")
    op.execute("SELECT 1 / 0")
"""


def schemas(url):
    with connected(url) as connection:
        return set(
            connection.exec_driver_sql(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information'"
            ).scalars()
        )


def administer(url, statement):
    address = make_url(url)
    host = str(address.query["host"])
    with psycopg.connect(host=host, user=address.username, dbname="postgres", autocommit=True) as connection:
        connection.execute(statement)


def test_an_empty_database_is_brought_to_the_newest_form(empty_database_url):
    ahead = pending(empty_database_url)

    applied = migrate(empty_database_url)

    assert ahead == applied == REVISIONS
    assert pending(empty_database_url) == ()
    assert schemas(empty_database_url) == {"public", "db", "staging", "consent", "publish", "audit", "web"}


def test_a_second_migration_changes_nothing(database_url):
    assert migrate(database_url) == ()


def test_two_migrations_at_once_apply_each_revision_once(empty_database_url):
    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(migrate, [empty_database_url] * 2))

    assert sorted(applied) == [(), REVISIONS]


def test_a_migration_that_fails_leaves_nothing_half_made(empty_database_url, tmp_path, monkeypatch):
    scripts = tmp_path / "migrations"
    shutil.copytree(db.migrate._SCRIPTS, scripts)
    (scripts / "versions" / "9999_broken.py").write_text(BROKEN.format(before=REVISIONS[-1]))
    monkeypatch.setattr(db.migrate, "_SCRIPTS", scripts)

    with pytest.raises(StatementRefused, match="22012"):
        migrate(empty_database_url)

    assert schemas(empty_database_url) == {"public"}


def test_migrations_go_forward_only():
    for path in (ROOT / "db" / "migrations" / "versions").glob("*.py"):
        assert "def downgrade" not in path.read_text()


def test_everything_made_belongs_to_the_owner_or_the_log_s_owner(database_url):
    with connected(database_url) as connection:
        owners = set(
            connection.exec_driver_sql(
                "SELECT pg_get_userbyid(relowner) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
                "WHERE nspname = ANY(ARRAY['db', 'staging', 'consent', 'publish', 'audit', 'web'])"
            ).scalars()
        )

    assert owners <= {"luukku_owner", "audit_owner"}


def test_every_function_that_acts_for_its_owner_names_where_it_looks(database_url):
    with connected(database_url) as connection:
        unguarded = (
            connection.exec_driver_sql(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef "
                "AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%%')"
            )
            .scalars()
            .all()
        )

    assert unguarded == []


def test_no_function_of_ours_is_everybodys_to_run(database_url):
    with connected(database_url) as connection:
        open_to_all = (
            connection.exec_driver_sql(
                "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
                "WHERE nspname = ANY(ARRAY['staging', 'consent', 'publish', 'audit', 'web']) "
                "AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))"
            )
            .scalars()
            .all()
        )

    assert open_to_all == []


def test_a_server_that_is_too_old_is_refused(database_url, monkeypatch):
    monkeypatch.setattr("db.server.OLDEST_MAJOR", 99)

    with pytest.raises(UnsupportedServer, match="needs 99 or newer"):
        migrate(database_url)


def test_a_server_with_too_few_connections_is_refused(database_url, monkeypatch):
    monkeypatch.setattr("db.server.LEAST_CONNECTIONS", 10_000)

    with pytest.raises(UnsupportedServer, match="needs 10000"):
        migrate(database_url)


def test_a_database_of_another_encoding_is_refused(postgres):
    administer(postgres, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
    url = make_url(postgres).set(database="latin").render_as_string(hide_password=False)

    with pytest.raises(UnsupportedServer, match="LATIN1; Luukku needs UTF8"):
        migrate(url)

    administer(postgres, "DROP DATABASE latin")


def test_a_database_that_is_not_there_is_told(postgres):
    url = make_url(postgres).set(database="nowhere").render_as_string(hide_password=False)

    with pytest.raises(WrongUrl, match="knows no such database or role"):
        migrate(url)


def all_tables():
    """Import every package's tables and return the collections."""
    for path in sorted([*ROOT.glob("*/tables.py"), *ROOT.glob("*/tables/__init__.py")]):
        package = path.relative_to(ROOT).parts[0]
        importlib.import_module(f"{package}.tables")
    return [metadata_of(schema) for schema in Schema]


def test_the_tables_in_code_are_those_the_migrations_make(database_url):
    assert differences(database_url, all_tables()) == []


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE staging.unknown (n integer)",
        "ALTER TABLE staging.batch ADD COLUMN unknown integer",
        "CREATE INDEX unknown ON staging.batch (source)",
        "ALTER TABLE staging.batch ALTER COLUMN source TYPE varchar(10)",
        "ALTER TABLE staging.batch ALTER COLUMN source DROP NOT NULL",
    ],
)
def test_a_table_that_differs_from_code_is_noticed(database_url, change):
    with connected(database_url) as connection:
        connection.exec_driver_sql(change)

    assert len(differences(database_url, all_tables())) == 1
