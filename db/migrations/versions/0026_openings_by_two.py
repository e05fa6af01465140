"""Sharing that a restore closed is opened by two stewards: one proposes, with words on what was done, another decides (AMENDMENTS 15)."""

from alembic import op

revision = "0026"
down_revision = "0025"

_STATEMENTS = (
    "ALTER TABLE consent.proposal ADD COLUMN words bytea",
    "ALTER TABLE consent.proposal DROP CONSTRAINT proposal_kind_check, DROP CONSTRAINT proposal_cause_check",
    """
    ALTER TABLE consent.proposal
        ADD CONSTRAINT proposal_kind_check CHECK (kind IN ('annul_act', 'annul_denial', 'end_agreement', 'reopen')),
        ADD CONSTRAINT proposal_cause_check CHECK ((cause IS NULL) = (kind IN ('end_agreement', 'reopen'))),
        ADD CONSTRAINT proposal_words_check CHECK ((words IS NULL) = (kind <> 'reopen'))
    """,
)


def upgrade() -> None:
    """Let an opening be proposed; its words are encrypted."""
    for statement in _STATEMENTS:
        op.execute(statement)
