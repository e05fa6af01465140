"""A database written into one file and read back from it, by PostgreSQL's own programs: of one moment, beside whoever works in it."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import URL

from db.embedded.programs import Programs, dump_programs
from db.errors import ServerFailed
from db.metadata import Schema
from db.roles import AUDIT_OWNER
from db.server import connected, parsed

_SHOWN_LINES = 5
_WHOLE = ("--single-transaction", "--exit-on-error", "--no-password")
_SCHEMA = re.compile(r"\d+; \d+ \d+ SCHEMA - (\w+) (\w+)$")
"""A line of a dump's list: the schema and its owner, both names of ours."""
_WATCHED = re.compile(r"\d+; \d+ \d+ EVENT TRIGGER ")
"""Only a superuser can make these; ``db.watched`` does where it may."""


def dump(url: str, file: Path) -> None:
    """Write a database into a file, synced, with owners and grants; raises ``ServerFailed`` and leaves what it had written."""
    _run(url, "pg_dump", ["--format=custom", "--compress=1", "--no-password", f"--file={file}"])


def load(url: str, file: Path) -> None:
    """Read a file of ``dump`` into an empty database, whole or not at all; the roles it names are there. Raises ``ServerFailed``.

    The schemas are made beforehand, with what their owners' grants would give too late: the log's owner creates in a schema of another.
    """
    lines = _run(url, "pg_restore", ["--list"], str(file), reached=False).splitlines()
    with connected(url) as connection:
        for schema, owner in (found.groups() for found in map(_SCHEMA.match, lines) if found):
            connection.exec_driver_sql(f"SET LOCAL ROLE {owner}")
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            if schema == Schema.AUDIT:
                connection.exec_driver_sql(f"GRANT CREATE ON SCHEMA {schema} TO {AUDIT_OWNER}")
    with NamedTemporaryFile("w", encoding="utf-8") as wanted:
        wanted.write("".join(f"{line}\n" for line in lines if not _SCHEMA.match(line) and not _WATCHED.match(line)))
        wanted.flush()
        _run(url, "pg_restore", [*_WHOLE, f"--use-list={wanted.name}"], str(file))


def beside(url: str, suffix: str) -> str | None:
    """Return the address, for the same user, of the database beside one under its name with a suffix; None where there is none."""
    address = parsed(url)
    named = address.set(database=f"{address.database}{suffix}")
    with connected(url) as connection:
        found = connection.exec_driver_sql("SELECT FROM pg_database WHERE datname = %s", (named.database,)).first()
    return None if found is None else named.render_as_string(hide_password=False)


def is_empty(url: str) -> bool:
    """Tell whether a database holds no table of anybody's."""
    with connected(url) as connection:
        asked = "SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"
        return connection.exec_driver_sql(asked).first() is None


def _run(url: str, program: str, options: Sequence[str], *files: str, reached: bool = True) -> str:
    """Run a program of the server's version, else a newer one; the password is in its environment, never among its arguments."""
    address = parsed(url)
    path = _programs(url).path(program)
    where = [f"--dbname={_plain(address)}"] if reached else []
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
            [str(path), *options, *where, *files], capture_output=True, text=True, check=False, env=_environ(address)
        )
    except OSError as error:
        raise ServerFailed(f"{path} cannot be run: {error.strerror}.") from None
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-_SHOWN_LINES:])
        raise ServerFailed(f"{program} did not finish:\n{last}")
    return done.stdout


def _programs(url: str) -> Programs:
    with connected(url) as connection:
        version = connection.exec_driver_sql("SELECT current_setting('server_version_num')").scalar_one()
    major = int(version) // 10_000
    return Programs.of_system(major) or dump_programs(major)


def _plain(address: URL) -> str:
    """Spell the address as the programs read it."""
    return address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environ(address: URL) -> Mapping[str, str]:
    """Hand over nothing of the caller's but what finds programs and certificates."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}  # noqa: TID251 - handed on, not read
    password = {} if address.password is None else {"PGPASSWORD": str(address.password)}
    return {**kept, "LC_ALL": "C", "TZ": "UTC", **password}
