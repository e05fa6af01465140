"""Airflow's own database on the same server: its own login owns it and may nothing in ours."""

from pathlib import Path

from sqlalchemy import (
    URL,
    Connection,
    NullPool,
    create_engine,  # noqa: TID251 - CREATE DATABASE stands outside any transaction
)

from db.errors import MissingRights, StatementRefused
from db.logins import login_url
from db.refusals import translated
from db.roles import AIRFLOW_LOGIN
from db.server import connect_arguments, parsed

SUFFIX = "_airflow"


def airflow_url(url: str, secrets: Path | None = None) -> str:
    """Make the database beside ours when it is not there, and return its address for Airflow's login; run after `migrate`.

    ``MissingRights`` carries the SQL for somebody who may create databases.
    """
    address = parsed(url)
    beside = address.set(database=f"{address.database}{SUFFIX}")
    _provide(address, str(beside.database))
    if secrets is None:
        return beside.set(username=AIRFLOW_LOGIN).render_as_string(hide_password=False)
    return login_url(beside.render_as_string(hide_password=False), AIRFLOW_LOGIN, secrets)


def _provide(address: URL, name: str) -> None:
    engine = create_engine(
        address,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        connect_args=connect_arguments(address, ""),
    )
    with translated(), engine.connect() as connection:
        if not _exists(connection, name):
            _make(connection, name)


def _exists(connection: Connection, name: str) -> bool:
    return connection.exec_driver_sql("SELECT FROM pg_database WHERE datname = %s", (name,)).first() is not None


def _make(connection: Connection, name: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(name)
    sql = f"CREATE DATABASE {quoted} OWNER {AIRFLOW_LOGIN} TEMPLATE template0 ENCODING 'UTF8'"
    try:
        with translated():
            connection.exec_driver_sql(sql)
    except StatementRefused:
        sentence = (
            "The user of LUUKKU_DATABASE_URL may not create Airflow's database; somebody who may runs this SQL first."
        )
        raise MissingRights(sentence, sql=f"{sql};\n") from None
