"""Indexes of the log without what nobody looks up: calls about people by their type, and room between numbers that only ever follow."""

from alembic import op

revision = "0036"
down_revision = "0035"

_STATEMENTS = (
    "DROP INDEX audit.event_type_t_idx",
    """
    CREATE INDEX event_type_t_idx ON audit.event (type, t)
     WHERE type <> ALL ('{disclosure.read,query.resolved,query.decided,query.consents}')
    """,
    "ALTER INDEX audit.event_pkey SET (fillfactor = 100)",
    "ALTER INDEX audit.node_pkey SET (fillfactor = 100)",
)
"""What comes with every call is found by its time, or by the blocks that hold its kind."""


def upgrade() -> None:
    """Change the log's indexes as their owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
