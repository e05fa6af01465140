"""The books of a batch add up, and the database says so: what was pulled is accepted, quarantined, unchanged or held (AMENDMENTS 14)."""

from alembic import op

revision = "0013"
down_revision = "0012"

_MEND = """
UPDATE staging.batch
   SET counts = counts || jsonb_build_object('accepted', (counts ->> 'accepted')::int + (counts ->> 'unchanged')::int, 'unchanged', 0)
 WHERE (counts ->> 'unchanged')::int < 0
"""
"""A deletion told twice was counted four times; what is too much among the accepted is lacking among the unchanged."""

_CHECK = """
ALTER TABLE staging.batch ADD CONSTRAINT batch_adds_up_check CHECK (
    counts = '{}' OR coalesce(
        (counts ->> 'pulled')::int
            = (counts ->> 'accepted')::int + (counts ->> 'quarantined')::int + (counts ->> 'unchanged')::int + (counts ->> 'held')::int
        AND least((counts ->> 'accepted')::int, (counts ->> 'quarantined')::int, (counts ->> 'unchanged')::int, (counts ->> 'held')::int,
                  (counts ->> 'dropped')::int, (counts ->> 'removed')::int) >= 0,
        false)
)
"""


def upgrade() -> None:
    """Mend what was booked wrongly, then hold every batch to its sum."""
    op.execute(_MEND)
    op.execute(_CHECK)
