"""What was appended is noted once more, until it is sealed: a row that leaves the inbox otherwise is missed (ACCESS-LOG 7)."""

from alembic import op

revision = "0042"
down_revision = "0041"

_TABLE = """
CREATE TABLE audit.appended (
    number bigint GENERATED ALWAYS AS IDENTITY,
    ids uuid[] NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT appended_pkey PRIMARY KEY (number)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
"""

_APPEND_ALL = """
CREATE OR REPLACE FUNCTION audit.append_all(
    ids uuid[], bodies bytea[], key_ids uuid[], wrapped bytea[], nonces bytea[], boxes bytea[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
    added bigint;
BEGIN
    WITH given AS MATERIALIZED (
        SELECT u.*, convert_from(u.body, 'UTF8')::jsonb AS event
          FROM unnest(ids, bodies, key_ids, wrapped, nonces, boxes)
               WITH ORDINALITY AS u (id, body, key_id, wrapped, nonce, box, place)
    ), refusal AS MATERIALIZED (
        SELECT CASE
                   WHEN k.type IS NULL THEN 'The event is of no listed type.'
                   WHEN NOT g.event ?& k.required THEN 'The event lacks a member that its type requires.'
                   ELSE 'The event is out of form.'
               END AS sentence
          FROM given g LEFT JOIN audit.event_type k ON k.type = g.event ->> 'type'
         WHERE k.type IS NULL
            OR NOT g.event ?& k.required
            OR g.event ?| ARRAY['seq_t', 'person_n', 'person_prev']
            OR g.event ->> 'id' IS DISTINCT FROM g.id::text
            OR octet_length(g.body) > 3936
            OR coalesce(g.event ->> 'person', repeat('0', 32)) !~ '^[0-9a-f]{32}$'
            OR num_nulls(g.key_id, g.wrapped, g.nonce, g.box) NOT IN (0, 4)
         LIMIT 1
    ), addition AS (
        INSERT INTO audit.inbox (id, body, person, key_id, wrapped, nonce, box)
        SELECT g.id, g.body, decode(g.event ->> 'person', 'hex'), g.key_id, g.wrapped, g.nonce, g.box
          FROM given g
         WHERE NOT EXISTS (SELECT FROM refusal)
           AND NOT EXISTS (SELECT FROM audit.event e WHERE e.id = g.id)
         ORDER BY g.place
            ON CONFLICT (id) DO NOTHING
        RETURNING id
    ), noted AS (
        INSERT INTO audit.appended (ids) SELECT array_agg(a.id) FROM addition a HAVING count(*) > 0
    )
    SELECT (SELECT sentence FROM refusal), (SELECT count(*) FROM addition) INTO refused, added;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION '%', refused USING ERRCODE = 'LU001';
    END IF;
    IF added < cardinality(ids) THEN
        PERFORM audit.refuse_other_bodies(ids, bodies);
    END IF;
    RETURN added;
END
$$;
"""
"""As it was, and a row for each call."""

_UNSETTLED = """
CREATE FUNCTION audit.unsettled(ids uuid[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM unnest(ids) AS g (id)
         WHERE NOT EXISTS (SELECT FROM audit.event e WHERE e.id = g.id)
           AND NOT EXISTS (SELECT FROM audit.review r WHERE r.rule = 'record_missing' AND r.about = g.id))
$$;
"""
"""An event is settled when it is sealed, or missing and a case of the auditors."""

_SETTLE = """
CREATE FUNCTION audit.settle() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (DELETE FROM audit.appended a WHERE NOT audit.unsettled(a.ids) RETURNING 1) SELECT count(*) FROM gone
$$;
"""

_GUARD = """
CREATE FUNCTION audit.refuse_unsettled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone WHERE audit.unsettled(gone.ids)) THEN
        RAISE EXCEPTION 'Rows of audit.% stay until what they note is sealed.', TG_TABLE_NAME USING ERRCODE = 'LU002';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON audit.appended
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER until_sealed AFTER DELETE ON audit.appended REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_unsettled();
ALTER TABLE audit.appended ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE audit.appended ENABLE ALWAYS TRIGGER until_sealed;
"""

_GRANTS = """
GRANT SELECT ON audit.appended TO luukku_reconciler;
GRANT EXECUTE ON FUNCTION audit.settle TO luukku_reconciler;
"""


def upgrade() -> None:
    """Make it as the log's own owner; what waits in the inbox already is noted by nobody."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in (_TABLE, _APPEND_ALL, _UNSETTLED, _SETTLE, _GUARD, _GRANTS):
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
