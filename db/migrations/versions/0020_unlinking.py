"""At a class's end a year of the log is linked to nobody any more: details, their keys and decisions go, entries stay (ACCESS-LOG 14)."""

from alembic import op

revision = "0020"
down_revision = "0019"

_TABLES = """
CREATE TABLE audit.retention_class (
    class text NOT NULL,
    years integer NOT NULL CHECK (years > 0),
    law text NOT NULL,
    verified boolean NOT NULL,
    approved_by text[] NOT NULL,
    valid_from timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT retention_class_pkey PRIMARY KEY (class, valid_from)
);
CREATE TABLE audit.unlinked (
    year smallint NOT NULL,
    class text NOT NULL,
    claim uuid NOT NULL,
    CONSTRAINT unlinked_pkey PRIMARY KEY (year, class)
);
"""
_FIRST = (
    ("sote", 12, "703/2023"),
    ("benefit", 5, "906/2019 17 §"),
    ("employment", 5, "906/2019 17 §"),
    ("admin", 5, "906/2019 17 §"),
    ("hidden", 12, "703/2023"),
)
_UNLINK = """
CREATE FUNCTION audit.unlink(claim uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_year integer;
    of_class text;
    removed bigint;
BEGIN
    SELECT split_part(e.about, '/', 1)::integer, split_part(e.about, '/', 2) INTO of_year, of_class
      FROM (SELECT convert_from(entry, 'UTF8')::jsonb #>> '{change,id}' AS about
              FROM audit.event WHERE id = claim AND type = 'retention.unlinked') AS e
     WHERE e.about ~ '^[0-9]{4}/[a-z]+$';
    IF of_year IS NULL OR EXISTS (
        SELECT FROM audit.event WHERE id = claim AND extract(year FROM seq_t AT TIME ZONE 'UTC') <= of_year
    ) THEN
        RAISE EXCEPTION 'Only what a sealed event of a later year names is unlinked.' USING ERRCODE = 'LU003';
    END IF;
    LOCK TABLE audit.detail, audit.decision IN SHARE ROW EXCLUSIVE MODE;
    ALTER TABLE audit.detail DISABLE TRIGGER append_only;
    ALTER TABLE audit.decision DISABLE TRIGGER append_only;
    DELETE FROM audit.detail d USING audit.detail_key k WHERE k.log = of_year AND k.class = of_class AND d.key_id = k.key_id;
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM audit.decision d USING audit.event e
     WHERE e.class = of_class AND e.t >= make_timestamptz(of_year, 1, 1, 0, 0, 0, 'UTC')
       AND e.t < make_timestamptz(of_year + 1, 1, 1, 0, 0, 0, 'UTC') AND d.event_id = e.id;
    DELETE FROM audit.detail_key WHERE log = of_year AND class = of_class;
    ALTER TABLE audit.detail ENABLE ALWAYS TRIGGER append_only;
    ALTER TABLE audit.decision ENABLE ALWAYS TRIGGER append_only;
    INSERT INTO audit.unlinked VALUES (of_year, of_class, claim) ON CONFLICT DO NOTHING;
    RETURN removed;
END
$$;
"""
_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
ALTER TABLE audit.{table} ENABLE ALWAYS TRIGGER append_only;
"""
_READERS = "audit_sequence, audit_auditor, luukku_verifier, luukku_keeper, luukku_reconciler, luukku_web"
_GRANTS = (
    f"GRANT SELECT ON audit.retention_class, audit.unlinked TO {_READERS}",
    "GRANT SELECT (id, log, index, class, type, seq_t) ON audit.event TO luukku_keeper",
    "GRANT SELECT (log) ON audit.signer TO luukku_keeper",
    "GRANT SELECT (log, class) ON audit.detail_key TO luukku_keeper",
    "GRANT EXECUTE ON FUNCTION audit.unlink TO audit_prune, luukku_keeper",
    "GRANT EXECUTE ON FUNCTION audit.prune TO luukku_keeper",
)
"""The keeper may take away what a sealed event names, and nothing else."""


def upgrade() -> None:
    """Make the tables and the function as the log's own owner; the first rows hold until two people decide otherwise."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute(_TABLES)
    for class_, years, law in _FIRST:
        op.execute(
            "INSERT INTO audit.retention_class (class, years, law, verified, approved_by, valid_from) "  # noqa: S608 - constants above
            f"VALUES ('{class_}', {years}, '{law}', false, '{{luukku}}', '2026-01-01Z')"
        )
    for table in ("retention_class", "unlinked"):
        op.execute(_GUARD.format(table=table))
    for statement in (_UNLINK, *_GRANTS):
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
