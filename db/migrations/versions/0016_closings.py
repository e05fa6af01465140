"""Sharing by consent closed after a restore that lost acts, until each recipient's steward has dealt with them (AMENDMENTS 15)."""

from alembic import op

revision = "0016"
down_revision = "0015"

_TABLES = """
CREATE TABLE consent.closing (
    closing_id uuid PRIMARY KEY,
    log smallint,
    first bigint,
    last bigint,
    closed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE consent.opening (
    closing_id uuid NOT NULL REFERENCES consent.closing,
    recipient text NOT NULL,
    opened_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT opening_pkey PRIMARY KEY (closing_id, recipient)
);
"""
"""``first`` to ``last``: the events of a log that are lost; without ``last`` nobody knows how many."""

_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION consent.refuse();
"""
_GRANTS = (
    "GRANT SELECT ON consent.closing, consent.opening TO luukku_publisher, luukku_web, luukku_keeper, luukku_reconciler",
    "GRANT INSERT ON consent.opening TO luukku_web",
)


def upgrade() -> None:
    """Make the tables, keep what is appended as it is, and say who may what; closing is the restore's, opening the stewards'."""
    op.execute(_TABLES)
    for table in ("closing", "opening"):
        op.execute(_GUARD.format(table=table))
    for statement in _GRANTS:
        op.execute(statement)
