"""The rows of a question one by one, as the server finds them: it looks for the next while these are worked on."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.compiler import SQLCompiler

from db.engine import Read
from db.refusals import translated
from db.together import driver

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call] # it has no types
_CHUNK: Final = 64
"""Rows that come at a time."""


@contextmanager
def each_row(read: Read, asked: Select[*tuple[Any, ...]]) -> Iterator[Iterator[tuple[Any, ...]]]:
    """Lend the rows of a question, in the server's own form; none is kept, and nothing else is asked until the end of the block.

    Who stops early, or fails, finds the transaction as it was: what is still to come is passed over, not called off.
    """
    made = asked.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    assert isinstance(made, SQLCompiler)
    with translated(), driver(read).cursor(binary=True) as cursor:
        rows = cursor.stream(made.string.encode(), _bound(made), size=_CHUNK)
        try:
            yield rows
        finally:
            deque(rows, maxlen=0)


def _bound(made: SQLCompiler) -> dict[str, object]:
    """Give the values of a statement, by the names it has them under, as the driver writes them."""
    written = {name: bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for name, bind in made.binds.items()}
    return {name: write(value) if (write := written.get(name)) else value for name, value in made.params.items()}
