"""A person's request to correct their data is handed on to the source that the data come from, and its answer is kept (AMENDMENTS 17)."""

from alembic import op

revision = "0024"
down_revision = "0023"

_EVENTS = ("correction.handed", "correction.answered")
_STATEMENTS = (
    """
    CREATE TABLE publish.correction (
        correction_id uuid NOT NULL,
        person_id uuid NOT NULL,
        controller text NOT NULL,
        category text NOT NULL,
        words bytea NOT NULL,
        asked_at timestamptz NOT NULL,
        tried_at timestamptz,
        handed_at timestamptz,
        reference text,
        outcome text,
        answer bytea,
        answered_at timestamptz,
        CONSTRAINT correction_pkey PRIMARY KEY (correction_id)
    )
    """,
    "CREATE INDEX correction_person_id_idx ON publish.correction (person_id)",
    "CREATE INDEX correction_open_idx ON publish.correction (asked_at) WHERE answered_at IS NULL",
    """
    INSERT INTO publish.retention VALUES
        ('corrections', 'the source''s answer, or the request while there is none', 1826, '(EU) 2016/679 art. 5(2)', false, '{luukku}',
         '2026-01-01Z', clock_timestamp())
    """,
    "GRANT SELECT, INSERT, UPDATE ON publish.correction TO luukku_web",
    "GRANT SELECT, DELETE ON publish.correction TO luukku_keeper",
)
"""``words`` and ``answer`` are encrypted; the request is its case's (``audit.review``), under the same id."""


def upgrade() -> None:
    """Make the table, say how long its rows are kept and who may what, and let both steps stand in the log."""
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("SET LOCAL ROLE audit_owner")
    for type_ in _EVENTS:
        op.execute(
            f"INSERT INTO audit.event_type VALUES ('{type_}', '{{v,id,t,type,outcome,class,actor,person,change}}')"  # noqa: S608 - constants
        )
    op.execute("SET LOCAL ROLE luukku_owner")
