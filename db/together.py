"""Several statements in one round trip: sent together, answered together, in libpq's pipeline mode."""

import select
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import psycopg
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from db.engine import Read, Transaction
from db.refusals import translated

Rows = list[tuple[Any, ...]]


class Statement(NamedTuple):
    """A statement in the driver's own form, parameters as ``%(name)s``, and their values."""

    text: str
    values: Mapping[str, object]

    def asked(self, values: Mapping[str, object]) -> "Statement":
        """Return the statement with these values too."""
        return Statement(self.text, {**self.values, **values})


_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call] # it has no types
_COMMIT: Final = Statement("COMMIT", {})


def compiled(statement: Select[*tuple[Any, ...]]) -> Statement:
    """Write a statement of SQLAlchemy in the driver's own form, once for all its uses; its values are the constants in it."""
    made = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in made.params.items() if value is not None}
    return Statement(made.string, constants)


def together(read: Read, *statements: Statement) -> list[Rows]:
    """Return the rows of each statement; they run in order, and each sees what was committed before it began.

    When one is refused, none after it has an effect, and the transaction is over.
    """
    return [cursor.fetchall() for cursor in _asked(read, statements)]


def commit_with(tx: Transaction, statement: Statement) -> None:
    """Run the last statement of a transaction and commit; when the statement is refused, nothing is committed."""
    _asked(tx, (statement, _COMMIT))


def driver(read: Read) -> psycopg.Connection[Any]:
    """Lend the driver's own connection; what it does is in the transaction that ``read`` has begun."""
    connection = read.connection.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def _asked(read: Read, statements: tuple[Statement, ...]) -> list[psycopg.Cursor[Any]]:
    connection = driver(read)
    with translated(), connection.pipeline():
        cursors = [connection.execute(each.text.encode(), each.values) for each in statements]
        _send(connection.pgconn)
    return cursors


def _send(line: psycopg.pq.abc.PGconn) -> None:
    """Send all that was asked: the driver leaves what does not fit the socket's buffer, and then waits for an answer for ever."""
    waiting = select.poll()
    waiting.register(line.socket, select.POLLIN | select.POLLOUT)
    while line.flush():
        if any(event & select.POLLIN for _, event in waiting.poll()):
            line.consume_input()
