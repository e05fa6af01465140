"""Bring a database to the newest form, with its roles and grants: forward only, whole or not at all."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from db.engine import Login
from db.provision import provide_roles
from db.server import connected
from db.watched import watch

VERSION_SCHEMA = "db"
VERSION_TABLE = "migration"

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6C75756B6B75
"""The letters "luukku": one migration of a database at a time."""


def migrate(url: str, *, secrets: Path | None = None) -> tuple[str, ...]:
    """Migrate to the newest revision in one transaction, as the owner, and return the revisions applied.

    ``secrets`` is where the logins' SCRAM secrets are kept for an external server; None for the embedded one, which knows
    its users by the socket. ``MissingRights`` carries the SQL that somebody with more rights should run first.
    """
    with connected(url) as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        provide_roles(connection, secrets)
        connection.exec_driver_sql(f"SET LOCAL ROLE {Login.OWNER}")
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}")
        ahead = _pending(connection)
        command.upgrade(_config(connection), "head")
        watch(connection)
        return ahead


def pending(url: str) -> tuple[str, ...]:
    """Name the revisions not yet applied, oldest first; none when the database is of this release."""
    with connected(url) as connection:
        return _pending(connection)


def begun(url: str) -> bool:
    """Tell whether a database was ever migrated."""
    with connected(url) as connection:
        return _applied(connection) is not None


def differences(url: str, tables: Iterable[MetaData]) -> Sequence[Any]:
    """Compare the database with the tables in code: what Alembic would change, nothing when they are equal."""
    metadata = list(tables)
    schemas = {part.schema for part in metadata}
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _parents: kind != "schema" or name in schemas,
        "compare_type": True,
    }
    with connected(url) as connection:
        found: Sequence[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)  # type: ignore[arg-type] # it takes many
        return found


def _applied(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE, "version_table_schema": VERSION_SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _pending(connection: Connection) -> tuple[str, ...]:
    ahead = ScriptDirectory.from_config(_config(connection)).iterate_revisions("head", _applied(connection) or "base")
    return tuple(reversed([script.revision for script in ahead]))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
