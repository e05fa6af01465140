"""Several statements in one round trip, each prepared once on its connection, over libpq's pipeline mode.

For the few paths that everybody waits for: the driver's own pipeline waits for the answer to each BEGIN, and takes half a millisecond of
the processor for what libpq does in a tenth.
"""

import re
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from db.engine import Beside, Read
from db.prepared import fresh, names
from db.refusals import translated

Rows = list[tuple[Any, ...]]
_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call] # it has no types
_PARAMETER: Final = re.compile(r"%\((\w+)\)s")
_numbers: Final = count()


class Statement(NamedTuple):
    """A statement as the server prepares it, and a name for it; ``constants`` are values it always has."""

    name: bytes
    text: bytes
    parameters: tuple[str, ...]
    constants: Mapping[str, object]

    def asked(self, values: Mapping[str, object]) -> "Asked":
        """Ask with these values: texts, numbers, bytes, moments, ids, and lists of numbers or ids."""
        every = {**self.constants, **values}
        return Asked(self, [_written(every[name]) for name in self.parameters])


class Asked(NamedTuple):
    """A statement with its values, written as the server reads them."""

    statement: Statement
    values: Sequence[bytes | None]


def statement(text: str, constants: Mapping[str, object] | None = None) -> Statement:
    """Write out a statement, parameters as ``%(name)s``, once for all its uses."""
    parameters = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    numbered = _PARAMETER.sub(lambda found: f"${parameters.index(found[1]) + 1}", text).replace("%%", "%")
    return Statement(b"luukku_%d" % next(_numbers), numbered.encode(), parameters, constants or {})


def compiled(select_: Select[*tuple[Any, ...]]) -> Statement:
    """Write out a statement of SQLAlchemy, once for all its uses."""
    made = select_.compile(dialect=_DIALECT)
    return statement(made.string, made.params)


class Trip:
    """Statements on their way in one transaction: they run in order, and each sees what was committed before it began.

    When one is refused, none after it has an effect, and the transaction is over.
    """

    __slots__ = ("_answers", "_beside", "_called", "_connection", "_expected", "_line", "_prepared")

    def __init__(self, read: Read) -> None:
        """Say nothing yet but that the transaction begins, when nothing has."""
        self._connection = driver(read)
        self._beside = read.beside
        self._line = self._connection.pgconn
        self._called = dict(names(self._connection))
        self._prepared: dict[int, bytes] = {}
        self._answers: list[int] = []
        self._expected = 0

    def send(self, *asked: Asked) -> None:
        """Have statements run while we go on."""
        self._begin()
        for each in asked:
            self._prepare(each.statement)
            self._answers.append(self._expected)
            self._expected += 1
            self._line.send_query_prepared(self._called[each.statement.name], each.values)
        self._line.flush()

    def meanwhile(self) -> None:
        """Do beside what was sent all that is short."""
        while self._beside is not None and self._beside.glance():
            pass

    def rows(self) -> list[Rows]:
        """Return the rows of each statement sent; until the server answers, what is short is done beside it."""
        self._sync()
        if self._beside is not None:
            _until_heard(self._line, self._beside)
        results = self._ended(None)
        return [_rows(self._connection, results[place]) for place in self._answers]

    def commit(self) -> None:
        """Commit what was sent; when a statement was refused, nothing is committed."""
        self._say(b"COMMIT")
        self._sync()
        self._ended(self._beside)

    def give_up(self) -> None:
        """Hear what is still to come, for the line to be used again."""
        if self._line.status != ConnStatus.BAD:
            self._line.pipeline_sync()
            _results(self._line, None)

    def _begin(self) -> None:
        """Begin a transaction of which nothing was said yet; until the next is set up, the driver leaves that to us."""
        connection = self._connection
        if self._expected or connection.info.transaction_status != TransactionStatus.IDLE:
            return
        assert connection.isolation_level is not None
        level = connection.isolation_level.name.replace("_", " ")
        connection.autocommit = True
        self._say(f"BEGIN ISOLATION LEVEL {level} {'READ ONLY' if connection.read_only else 'READ WRITE'}".encode())

    def _say(self, plain: bytes) -> None:
        self._expected += 1
        self._line.send_query_params(plain, None)

    def _prepare(self, new: Statement) -> None:
        if new.name not in self._called:
            self._called[new.name] = fresh(new.name)
            self._prepared[self._expected] = new.name
            self._expected += 1
            self._line.send_prepare(self._called[new.name], new.text)

    def _sync(self) -> None:
        self._line.pipeline_sync()
        self._line.flush()

    def _ended(self, beside: Beside | None) -> list[PGresult]:
        """Do beside it what there is to do until everything is answered; what was prepared is known from then on."""
        results = _results(self._line, beside)
        for place, name in self._prepared.items():
            if _done(results[place]):
                names(self._connection)[name] = self._called[name]
        _refuse_failed(self._connection, results)
        return results


