"""Which kinds of event stand in which stretch of the log: a search of any field reads the stretches that can answer it, and no others."""

from alembic import op

revision = "0019"
down_revision = "0018"

_TABLES = (
    """
    CREATE TABLE audit.event_kind (
        kind integer GENERATED ALWAYS AS IDENTITY,
        digest uuid NOT NULL,
        org text,
        system text,
        type text NOT NULL,
        outcome text NOT NULL,
        role text,
        purpose text,
        categories text[],
        reasons text[],
        CONSTRAINT event_kind_pkey PRIMARY KEY (kind),
        CONSTRAINT event_kind_digest_key UNIQUE (digest)
    )
    """,
    """
    CREATE TABLE audit.block (
        log smallint NOT NULL,
        block integer NOT NULL,
        first_t timestamptz NOT NULL,
        last_t timestamptz NOT NULL,
        kinds bytea NOT NULL,
        CONSTRAINT block_pkey PRIMARY KEY (log, block)
    )
    """,
)
"""The sequencer pays nothing for them: the reconciler takes full blocks in behind it, and what it has not taken in is read as it stands."""

_GRANTS = (
    "GRANT SELECT, INSERT ON audit.event_kind, audit.block TO luukku_reconciler",
    "GRANT SELECT ON audit.event_kind, audit.block TO audit_auditor",
)


def upgrade() -> None:
    """Make them as the log's own owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in (*_TABLES, *_GRANTS):
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
