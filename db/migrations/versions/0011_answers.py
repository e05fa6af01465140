"""Answers kept a day, so that a call made again is done once (API.md 7)."""

from alembic import op

revision = "0011"
down_revision = "0010"

_ANSWERS = """
CREATE TABLE publish.idempotency (
    system text NOT NULL,
    key text NOT NULL,
    body_sha256 bytea NOT NULL,
    proof bytea NOT NULL,
    status integer NOT NULL,
    answer text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (system, key),
    CONSTRAINT idempotency_proof_key UNIQUE (proof)
)
"""
_SWEPT = "CREATE INDEX idempotency_at_idx ON publish.idempotency (at)"
_GRANT = "GRANT SELECT, INSERT, DELETE ON publish.idempotency TO luukku_web"


def upgrade() -> None:
    """Make the table; the web alone writes it, and sweeps what is older than a day."""
    for statement in (_ANSWERS, _SWEPT, _GRANT):
        op.execute(statement)
