"""The rooms of the house: one schema per package, owned by the owner, entered by those who work there."""

from alembic import op

from db.metadata import Schema

revision = "0001"
down_revision = None

_ENTERED_BY = {
    Schema.STAGING: "luukku_connector, luukku_publisher, luukku_web",
    Schema.CONSENT: "luukku_connector, luukku_publisher, luukku_web, luukku_sequencer",
    Schema.PUBLISH: "luukku_connector, luukku_publisher, luukku_web",
    Schema.AUDIT: (
        "luukku_connector, luukku_publisher, luukku_web, luukku_sequencer, luukku_verifier, "
        "audit_append, audit_sequence, audit_person, audit_steward, audit_auditor, audit_reveal, audit_prune"
    ),
    Schema.WEB: "luukku_web",
}
"""To enter a schema shows nothing of it: each table's own migration grants what may be read and written."""


def upgrade() -> None:
    """Make the schemas; functions are nobody's to run until granted."""
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for schema, logins in _ENTERED_BY.items():
        op.execute(f"CREATE SCHEMA {schema}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {logins}")
    op.execute("GRANT ALL ON SCHEMA audit TO audit_owner")
