"""For each kind of event the blocks that hold it: a search reads those of the kinds it asks for, and not what every block holds."""

from alembic import op

revision = "0033"
down_revision = "0032"

_STATEMENTS = (
    "TRUNCATE audit.block, audit.event_kind",
    "ALTER TABLE audit.block DROP COLUMN kinds",
    """
    CREATE TABLE audit.kind_blocks (
        log smallint NOT NULL,
        span integer NOT NULL,
        kind integer NOT NULL,
        held bit(1024) NOT NULL,
        CONSTRAINT kind_blocks_pkey PRIMARY KEY (log, span, kind)
    ) WITH (fillfactor = 70)
    """,
    "GRANT SELECT, INSERT, UPDATE ON audit.kind_blocks TO luukku_reconciler",
    "GRANT SELECT ON audit.kind_blocks TO audit_auditor",
)
"""A projection: the reconciler takes the log in anew."""


def upgrade() -> None:
    """Make them as the log's own owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
