"""Whether the PostgreSQL behind a URL is one we can live in, told in one sentence when it is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    create_engine,  # noqa: TID251 - one connection for setting up, without a login of ours
    make_url,
)
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from db.errors import UnsupportedServer, WrongUrl
from db.refusals import translated

OLDEST_MAJOR = 15
LEAST_CONNECTIONS = 100
CONNECT_TIMEOUT_S = 5

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SENTENCES = (
    ("password authentication failed", "refuses the user name or the password"),
    ("no password supplied", "wants a password and the address has none"),
    ("Peer authentication failed", "does not let this user of the machine in"),
    ("no pg_hba.conf entry", "does not let this user in from this machine"),
    ("does not exist", "knows no such database or role"),
    ("ertificate", "shows a certificate that does not hold"),
    ("SSL", "cannot be reached over TLS as the address demands"),
    ("too many", "has no connection left"),
    ("starting up", "is still starting"),
    ("invalid ", "cannot be called: the address sets something to what it cannot be"),
)
"""A part of the driver's message, and what we say: its own words can hold what the address holds."""


def parsed(url: str) -> URL:
    """Read what LUUKKU_DATABASE_URL says; its password is in no message."""
    try:
        address = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise WrongUrl("LUUKKU_DATABASE_URL is not an address like postgresql://user@host/database.") from None
    if address.get_backend_name() != "postgresql" or not address.database:
        raise WrongUrl("LUUKKU_DATABASE_URL must name a PostgreSQL database: postgresql://user@host/database.")
    _refuse_open_line(address)
    return address.set(drivername="postgresql+psycopg")


def _refuse_open_line(address: URL) -> None:
    """Demand TLS that knows whom it talks to, unless the line never leaves the machine."""
    local = over_socket(address) or address.host in _LOOPBACK
    if not local and address.query.get("sslmode") != "verify-full":
        raise WrongUrl("LUUKKU_DATABASE_URL leads to another machine, and that needs sslmode=verify-full in it.")


def over_socket(address: URL) -> bool:
    """Tell whether the address is a socket of this machine."""
    host = address.host or address.query.get("host", "")
    return isinstance(host, str) and host.startswith("/")


def connect_arguments(address: URL, options: str) -> dict[str, Any]:
    """Return what the driver is told beside the address; over a socket PGHOSTADDR of the caller must not lead astray."""
    arguments = {"connect_timeout": CONNECT_TIMEOUT_S, "options": f"-c timezone=UTC{options}"}
    return arguments | ({"hostaddr": ""} if over_socket(address) else {})


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Lend one connection as the URL's own user, in a transaction that commits at the end."""
    address = parsed(url)
    arguments = connect_arguments(address, "")
    engine = create_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=arguments)
    with translated(), _opened(engine) as connection, connection.begin():
        _refuse_unfit(connection)
        yield connection


def _opened(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except ProgrammingError:
        raise WrongUrl("LUUKKU_DATABASE_URL sets something that no PostgreSQL knows.") from None
    except OperationalError as error:
        told = str(error.orig)
        reason = next((said for part, said in _SENTENCES if part in told), "does not answer")
        raise WrongUrl(f"The PostgreSQL that LUUKKU_DATABASE_URL names {reason}.") from None


def _refuse_unfit(connection: Connection) -> None:
    """Refuse a server that is too old, of another encoding, or with too few connections."""
    major = _setting(connection, "server_version_num")
    if int(major) // 10_000 < OLDEST_MAJOR:
        raise UnsupportedServer(f"PostgreSQL {int(major) // 10_000} is too old; Luukku needs {OLDEST_MAJOR} or newer.")
    encoding = _setting(connection, "server_encoding")
    if encoding != "UTF8":
        raise UnsupportedServer(f"The database is encoded in {encoding}; Luukku needs UTF8.")
    connections = int(_setting(connection, "max_connections"))
    if connections < LEAST_CONNECTIONS:
        raise UnsupportedServer(f"The server takes {connections} connections; Luukku needs {LEAST_CONNECTIONS}.")


def _setting(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql("SELECT current_setting(%s)", (name,)).scalar_one())
