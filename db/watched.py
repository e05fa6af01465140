"""The event triggers by which every change of the schema tells the log of itself (ACCESS-LOG 3): only a superuser can make them."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

TRIGGERS: Final[Mapping[str, str]] = {"luukku_schema_changed": "ddl_command_end", "luukku_schema_dropped": "sql_drop"}
"""Each by when it fires."""
_IS_SUPERUSER: Final = "SELECT rolsuper FROM pg_roles WHERE rolname = session_user"
_PRESENT: Final = "SELECT evtname FROM pg_event_trigger"


def statements(name: str) -> tuple[str, str]:
    """Return what makes a trigger, which fires for every role and in every replication mode."""
    return (
        f"CREATE EVENT TRIGGER {name} ON {TRIGGERS[name]} EXECUTE FUNCTION audit.tell_schema_change()",
        f"ALTER EVENT TRIGGER {name} ENABLE ALWAYS",
    )


def watch(connection: Connection) -> None:
    """Make the triggers that are missing, where the user of this connection may; elsewhere somebody who may does it by hand."""
    if not connection.exec_driver_sql(_IS_SUPERUSER).scalar_one():
        return
    connection.exec_driver_sql("RESET ROLE")
    present = set(connection.exec_driver_sql(_PRESENT).scalars())
    for name in TRIGGERS.keys() - present:
        for statement in statements(name):
            connection.exec_driver_sql(statement)
