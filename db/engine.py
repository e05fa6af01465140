"""Read and Transaction, by login role: the signature of a function says whether it may write."""

import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, Self, TypeVarTuple, overload

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    create_engine,  # noqa: TID251 - this is the one door
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.sql.selectable import TypedReturnsRows

from db import prepared
from db.keys import Keyring
from db.refusals import translated
from db.server import connect_arguments, parsed

_Columns = TypeVarTuple("_Columns")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

POOL_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 3_600_000
WEB_STATEMENT_TIMEOUT_MS = 10_000


class Login(StrEnum):
    """A login role; each kind of process has its own and may only what it needs."""

    OWNER = "luukku_owner"
    CONNECTOR = "luukku_connector"
    PUBLISHER = "luukku_publisher"
    WEB = "luukku_web"
    SEQUENCER = "luukku_sequencer"
    VERIFIER = "luukku_verifier"
    KEEPER = "luukku_keeper"
    RECONCILER = "luukku_reconciler"


class Beside(Protocol):
    """What a process can do while the server works on its statements (``db.together``).

    What is short is done one by one while the server answers a question, and all of it when a trip has time (``Trip.meanwhile``); all else
    in the round trip that commits, in which it has most to do.
    """

    def glance(self) -> bool:
        """Do one thing that is short; tell whether there is another."""
        ...

    def watched(self) -> int | None:
        """Give the file that is readable when there is more to do, or None when there is to be nothing now."""
        ...

    def attend(self) -> None:
        """Do what there is to do, and wait for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Read:
    """A transaction that cannot write; functions which only ask take this."""

    connection: Connection
    keyring: Keyring
    beside: Beside | None = None

    @overload
    def execute(
        self, statement: TypedReturnsRows[*_Columns], parameters: Parameters = None
    ) -> CursorResult[*_Columns]: ...
    @overload
    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]: ...
    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[*tuple[Any, ...]]:
        """Run one statement; its refusals are ours (``db.errors``) and carry no values."""
        with translated():
            return self.connection.execute(statement, parameters)


@dataclass(frozen=True, slots=True)
class Transaction(Read):
    """A transaction that may write; it commits where it was opened, never inside.

    ``afterwards`` is done once it has ended, each in a transaction of its own: what is to be known though this one fails.
    """

    afterwards: "list[Callable[[Transaction], None]]" = field(default_factory=list)


class Database:
    """One PostgreSQL under one login, with pooled connections."""

    def __init__(self, url: str, login: Login, keyring: Keyring, *, pool_size: int = 5) -> None:
        self.url = url
        self.login = login
        self._keyring = keyring
        self._engine = _engine(url, login, pool_size)

    @contextmanager
    def read(self, *, snapshot: bool = False) -> Iterator[Read]:
        """Open a transaction that cannot write; ``snapshot``: everything read is of one moment."""
        with self._connected(snapshot=snapshot, read_only=True) as connection, _begun(connection):
            yield Read(connection, self._keyring)

    @contextmanager
    def transaction(self, *, snapshot: bool = False, beside: Beside | None = None) -> Iterator[Transaction]:
        """Open a transaction that commits at the end and rolls back on any error."""
        with self._connected(snapshot=snapshot, read_only=False) as connection:
            opened = Transaction(connection, self._keyring, beside)
            try:
                with _begun(connection):
                    yield opened
            finally:
                for each in opened.afterwards:
                    with connection.begin():
                        each(Transaction(connection, self._keyring))

    @contextmanager
    def _connected(self, *, snapshot: bool, read_only: bool) -> Iterator[Connection]:
        isolation = "REPEATABLE READ" if snapshot else "READ COMMITTED"
        with translated(), self._engine.connect() as connection:
            connection.execution_options(isolation_level=isolation, postgresql_readonly=read_only)
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _begun(connection: Connection) -> Iterator[None]:
    """Begin a transaction. Where somebody fails while rows are still to come, the line is given up: a rollback would wait for ever."""
    with connection.begin():
        try:
            yield
        except BaseException:
            if _is_answering(connection):
                connection.invalidate()
            raise


def _is_answering(connection: Connection) -> bool:
    """Say whether the server is in the middle of an answer."""
    driver = None if connection.invalidated else connection.connection.driver_connection
    return isinstance(driver, psycopg.Connection) and driver.info.transaction_status == TransactionStatus.ACTIVE


def _engine(url: str, login: Login, pool_size: int) -> Engine:
    """Open no connection yet; errors never print parameters, and a lost server is noticed before use."""
    address = parsed(url)
    timeout = WEB_STATEMENT_TIMEOUT_MS if login is Login.WEB else STATEMENT_TIMEOUT_MS
    engine = create_engine(
        address.set(username=login.value),
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        connect_args=connect_arguments(address, f" -c statement_timeout={timeout}"),
    )
    event.listen(engine, "checkout", _refuse_lost)
    event.listen(engine, "rollback", _deallocated)
    return engine


def _refuse_lost(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """Have the pool open anew what the server hung up on. A line on which nothing came unasked is whole: that costs no round trip."""
    assert isinstance(connection, psycopg.Connection)
    if connection.closed or _told(connection):
        raise DisconnectionError("The server hung up.")


def _deallocated(connection: Connection) -> None:
    """After a rollback the driver deallocates what it prepared, and with it all that anybody did."""
    if not connection.invalidated:
        prepared.forget(connection.connection.driver_connection)


def _told(connection: psycopg.Connection[Any]) -> bool:
    """Say whether the server sent something while nothing was asked, its end among them."""
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    return bool(line.poll(0))
