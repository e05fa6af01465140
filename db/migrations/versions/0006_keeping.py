"""How long what is kept is kept, of whom something is to be erased, and the one login that erases (AMENDMENTS 7, 11)."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = (
    """
    CREATE TABLE publish.retention (
        thing text NOT NULL,
        counted_from text NOT NULL,
        days integer NOT NULL,
        law text NOT NULL,
        verified boolean NOT NULL,
        approved_by text[] NOT NULL,
        valid_from timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT retention_pkey PRIMARY KEY (thing, valid_from),
        CONSTRAINT retention_days_check CHECK (days >= 0)
    )
    """,
    """
    CREATE TABLE publish.to_erase (
        number bigint GENERATED ALWAYS AS IDENTITY,
        person_id uuid NOT NULL,
        queued_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        looked_at timestamptz,
        copies_of text[] NOT NULL,
        CONSTRAINT to_erase_pkey PRIMARY KEY (number)
    )
    """,
    "CREATE INDEX to_erase_due_at_idx ON publish.to_erase (due_at)",
)

STORAGE_LIMITATION = "(EU) 2016/679 art. 5(1)(e)"
ACCOUNTABILITY = "(EU) 2016/679 art. 5(2)"
CONSENT_SHOWN = "(EU) 2016/679 art. 7(1)"

FIRST_ROWS = (
    ("staged_records", "the end of the person's last task", 90, STORAGE_LIMITATION),
    ("sections", "the end of the person's last task", 90, STORAGE_LIMITATION),
    ("landed_files", "the landing", 14, STORAGE_LIMITATION),
    ("checked_files", "the planning of their batches", 2, STORAGE_LIMITATION),
    ("leave_lists", "the writing of the list", 14, STORAGE_LIMITATION),
    ("open_quarantine", "the last time the row came", 180, STORAGE_LIMITATION),
    ("closed_quarantine", "the closing", 30, STORAGE_LIMITATION),
    ("ended_consents", "the end of the last consent, denial or pause of the person", 1_826, CONSENT_SHOWN),
    ("receipts", "the end of the consent", 1_826, CONSENT_SHOWN),
    ("scans", "the end of the consent on the form", 1_826, CONSENT_SHOWN),
    ("rejected_identities", "the day the identity was first told", 30, STORAGE_LIMITATION),
    ("feed_entries", "the entry, once superseded; the recipient's answer", 1_826, ACCOUNTABILITY),
    ("access_log", "the event; the length is that of class sote", 4_383, ACCOUNTABILITY),
    ("backups", "the making of the backup", 35, STORAGE_LIMITATION),
    ("sessions", "the end of the session", 1, STORAGE_LIMITATION),
)
"""Thing, what its time is counted from, days, the law we go by: none of these lengths has been confirmed with the authority."""

_ENDED = ("act", "act_item", "confirmation", "denial", "denial_lift", "invalidation", "suspension", "current")
_VOICES = ("representation", "representation_check")
_KNOWN = ("person", "person_fact", "task", "merged")
_FORGOTTEN = ", ".join(f"consent.{table}" for table in (*_ENDED, *_VOICES, *_KNOWN))

GRANTS = (
    "GRANT USAGE ON SCHEMA staging, consent, publish, audit, web TO luukku_keeper",
    "GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA staging TO luukku_keeper",
    "REVOKE DELETE ON staging.connection, staging.batch, staging.watermark, staging.source_health FROM luukku_keeper",
    "GRANT UPDATE (psyy, cut) ON staging.tyollisyysjakso TO luukku_keeper",
    "GRANT UPDATE (tehtavat, cut) ON staging.suunnitelma TO luukku_keeper",
    "GRANT UPDATE (state, held, manifest, manifest_sha256, store_key) ON staging.batch TO luukku_keeper",
    "GRANT INSERT ON staging.pending TO luukku_keeper",
    "GRANT SELECT ON ALL TABLES IN SCHEMA consent TO luukku_keeper",
    f"GRANT DELETE ON {_FORGOTTEN} TO luukku_keeper",
    "GRANT EXECUTE ON FUNCTION consent.micros TO luukku_keeper",
    "GRANT SELECT ON ALL TABLES IN SCHEMA publish TO luukku_keeper",
    "GRANT DELETE ON publish.section, publish.entitlement, publish.change, publish.person_ref TO luukku_keeper",
    "GRANT INSERT, UPDATE, DELETE ON publish.leave TO luukku_keeper",
    "GRANT UPDATE (due_at, looked_at, copies_of), DELETE ON publish.to_erase TO luukku_keeper",
    "GRANT INSERT ON publish.to_erase TO luukku_publisher, luukku_web",
    "GRANT SELECT ON publish.retention TO luukku_publisher, luukku_web",
)
"""What is kept is erased by this login alone, and it can neither write a record nor an act (CONSENT.md 3 is append-only to all others)."""


def upgrade() -> None:
    """Make the tables, say how long things are kept until somebody decides otherwise, and who may erase."""
    for statement in TABLES:
        op.execute(statement)
    for thing, counted_from, days, law in FIRST_ROWS:
        told = counted_from.replace("'", "''")
        op.execute(
            "INSERT INTO publish.retention VALUES "  # noqa: S608 - constants above
            f"('{thing}', '{told}', {days}, '{law}', false, '{{luukku}}', '2026-01-01Z', clock_timestamp())"
        )
    for statement in GRANTS:
        op.execute(statement)
