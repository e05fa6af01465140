"""An external server by URL: passwords over TCP, rights that are missing, addresses that are wrong.

It is PostgreSQL 15, the oldest that we take, where the machine has one, else a second server from the wheel.
"""

import subprocess

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.util import immutabledict

from db.beside import airflow_url
from db.embedded.programs import dump_programs
from db.engine import Login
from db.environment import Environment
from db.errors import MissingRights, SetUpRefused, WrongUrl
from db.keys import new_keyring
from db.migrate import migrate, pending
from db.server import connected
from tests.external import PASSWORD, a_clerk, empty_database, named, run, started

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def server(server_homes):
    with started(server_homes()) as url:
        yield url


@pytest.fixture
def boss_url(server):
    with empty_database(server) as url:
        yield url


@pytest.fixture
def clerk_url(boss_url):
    return a_clerk(boss_url)


def environment(url, home):
    keyring = home / "keys" / "keyring.json"
    if not keyring.exists():
        new_keyring(keyring, development=False)
    return Environment(url, keyring, str(home / "store"), home / "s.sock", "http://127.0.0.1:1", home)


@pytest.mark.parametrize("who", ["boss_url", "clerk_url"])
def test_who_may_make_roles_sets_everything_up_and_each_login_has_its_own_secret(who, request, tmp_path):
    url = request.getfixturevalue(who)
    home = environment(url, tmp_path)

    migrate(url, secrets=home.logins_path)

    assert pending(url) == ()
    assert home.logins_path.stat().st_mode & 0o777 == 0o600
    for login in Login:
        with home.database(login) as database, database.read() as read:
            assert read.execute(text("SELECT current_user")).scalar_one() == login


@pytest.mark.parametrize("who", ["boss_url", "clerk_url"])
def test_airflow_gets_its_own_database_beside_ours(who, request, tmp_path):
    url = request.getfixturevalue(who)
    migrate(url, secrets=tmp_path / "logins.json")

    airflow = [airflow_url(url, tmp_path / "logins.json") for _ in range(2)]

    assert airflow[0] == airflow[1]
    with connected(airflow[0]) as connection:
        connection.exec_driver_sql("CREATE TABLE dag ()")
        where = connection.exec_driver_sql("SELECT current_user, current_database()").one()
    assert tuple(where) == ("luukku_airflow", "luukku_airflow")


def test_a_second_migration_keeps_the_secrets(clerk_url, tmp_path):
    secrets = tmp_path / "logins.json"
    migrate(clerk_url, secrets=secrets)
    before = secrets.read_bytes()

    assert migrate(clerk_url, secrets=secrets) == ()

    assert secrets.read_bytes() == before


def test_who_may_not_make_roles_is_given_the_sql_and_no_secret_in_it(boss_url, tmp_path):
    run(boss_url, f"CREATE ROLE clerk LOGIN PASSWORD '{PASSWORD}'", "ALTER DATABASE luukku OWNER TO clerk")
    url, secrets = named(boss_url, "luukku", "clerk"), tmp_path / "logins.json"

    with pytest.raises(MissingRights, match="somebody who may") as caught:
        migrate(url, secrets=secrets)
    assert pending(url)
    run(boss_url, *caught.value.sql.split(";\n")[:-1])
    migrate(url, secrets=secrets)

    assert "SCRAM-SHA-256$" in caught.value.sql
    assert not any(secret in caught.value.sql for secret in secrets.read_text().split('"') if len(secret) > 40)
    assert pending(url) == ()


def test_who_may_not_create_databases_is_given_the_sql_for_airflow_s(clerk_url, boss_url, tmp_path):
    migrate(clerk_url, secrets=tmp_path / "logins.json")
    run(boss_url, "ALTER ROLE clerk NOCREATEDB")

    with pytest.raises(MissingRights, match="Airflow's database") as caught:
        airflow_url(clerk_url, tmp_path / "logins.json")
    run(boss_url, caught.value.sql)

    with connected(airflow_url(clerk_url, tmp_path / "logins.json")) as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar_one() == "luukku_airflow"


def test_a_second_instance_does_not_take_the_logins_of_the_first(clerk_url, tmp_path):
    migrate(clerk_url, secrets=tmp_path / "first.json")

    with pytest.raises(SetUpRefused, match="its secret is not in"):
        migrate(clerk_url, secrets=tmp_path / "second.json")

    assert not (tmp_path / "second.json").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "refuses the user name or the password"),
        ({"password": None}, "wants a password and the address has none"),
        ({"username": "nobody_known"}, "refuses the user name or the password"),
        ({"database": "nowhere"}, "knows no such database or role"),
        ({"port": 1}, "does not answer"),
        ({"query": immutabledict({"sslmode": "verify-full"})}, "TLS|certificate"),
    ],
)
def test_a_wrong_address_is_one_sentence(boss_url, change, sentence, tmp_path):
    url = make_url(boss_url)._replace(**change).render_as_string(hide_password=False)

    with pytest.raises(WrongUrl, match=sentence) as caught:
        migrate(url, secrets=tmp_path / "logins.json")

    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_there_are_programs_to_dump_it_with(boss_url, tmp_path):
    migrate(boss_url, secrets=tmp_path / "logins.json")
    with connected(boss_url) as connection:
        major = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000

    dumped = subprocess.run(
        [dump_programs(major).path("pg_dump"), "--schema-only", "--schema=consent", boss_url],
        capture_output=True,
        check=True,
    )

    assert b"CREATE SCHEMA consent" in dumped.stdout
