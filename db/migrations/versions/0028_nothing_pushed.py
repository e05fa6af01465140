"""Nothing is pushed to anybody, so no event tells of it (API.md 5.8: a message to a subscriber names no person)."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Take the type that nothing ever wrote out of the closed list."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute("DELETE FROM audit.event_type WHERE type = 'disclosure.pushed'")
    op.execute("SET LOCAL ROLE luukku_owner")
