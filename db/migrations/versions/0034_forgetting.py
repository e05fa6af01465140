"""Who takes rows out of staging says so: what their source brought is read again."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Let the keeper, who erases, forget what batches are known again by."""
    op.execute("GRANT UPDATE (imprint) ON staging.batch TO luukku_keeper")
