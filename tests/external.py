"""An external PostgreSQL for tests: passwords over TCP, version 15 where the machine has one, else a second one from the wheel."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from db.embedded import Programs
from db.embedded.account import choose
from db.roles import wanted

BOSS = "boss"
PASSWORD = "right-password"


@contextmanager
def started(server_home: Path) -> Iterator[str]:
    """Run a server that knows passwords only; yields the address of its superuser."""
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


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Lend the superuser's address of an empty database; what the test makes on the server goes with it."""
    run(server, "CREATE DATABASE luukku")
    yield named(server, "luukku")
    with psycopg.connect(server, autocommit=True) as connection:
        for name in ("luukku", "luukku_airflow"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for role in (*[role.name for role in wanted({})], "clerk"):
            connection.execute(f"DROP ROLE IF EXISTS {role}")


def a_clerk(boss_url: str) -> str:
    """Make an ordinary user who owns the database and may make roles and databases; gives their address."""
    run(
        boss_url,
        f"CREATE ROLE clerk LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'",
        "ALTER DATABASE luukku OWNER TO clerk",
    )
    return named(boss_url, "luukku", "clerk")


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def named(url: str, database: str, user: str = BOSS, password: str = PASSWORD) -> str:
    return make_url(url).set(database=database, username=user, password=password).render_as_string(hide_password=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
