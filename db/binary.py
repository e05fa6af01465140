"""Rows as they come, by COPY in its binary form: for readers whose own work on a row takes less than the driver's would."""

import select
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from itertools import chain
from typing import Any, Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from db.engine import Read
from db.refusals import translated
from db.together import driver, exchange

_HEADER_BYTES: Final = 19
"""Signature (11), flags (4) and the length of an extension that is not there (4), before the first row and in its message."""
_TRAILER: Final = b"\xff\xff"


def binary_rows(read: Read, query: str, parameters: Mapping[str, object]) -> Generator[bytes, None, None]:
    """Yield the rows of a query: count of columns (2 bytes), then length (4, -1 for NULL) and value of each; parameters as ``%(name)s``.

    Whoever stops early closes it and finds the transaction as it was: what is still to come is passed over, not called off.
    """
    with translated(), psycopg.ClientCursor(driver(read)) as cursor:
        cursor.execute("SELECT")
        statement = cursor.mogrify(f"COPY ({query}) TO STDOUT (FORMAT binary)", parameters)
        messages = _messages(cursor.connection, statement.encode())
        rows = chain([next(messages)[_HEADER_BYTES:]], messages)
        try:
            for row in rows:
                if row != _TRAILER:
                    yield row
        finally:
            deque(rows, maxlen=0)


def _messages(connection: psycopg.Connection[Any], statement: bytes) -> Iterator[bytes]:
    """Yield what the server sends, of which each message is a row."""
    line = connection.pgconn
    line.send_query(statement)
    _expect(connection, _result(line), ExecStatus.COPY_OUT)
    coming = select.poll()
    coming.register(line.socket, select.POLLIN)
    while True:
        size, message = line.get_copy_data(1)
        if size > 0:
            yield bytes(message)
        elif size == 0:
            coming.poll()
            line.consume_input()
        else:
            break
    _expect(connection, _result(line), ExecStatus.COMMAND_OK)
    _result(line)


def _result(line: PGconn) -> PGresult | None:
    while line.is_busy():
        exchange(line)
    return line.get_result()


def _expect(connection: psycopg.Connection[Any], result: PGresult | None, status: ExecStatus) -> None:
    assert result is not None
    if result.status != status:
        connection.pgconn.get_result()
        raise error_from_result(result, encoding=connection.info.encoding)
