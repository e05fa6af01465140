"""Reading the log: who may see what of it, the indexes that searches walk, and the auditors' cases."""

from alembic import op

revision = "0009"
down_revision = "0008"

_INDEXES = """
CREATE INDEX event_t_index_idx ON audit.event (t, index);
CREATE INDEX event_type_t_idx ON audit.event (type, t);
CREATE INDEX event_system_t_idx ON audit.event (system, t) WHERE system IS NOT NULL;
"""
"""Beside those of person, organisation and user; a search of any other field walks the times it names."""

_REVIEWS = """
CREATE TABLE audit.review (
    review_id uuid NOT NULL,
    rule text NOT NULL,
    about uuid NOT NULL,
    person bytea,
    opened_at timestamptz NOT NULL,
    due_at timestamptz,
    opening uuid NOT NULL,
    CONSTRAINT review_pkey PRIMARY KEY (review_id),
    CONSTRAINT review_rule_about_key UNIQUE (rule, about)
);
CREATE INDEX review_person_idx ON audit.review (person) WHERE person IS NOT NULL;
CREATE TABLE audit.review_end (
    review_id uuid NOT NULL,
    outcome text NOT NULL,
    closed_at timestamptz NOT NULL,
    closing uuid NOT NULL,
    CONSTRAINT review_end_pkey PRIMARY KEY (review_id),
    CONSTRAINT review_end_outcome_check CHECK (outcome IN ('explained', 'corrected', 'breach', 'no_finding'))
);
"""

_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
ALTER TABLE audit.{table} ENABLE ALWAYS TRIGGER append_only;
"""

_OWN = """
CREATE VIEW audit.{view} WITH (security_barrier) AS
    SELECT * FROM audit.{table} WHERE person = ANY (ARRAY(
        SELECT decode(name, 'hex') FROM unnest(string_to_array(current_setting('luukku.person', true), ',')) AS name));
"""
"""What stands about the one person whom the reader is, by the pseudonyms named for this one transaction."""

_GRANTS = """
GRANT SELECT ON audit.event, audit.decision, audit.detail, audit.detail_key, audit.review, audit.review_end TO audit_auditor;
GRANT SELECT ON audit.node, audit.checkpoint, audit.cosignature, audit.signer TO audit_auditor, audit_person;
GRANT SELECT ON audit.own_event, audit.own_review TO audit_person;
GRANT SELECT ON audit.review_end TO audit_person;
GRANT INSERT ON audit.review TO audit_auditor, audit_person;
GRANT INSERT ON audit.review_end TO audit_auditor;
"""


def upgrade() -> None:
    """Make it as the log's own owner; a person's role sees rows of that person alone, and no role changes any."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute(_INDEXES)
    op.execute(_REVIEWS)
    for table in ("review", "review_end"):
        op.execute(_GUARD.format(table=table))
    for view, table in (("own_event", "event"), ("own_review", "review")):
        op.execute(_OWN.format(view=view, table=table))
    op.execute(_GRANTS)
    op.execute("SET LOCAL ROLE luukku_owner")
