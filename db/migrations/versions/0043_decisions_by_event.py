"""Decisions are found by their events: the index by person served nobody, and every call paid for it."""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Change the log's indexes as their owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute("DROP INDEX audit.decision_person_id_at_idx")
    op.execute("SET LOCAL ROLE luukku_owner")
