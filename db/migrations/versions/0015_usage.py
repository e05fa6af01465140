"""A person's list finds the feed pages that named them; a system finds what it was answered (ACCESS-LOG 8, API.md 5.4, 5.9)."""

from alembic import op

revision = "0015"
down_revision = "0014"

_NUMBERS = """
CREATE FUNCTION audit.page_numbers(p_entry bytea) RETURNS int8range
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = '' AS $$
DECLARE
    result jsonb;
BEGIN
    result := pg_catalog.convert_from(p_entry, 'UTF8')::jsonb -> 'result';
    IF result ? 'from' THEN
        RETURN pg_catalog.int8range((result ->> 'from')::bigint, (result ->> 'to')::bigint, '[]');
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
CREATE INDEX event_page_numbers_idx ON audit.event USING gist (audit.page_numbers(entry)) WHERE type = 'disclosure.page';
"""
"""The numbers of the entries that a page spans; none where it is empty, or is no page any more: what was altered is still restored."""

_PAGES = """
CREATE VIEW audit.feed_page AS
    SELECT e.log, e.index, e.id, e.t, e.seq_t, e.org, e.entry, audit.page_numbers(e.entry) AS numbers,
           d.key_id, k.wrapped, d.nonce, d.box
      FROM audit.event e
      LEFT JOIN audit.detail d ON d.event_id = e.id
      LEFT JOIN audit.detail_key k ON k.key_id = d.key_id
     WHERE e.type = 'disclosure.page';
"""
"""Pages name nobody: whom one told of follows from the numbers alone, so every person's reader may look for theirs."""

_TOLD = "CREATE INDEX change_person_id_idx ON publish.change (person_id)"
_GRANTS = """
GRANT SELECT ON audit.feed_page TO audit_person;
REVOKE ALL ON FUNCTION audit.page_numbers(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.page_numbers(bytea) TO audit_sequence, audit_person, audit_auditor;
GRANT SELECT (decision_id) ON audit.decision TO luukku_web;
"""


def upgrade() -> None:
    """Make it as the log's own owner; the feeds are the house's."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in (_NUMBERS, _PAGES, _GRANTS):
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
    op.execute(_TOLD)
