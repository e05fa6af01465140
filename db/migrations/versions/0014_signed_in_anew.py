"""When somebody last proved who they are, and the session that a fresh sign-in is for; what visitors tell of the pages (PAGES.md 2)."""

from alembic import op

revision = "0014"
down_revision = "0013"

_SESSIONS = (
    "ALTER TABLE web.session ADD COLUMN signed_in_at timestamptz",
    "ALTER TABLE web.sign_in ADD COLUMN renews bytea",
    "ALTER TABLE web.draft DROP CONSTRAINT draft_session_hash_fkey",
    """
    ALTER TABLE web.draft ADD CONSTRAINT draft_session_hash_fkey
        FOREIGN KEY (session_hash) REFERENCES web.session ON UPDATE CASCADE ON DELETE CASCADE
    """,
)
"""A session signed in anew gets a new secret and keeps the forms begun in it."""

_FEEDBACK = (
    """
    CREATE TABLE web.feedback (
        feedback_id uuid NOT NULL,
        reference_hash bytea NOT NULL,
        box bytea NOT NULL,
        sent_at timestamptz NOT NULL,
        answer bytea,
        answered_by text,
        answered_at timestamptz,
        CONSTRAINT feedback_pkey PRIMARY KEY (feedback_id),
        CONSTRAINT feedback_reference_hash_key UNIQUE (reference_hash),
        CONSTRAINT feedback_answer_check CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL))
    )
    """,
    "CREATE INDEX feedback_sent_at_idx ON web.feedback (sent_at)",
    """
    INSERT INTO publish.retention VALUES
        ('feedback', 'the sending', 365, '(EU) 2016/679 art. 5(1)(e)', false, '{luukku}', '2026-01-01Z', clock_timestamp())
    """,
)

_GRANTS = (
    "GRANT UPDATE (session_hash, signed_in_at) ON web.session TO luukku_web",
    "GRANT SELECT, INSERT, UPDATE (answer, answered_by, answered_at) ON web.feedback TO luukku_web",
    "GRANT SELECT, DELETE ON web.feedback TO luukku_keeper",
)


def upgrade() -> None:
    """Add the columns and the table, say how long feedback is kept, and who may what."""
    for statement in (*_SESSIONS, *_FEEDBACK, *_GRANTS):
        op.execute(statement)
