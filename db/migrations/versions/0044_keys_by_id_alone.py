"""Keys of details without an index by year and class: once a year those of a class go, all of them, and every event paid for it."""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Change the log's indexes as their owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute("DROP INDEX audit.detail_key_log_class_idx")
    op.execute("SET LOCAL ROLE luukku_owner")
