"""The reconciler: a login that compares the log with what it tells of, and opens the auditors' findings (ACCESS-LOG 10)."""

from alembic import op

revision = "0010"
down_revision = "0009"

_INDEXES = (
    "CREATE INDEX act_recorded_at_idx ON consent.act USING brin (recorded_at)",
    "CREATE INDEX denial_recorded_at_idx ON consent.denial USING brin (recorded_at)",
)

_GRANTS = (
    "GRANT USAGE ON SCHEMA audit, consent, publish, staging TO luukku_reconciler",
    "GRANT SELECT ON ALL TABLES IN SCHEMA consent TO luukku_reconciler",
    "GRANT EXECUTE ON FUNCTION consent.micros TO luukku_reconciler",
    "GRANT SELECT ON publish.outbox, publish.retention, staging.batch TO luukku_reconciler",
    "SET LOCAL ROLE audit_owner",
    "GRANT SELECT (id, added_at) ON audit.inbox TO luukku_reconciler",
    "SET LOCAL ROLE luukku_owner",
)
"""It reads, appends events and opens cases; it changes nothing that it compares."""


def upgrade() -> None:
    """Let new rows be found by when they were recorded, and say what the reconciler may."""
    for statement in (*_INDEXES, *_GRANTS):
        op.execute(statement)
