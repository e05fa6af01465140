"""Indexes that each read paid for and no search asks: by organisation and system blocks are read, and reads are found by their time."""

from alembic import op

revision = "0023"
down_revision = "0022"

_STATEMENTS = (
    "DROP INDEX audit.event_org_t_idx",
    "DROP INDEX audit.event_system_t_idx",
    "DROP INDEX audit.event_type_t_idx",
    "CREATE INDEX event_type_t_idx ON audit.event (type, t) WHERE type <> 'disclosure.read'",
)


def upgrade() -> None:
    """Take two away, and leave out of the third what everybody reads."""
    for statement in _STATEMENTS:
        op.execute(statement)
