"""A source's answer closes the case of a request for correction, by its outcome, and its reason is kept ((EU) 2016/679 art. 12(4), 16)."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Keep the reason, and let a case end as a source's answer does."""
    op.execute("ALTER TABLE publish.correction ADD COLUMN reason text")
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute("ALTER TABLE audit.review_end DROP CONSTRAINT review_end_outcome_check")
    op.execute("""
        ALTER TABLE audit.review_end ADD CONSTRAINT review_end_outcome_check
            CHECK (outcome IN ('explained', 'corrected', 'breach', 'no_finding', 'partly', 'refused'))
    """)
    op.execute("SET LOCAL ROLE luukku_owner")
