"""Receipts, who issues them, how parties are reached, scans of papers, and who was told of an ending (CONSENT.md 9 to 12)."""

from alembic import op

revision = "0008"
down_revision = "0007"

_CONSENT = """
CREATE TABLE consent.issuer (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    url text NOT NULL,
    log text NOT NULL
);
INSERT INTO consent.issuer (url, log) VALUES ('https://luukku.example', 'luukku.example');
CREATE TABLE consent.party_card (
    party text NOT NULL,
    name_fi text NOT NULL,
    name_sv text NOT NULL,
    name_en text NOT NULL,
    email text NOT NULL,
    phone text,
    url text,
    street text NOT NULL,
    postcode text NOT NULL,
    town text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (party, recorded_at)
);
CREATE TABLE consent.receipt (
    jti uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    event text NOT NULL,
    about uuid NOT NULL,
    agreement_id uuid,
    subject uuid NOT NULL,
    jws text NOT NULL,
    sha256 bytea NOT NULL,
    previous_sha256 bytea,
    issued_at timestamptz NOT NULL
);
CREATE INDEX receipt_person_id_idx ON consent.receipt (person_id);
CREATE INDEX receipt_about_idx ON consent.receipt (about);
CREATE TABLE consent.evidence (
    evidence_id uuid PRIMARY KEY,
    act_id uuid NOT NULL REFERENCES consent.act,
    sha256 bytea NOT NULL,
    media_type text NOT NULL,
    bytes integer NOT NULL,
    object_key text NOT NULL,
    office text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT evidence_media_type_check CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg'))
);
CREATE INDEX evidence_act_id_idx ON consent.evidence (act_id);
"""
"""``receipt.about``: the act, denial or pause the receipt is of. ``subject``: the pairwise pseudonym it calls the person by."""

_PUBLISH = """
CREATE TABLE publish.outbox (
    notice_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    recipient text NOT NULL,
    seq bigint NOT NULL,
    about uuid NOT NULL,
    event text NOT NULL,
    told_at timestamptz NOT NULL,
    taken_at timestamptz,
    fetched_at timestamptz,
    applied_at timestamptz,
    done text,
    CONSTRAINT outbox_done_check CHECK (done IN ('deleted', 'restricted', 'nothing_held')),
    CONSTRAINT outbox_applied_check CHECK ((applied_at IS NULL) = (done IS NULL))
);
CREATE INDEX outbox_about_idx ON publish.outbox (about);
CREATE INDEX outbox_person_id_idx ON publish.outbox (person_id);
CREATE INDEX outbox_recipient_idx ON publish.outbox (recipient, seq);
CREATE INDEX outbox_untaken_idx ON publish.outbox (told_at) WHERE taken_at IS NULL;
CREATE INDEX outbox_unapplied_idx ON publish.outbox (told_at) WHERE applied_at IS NULL;
"""

_APPEND_ONLY = ("party_card", "receipt", "evidence")
_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON consent.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION consent.refuse();
"""

_GRANTS = (
    "GRANT SELECT ON consent.issuer, consent.party_card TO luukku_publisher, luukku_web",
    "GRANT SELECT, INSERT ON consent.receipt, consent.evidence TO luukku_web",
    "GRANT INSERT ON consent.party_card TO luukku_web",
    "GRANT UPDATE (url, log) ON consent.issuer TO luukku_web",
    "GRANT SELECT ON consent.issuer, consent.party_card TO luukku_keeper",
    "GRANT SELECT, DELETE ON consent.receipt, consent.evidence, publish.outbox TO luukku_keeper",
    "GRANT SELECT, INSERT, UPDATE (taken_at, fetched_at, applied_at, done) ON publish.outbox TO luukku_web",
    "GRANT SELECT ON publish.outbox TO luukku_publisher",
    "GRANT SELECT ON publish.leave, publish.to_erase TO luukku_web",
)
"""Publishing has no business with receipts and scans: only the web shows them, only the keeper erases them."""


_DECISIONS = (
    "SET LOCAL ROLE audit_owner",
    "CREATE INDEX decision_person_id_at_idx ON audit.decision (person_id, at)",
    "GRANT SELECT (person_id, at, event_id, request, results) ON audit.decision TO luukku_web",
    "SET LOCAL ROLE luukku_owner",
)
"""The proof of a withdrawal is made of the decisions about its person: the last permit before, the first refusal after."""


def upgrade() -> None:
    """Make the tables, keep what is appended as it is, and say who may what."""
    guards = (_GUARD.format(table=table) for table in _APPEND_ONLY)
    for statement in (_CONSENT, _PUBLISH, *guards, *_GRANTS, *_DECISIONS):
        op.execute(statement)
