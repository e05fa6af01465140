"""An external server by URL: passwords over TCP, rights that are missing, addresses that are wrong.

It is PostgreSQL 15, the oldest that we take, where the machine has one, else a second server from the wheel.
"""

import socket
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.util import immutabledict

from db.beside import airflow_url
from db.embedded import Programs
from db.embedded.account import choose
from db.embedded.programs import dump_programs
from db.engine import Login
from db.environment import Environment
from db.errors import MissingRights, SetUpRefused, WrongUrl
from db.keys import new_keyring
from db.migrate import migrate, pending
from db.roles import wanted
from db.server import connected

pytestmark = pytest.mark.loopback

BOSS = "boss"
PASSWORD = "right-password"


@pytest.fixture(scope="module")
def server(server_homes):
    """A server that knows passwords only; yields the address of its superuser."""
    server_home = server_homes()
    programs = Programs.of_system(15) or Programs.of_wheel()
    account, port = choose(server_home, None), free_port()
    data = account.own(server_home / "server") / "data"
    password = server_home / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)

    def run_program(name, *arguments):
        log = str(server_home / "server" / "log")
        command = ["/bin/sh", "-c", '"$@" </dev/null >"$0" 2>&1', log, str(programs.path(name)), f"--pgdata={data}"]
        done = account.run([*command, *arguments])
        assert done.returncode == 0, Path(log).read_text()

    run_program(
        "initdb", f"--username={BOSS}", f"--pwfile={password}", "--encoding=UTF8", "--no-locale", "--auth=scram-sha-256"
    )
    settings = f"-c fsync=off -c listen_addresses=127.0.0.1 -c port={port} -k {data.parent}"
    run_program("pg_ctl", "--wait", f"--options={settings}", "start")
    yield f"postgresql://{BOSS}:{PASSWORD}@127.0.0.1:{port}/postgres"
    run_program("pg_ctl", "--wait", "--mode=fast", "stop")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def run(url, *statements):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def boss_url(server):
    """The superuser's address of an empty database; what the test makes on the server goes with it."""
    run(server, "CREATE DATABASE luukku")
    yield str(named(server, "luukku"))
    with psycopg.connect(server, autocommit=True) as connection:
        for name in ("luukku", "luukku_airflow"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for role in (*[role.name for role in wanted({})], "clerk"):
            connection.execute(f"DROP ROLE IF EXISTS {role}")


def named(url, database, user=BOSS, password=PASSWORD):
    return make_url(url).set(database=database, username=user, password=password).render_as_string(hide_password=False)


@pytest.fixture
def clerk_url(boss_url):
    """The address of an ordinary user who owns the database and may make roles and databases."""
    run(
        boss_url,
        f"CREATE ROLE clerk LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'",
        "ALTER DATABASE luukku OWNER TO clerk",
    )
    return named(boss_url, "luukku", "clerk")


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
