"""An id that was used with two bodies is noted for the auditors, also where the transaction that tried it fails (ACCESS-LOG 15)."""

from alembic import op

revision = "0037"
down_revision = "0036"

_TABLE = """
CREATE TABLE audit.append_conflict (
    id uuid NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT append_conflict_pkey PRIMARY KEY (id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.append_conflict
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
ALTER TABLE audit.append_conflict ENABLE ALWAYS TRIGGER append_only;
"""

_REUSED = """
CREATE FUNCTION audit.reused(ids uuid[], bodies bytea[]) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT g.id
      FROM unnest(ids, bodies) AS g (id, body)
      LEFT JOIN audit.inbox i ON i.id = g.id
      LEFT JOIN audit.event e ON e.id = g.id
     WHERE i.body <> g.body
        OR convert_from(e.entry, 'UTF8')::jsonb - '{seq_t,person_n,person_prev}'::text[] <> convert_from(g.body, 'UTF8')::jsonb
$$;
"""

_REFUSE_OTHER_BODIES = """
CREATE OR REPLACE FUNCTION audit.refuse_other_bodies(ids uuid[], bodies bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM audit.reused(ids, bodies)) THEN
        RAISE EXCEPTION 'The id of the event was used for another event.' USING ERRCODE = 'LU004';
    END IF;
END
$$;
"""

_NOTE = """
CREATE FUNCTION audit.note_conflicts(ids uuid[], bodies bytea[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO audit.append_conflict (id) SELECT id FROM audit.reused(ids, bodies) AS id ON CONFLICT DO NOTHING
$$;
"""
"""Whoever may append may call it: it notes nothing but what it finds itself, and an id once."""

_GRANTS = """
GRANT EXECUTE ON FUNCTION audit.note_conflicts TO audit_append;
GRANT INSERT ON audit.append_conflict TO audit_sequence;
GRANT SELECT ON audit.append_conflict TO luukku_reconciler;
"""


def upgrade() -> None:
    """Make it as the log's own owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in (_TABLE, _REUSED, _REFUSE_OTHER_BODIES, _NOTE, _GRANTS):
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
