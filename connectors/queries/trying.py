"""Connections in any state: those on trial, live and stopped."""

from sqlalchemy import select

from connectors.ledger import Connection
from connectors.tables import connection
from db.engine import Read
from schemas.vocabulary import Source


def connection_named(read: Read, *, connection_id: str) -> Connection | None:
    """Give a connection, whatever its state."""
    statement = select(connection).where(connection.c.connection_id == connection_id)
    row = read.execute(statement).mappings().one_or_none()
    return None if row is None else Connection(**{**row, "source": Source(row["source"])})


def connections(read: Read) -> list[Connection]:
    """List every connection, whatever its state."""
    rows = read.execute(select(connection).order_by(connection.c.connection_id)).mappings()
    return [Connection(**{**row, "source": Source(row["source"])}) for row in rows]
