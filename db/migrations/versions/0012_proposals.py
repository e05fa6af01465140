"""What one steward proposes and another of the office decides: annulling a no, ending an agreement (CONSENT.md 11, PAGES.md 2)."""

from alembic import op

revision = "0012"
down_revision = "0011"

_TABLES = """
CREATE TABLE consent.proposal (
    proposal_id uuid PRIMARY KEY,
    kind text NOT NULL,
    about uuid NOT NULL,
    cause text,
    office text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT proposal_kind_check CHECK (kind IN ('annul_act', 'annul_denial', 'end_agreement')),
    CONSTRAINT proposal_cause_check CHECK ((cause IS NULL) = (kind = 'end_agreement'))
);
CREATE INDEX proposal_about_idx ON consent.proposal (about);
CREATE INDEX proposal_office_idx ON consent.proposal (office, proposed_at);
CREATE TABLE consent.proposal_end (
    proposal_id uuid PRIMARY KEY REFERENCES consent.proposal,
    accepted boolean NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
"""
"""``about``: the act, the denial or the agreement."""

_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON consent.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION consent.refuse();
"""
_GRANTS = (
    "GRANT SELECT, INSERT ON consent.proposal, consent.proposal_end TO luukku_web",
    "GRANT SELECT, DELETE ON consent.proposal, consent.proposal_end TO luukku_keeper",
)


def upgrade() -> None:
    """Make the tables, keep what is appended as it is, and say who may what."""
    op.execute(_TABLES)
    for table in ("proposal", "proposal_end"):
        op.execute(_GUARD.format(table=table))
    for statement in _GRANTS:
        op.execute(statement)
