"""What the driver throws, told in our own errors: no parameters, no rows, no DETAIL line."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db.errors import ConstraintBroken, DatabaseError, SerializationFailure, StatementRefused, Unavailable

_REPEAT = {"40001", "40P01"}
_UNAVAILABLE_CLASSES = {"08", "53", "57"}
_CANCELLED = "57014"
_RAISED_CLASSES = {"P0", "LU"}
"""What our own SQL functions raise, in sentences of ours."""

_STATEMENT_CLASS = "42"
"""Errors in the statement itself: they name tables and columns, and hold no value."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of SQLAlchemy and psycopg into ours; they quote values, so the originals are not chained."""
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        raise refusal(error) from None


def refusal(error: SQLAlchemyError | psycopg.Error) -> DatabaseError:
    """Name the refusal by SQLSTATE."""
    if isinstance(error, PoolTimeoutError):
        return Unavailable("Every connection to the database is in use.")
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, psycopg.Error):
        return StatementRefused(f"The statement could not be made or its result read ({type(error).__name__}).")
    if _lost(original):
        return Unavailable("The database does not answer.")
    return _by_state(original, original.sqlstate or "")


def _lost(error: psycopg.Error) -> bool:
    """Tell whether the connection failed: an operational error without a SQLSTATE did not come from the server."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate[:2] in _UNAVAILABLE_CLASSES and error.sqlstate != _CANCELLED


def _by_state(error: psycopg.Error, state: str) -> DatabaseError:
    if state in _REPEAT:
        return SerializationFailure("Another transaction changed the same rows first; repeat this one.")
    told = error.diag.message_primary or type(error).__name__
    if state[:2] in _RAISED_CLASSES:
        return StatementRefused(told, sqlstate=state)
    if state[:2] == _STATEMENT_CLASS:
        return StatementRefused(f"PostgreSQL refused a statement: {told} ({state}).", sqlstate=state)
    kind = ConstraintBroken if state.startswith("23") else StatementRefused
    where = error.diag.constraint_name or error.diag.table_name
    sentence = f"PostgreSQL refused a statement: {type(error).__name__} ({state}){f' at {where}' if where else ''}."
    return kind(sentence, sqlstate=state, constraint=error.diag.constraint_name)