@contextmanager
def trip(read: Read) -> Iterator[Trip]:
    """Send statements in one round trip, which ends with ``rows`` or ``commit``; nothing else is asked on the way."""
    line = driver(read).pgconn
    with translated(), _pipeline(line):
        sent = Trip(read)
        try:
            yield sent
        except BaseException:
            sent.give_up()
            raise


def together(read: Read, *asked: Asked) -> list[Rows]:
    """Return the rows of each statement, in one round trip."""
    with trip(read) as sent:
        sent.send(*asked)
        return sent.rows()


def driver(read: Read) -> psycopg.Connection[Any]:
    """Lend the driver's own connection; what it does is in the transaction that ``read`` has begun."""
    connection = read.connection.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


@contextmanager
def _pipeline(line: PGconn) -> Iterator[None]:
    line.enter_pipeline_mode()
    try:
        yield
    finally:
        if line.status != ConnStatus.BAD:
            line.exit_pipeline_mode()


def _results(line: PGconn, beside: Beside | None) -> list[PGresult]:
    """Send what waits and read until everything sent was answered."""
    found: list[PGresult] = []
    while True:
        while line.is_busy():
            exchange(line, beside)
        result = line.get_result()
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return found
        found.append(result)


def exchange(line: PGconn, beside: Beside | None = None) -> None:
    """Wait for the server or for what is beside it, sending on meanwhile what did not fit the socket's buffer."""
    waiting, watched = select.poll(), None if beside is None else beside.watched()
    waiting.register(line.socket, select.POLLIN | (select.POLLOUT if line.flush() else 0))
    if watched is not None:
        waiting.register(watched, select.POLLIN)
    ready = {file for file, _ in waiting.poll()}
    if beside is not None and watched in ready:
        beside.attend()
    if line.socket in ready:
        line.consume_input()


def _until_heard(line: PGconn, beside: Beside) -> None:
    """Do what is short, one by one, until the server says something."""
    waiting = select.poll()
    waiting.register(line.socket, select.POLLIN)
    while not waiting.poll(0) and beside.glance():
        pass


def _done(result: PGresult) -> bool:
    return result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


def _refuse_failed(connection: psycopg.Connection[Any], results: Sequence[PGresult]) -> None:
    for each in results:
        if not _done(each):
            raise error_from_result(each, encoding=connection.info.encoding)


def _rows(connection: psycopg.Connection[Any], result: PGresult) -> Rows:
    loader = Transformer(connection)
    loader.set_pgresult(result)
    return loader.load_rows(0, result.ntuples, tuple)


def _written(value: object) -> bytes | None:
    """Write a value in the server's text form."""
    match value:
        case None:
            return None
        case bytes():
            return b"\\x" + value.hex().encode()
        case datetime():
            return value.isoformat().encode()
        case list():
            return ("{" + ",".join(map(str, value)) + "}").encode()
        case _:
            return str(value).encode()
