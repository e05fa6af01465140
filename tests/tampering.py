"""Doing to a log what only a superuser can."""

from audit import tables
from db.server import connected


def tamper(database_url, *statements):
    """Switch the triggers off and on again, and in between run statements: text, or text with its values."""
    with connected(database_url) as connection:
        for table in tables.APPEND_ONLY:
            connection.exec_driver_sql(f"ALTER TABLE audit.{table} DISABLE TRIGGER append_only")
        for statement in statements:
            connection.exec_driver_sql(*(statement if isinstance(statement, tuple) else (statement,)))
        for table in tables.APPEND_ONLY:
            connection.exec_driver_sql(f"ALTER TABLE audit.{table} ENABLE ALWAYS TRIGGER append_only")
