"""Schema web: who is signed in on the pages, who is on the way through the identity provider, and forms begun."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = (
    """
    CREATE TABLE web.session (
        session_hash bytea NOT NULL,
        role text NOT NULL,
        subject text NOT NULL,
        office text,
        person_id uuid,
        opened_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        idle_s integer NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT session_pkey PRIMARY KEY (session_hash),
        CONSTRAINT session_role_check CHECK (role IN ('person', 'case_worker', 'steward', 'auditor')),
        CONSTRAINT session_office_check CHECK ((office IS NOT NULL) = (role IN ('case_worker', 'steward')))
    )
    """,
    "CREATE INDEX session_ends_at_idx ON web.session (ends_at)",
    """
    CREATE TABLE web.sign_in (
        state_hash bytea NOT NULL,
        browser_hash bytea NOT NULL,
        nonce text NOT NULL,
        verifier text NOT NULL,
        back_to text NOT NULL,
        long_idle boolean NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT sign_in_pkey PRIMARY KEY (state_hash)
    )
    """,
    "CREATE INDEX sign_in_ends_at_idx ON web.sign_in (ends_at)",
    """
    CREATE TABLE web.draft (
        draft_hash bytea NOT NULL,
        session_hash bytea NOT NULL,
        box bytea NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT draft_pkey PRIMARY KEY (draft_hash),
        CONSTRAINT draft_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES web.session ON DELETE CASCADE
    )
    """,
    "CREATE INDEX draft_session_hash_idx ON web.draft (session_hash)",
    "CREATE INDEX draft_ends_at_idx ON web.draft (ends_at)",
)

GRANTS = (
    "GRANT SELECT, INSERT, UPDATE (seen_at), DELETE ON web.session TO luukku_web",
    "GRANT SELECT, INSERT, DELETE ON web.sign_in, web.draft TO luukku_web",
    "GRANT SELECT, DELETE ON web.session, web.sign_in, web.draft TO luukku_keeper",
)


def upgrade() -> None:
    """Make the tables and say who may what: only the web, and a session's row is never changed but for when it was last seen."""
    for statement in (*TABLES, *GRANTS):
        op.execute(statement)
