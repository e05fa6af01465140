"""What stands beside events without indexes that nobody asks: a decision's by person, and the person in that of details' keys."""

from alembic import op

revision = "0043"
down_revision = "0042"

_STATEMENTS = (
    "DROP INDEX audit.decision_person_id_at_idx",
    "DROP INDEX audit.detail_key_log_class_person_idx",
    "CREATE INDEX detail_key_log_class_idx ON audit.detail_key (log, class)",
)
"""Decisions are found by their events; keys go by year and class."""


def upgrade() -> None:
    """Change the log's indexes as their owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
