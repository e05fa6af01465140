"""Which kinds of event stand in which stretch of the log: a search of any field reads the stretches that can answer it, and no others."""

from alembic import op

revision = "0019"
down_revision = "0018"

_TABLES = (
    """
    CREATE TABLE audit.event_kind (
        kind uuid NOT NULL,
        org text,
        system text,
        type text NOT NULL,
        outcome text NOT NULL,
        role text,
        purpose text,
        categories text[],
        reasons text[],
        CONSTRAINT event_kind_pkey PRIMARY KEY (kind)
    )
    """,
    """
    CREATE TABLE audit.block (
        log smallint NOT NULL,
        block integer NOT NULL,
        first_t timestamptz NOT NULL,
        last_t timestamptz NOT NULL,
        CONSTRAINT block_pkey PRIMARY KEY (log, block)
    )
    """,
    """
    CREATE TABLE audit.block_kind (
        log smallint NOT NULL,
        block integer NOT NULL,
        kind uuid NOT NULL,
        CONSTRAINT block_kind_pkey PRIMARY KEY (log, block, kind)
    )
    """,
    "CREATE INDEX block_kind_kind_idx ON audit.block_kind (kind)",
)
"""The sequencer pays nothing for them: the reconciler takes full blocks in behind it, and what it has not taken in is read as it stands."""

_GRANTS = (
    "GRANT SELECT, INSERT ON audit.event_kind, audit.block, audit.block_kind TO luukku_reconciler",
    "GRANT SELECT ON audit.event_kind, audit.block, audit.block_kind TO audit_auditor",
)


def upgrade() -> None:
    """Make them as the log's own owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in (*_TABLES, *_GRANTS):
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
