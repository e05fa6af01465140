"""Why a controller ended what was consented to (CONSENT.md 4)."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Keep the cause with the act, as a code; acts of before have none."""
    op.execute(
        "ALTER TABLE consent.act ADD COLUMN cause text CONSTRAINT act_cause_check CHECK (cause ~ '^[a-z_]{1,40}$')"
    )
