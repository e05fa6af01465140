"""Of each day's root over how far every person's numbers have come, the blocks: from these and the log a line is proven (ACCESS-LOG 5)."""

from alembic import op

revision = "0029"
down_revision = "0028"

_STATEMENTS = (
    """
    CREATE TABLE audit.head_block (
        log smallint NOT NULL,
        size bigint NOT NULL,
        block integer NOT NULL,
        first bytea NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (log, size, block)
    )
    """,
    "GRANT SELECT, INSERT ON audit.head_block TO luukku_reconciler",
    "GRANT SELECT ON audit.head_block TO audit_auditor",
    "GRANT SELECT ON audit.person_head TO luukku_reconciler",
)


def upgrade() -> None:
    """Make the table; the reconciler reads the heads and writes the roots."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
