"""Who the workers are that look, kept beside the identities for the rules on close relations; an auditor's saved searches."""

from alembic import op

revision = "0017"
down_revision = "0016"

_TABLES = (
    """
    CREATE TABLE staging.worker (
        recipient text NOT NULL,
        pseudonym text NOT NULL,
        hetu_hash bytea NOT NULL,
        hash_key_id text NOT NULL,
        box bytea NOT NULL,
        registered_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        until_at timestamptz,
        CONSTRAINT worker_pkey PRIMARY KEY (recipient, pseudonym)
    )
    """,
    """
    CREATE TABLE web.saved_search (
        saved_id uuid NOT NULL,
        subject text NOT NULL,
        name text NOT NULL,
        asked jsonb NOT NULL,
        used_at timestamptz NOT NULL,
        CONSTRAINT saved_search_pkey PRIMARY KEY (saved_id),
        CONSTRAINT saved_search_subject_name_key UNIQUE (subject, name)
    )
    """,
    """
    INSERT INTO publish.retention VALUES
        ('workers', 'the day the worker left', 30, '(EU) 2016/679 art. 5(1)(e)', false, '{luukku}', '2026-01-01Z', clock_timestamp()),
        ('saved_searches', 'the last use', 365, '(EU) 2016/679 art. 5(1)(e)', false, '{luukku}', '2026-01-01Z', clock_timestamp())
    """,
)
"""``box`` holds a worker's HETU and surname, encrypted; ``asked`` codes and a number of days, and nothing that names anybody."""

_GRANTS = (
    "GRANT SELECT, INSERT, UPDATE ON staging.worker TO luukku_connector",
    "GRANT SELECT ON staging.worker, staging.protection TO luukku_reconciler",
    "GRANT SELECT (person_id, source_record_id, sukunimi) ON staging.tyonhakija TO luukku_reconciler",
    "GRANT EXECUTE ON FUNCTION staging.find_person(bytea[]) TO luukku_reconciler",
    "GRANT SELECT, DELETE ON staging.worker, web.saved_search TO luukku_keeper",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON web.saved_search TO luukku_web",
)
"""The web, which answers the network, learns nothing of workers: the rules are applied by the reconciler."""


def upgrade() -> None:
    """Make both tables, say how long their rows are kept, and who may what."""
    for statement in (*_TABLES, *_GRANTS):
        op.execute(statement)
