"""A scan that is added to a record after its day has an event of its own (CONSENT.md 11)."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Let it stand in the log."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute(
        "INSERT INTO audit.event_type VALUES ('evidence.added', '{v,id,t,type,outcome,class,actor,change,person}')"
    )
    op.execute("SET LOCAL ROLE luukku_owner")
