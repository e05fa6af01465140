"""The reconciler reads who may ask, and with which keys, to hold it against the log (ACCESS-LOG 10)."""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Let it read both tables, and change neither."""
    op.execute("GRANT SELECT ON publish.recipient, publish.recipient_system TO luukku_reconciler")
