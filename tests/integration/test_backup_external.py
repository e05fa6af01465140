"""Copies of an external server's database, over passwords and TCP, by an ordinary user; and what keeps a copy from being made."""

import pytest

from cli.backup.files import folder_of
from cli.settings import Refusal
from db import dumping
from db.errors import ServerFailed
from db.migrate import migrate, pending
from db.provision import provide_roles
from db.server import connected
from tests.external import PASSWORD, a_clerk, empty_database, named, run, started

pytestmark = pytest.mark.loopback
ASKED = "SELECT count(*) FROM audit.event_type"


@pytest.fixture(scope="module")
def server(server_homes):
    with started(server_homes()) as url:
        yield url


@pytest.fixture
def boss_url(server):
    with empty_database(server) as url:
        yield url


def told(url):
    with connected(url) as connection:
        return connection.exec_driver_sql(ASKED).scalar_one()


@pytest.mark.parametrize("who", ["boss", "clerk"])
def test_an_external_database_is_dumped_and_loaded_by_who_may_make_roles(boss_url, tmp_path, who):
    url = a_clerk(boss_url) if who == "clerk" else boss_url
    secrets = tmp_path / "logins.json"
    migrate(url, secrets=secrets)
    kinds = told(url)

    dumping.dump(url, tmp_path / "database.dump")
    run(named(boss_url, "postgres"), "DROP DATABASE luukku", f"CREATE DATABASE luukku OWNER {who}")
    assert dumping.is_empty(url)
    with connected(url) as connection:
        provide_roles(connection, secrets)
    dumping.load(url, tmp_path / "database.dump")

    assert pending(url) == ()
    assert told(url) == kinds > 0
    assert PASSWORD.encode() not in (tmp_path / "database.dump").read_bytes()


def test_a_copy_that_is_no_dump_is_told_and_leaves_the_database_empty(boss_url, tmp_path):
    (tmp_path / "database.dump").write_bytes(b"no dump at all")

    with pytest.raises(ServerFailed, match="pg_restore did not finish"):
        dumping.load(boss_url, tmp_path / "database.dump")

    assert dumping.is_empty(boss_url)


def test_a_bucket_is_copied_by_its_own_tools():
    with pytest.raises(Refusal, match="by its own tools"):
        folder_of("s3://bucket/store")
