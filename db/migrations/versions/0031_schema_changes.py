"""Whoever changes a table, a function or a grant of ours writes that into the log, in the same transaction (ACCESS-LOG 3)."""

from alembic import op

revision = "0031"
down_revision = "0030"

_TELL = r"""
CREATE FUNCTION audit.tell_schema_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours CONSTANT text[] := '{audit,consent,db,publish,staging,web}';
    object text;
    digest text;
    id text;
BEGIN
    IF TG_EVENT = 'ddl_command_end' THEN
        SELECT coalesce(c.object_identity, lower(c.object_type)) INTO object
          FROM pg_event_trigger_ddl_commands() AS c
         WHERE c.schema_name = ANY (ours)
            OR c.schema_name IS NULL AND (c.object_type <> 'schema' OR c.object_identity = ANY (ours))
         ORDER BY c.command_tag <> TG_TAG LIMIT 1;
    ELSIF TG_TAG LIKE 'DROP %' THEN
        SELECT d.object_identity INTO object
          FROM pg_event_trigger_dropped_objects() AS d
         WHERE d.original AND NOT d.is_temporary
           AND (d.schema_name = ANY (ours)
                OR d.schema_name IS NULL AND (d.object_type <> 'schema' OR d.object_identity = ANY (ours)))
         LIMIT 1;
    END IF;
    IF object IS NULL THEN
        RETURN;
    END IF;
    object := left(regexp_replace(object, '[^A-Za-z0-9_.,() ]', '?', 'g'), 120);
    digest := encode(sha256(convert_to(coalesce(current_query(), ''), 'UTF8')), 'hex');
    id := encode(sha256(convert_to(concat_ws('|', pg_current_xact_id()::text, TG_TAG, object, digest), 'UTF8')), 'hex');
    id := lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')
          || '7' || substr(id, 1, 3) || '8' || substr(id, 4, 15);
    PERFORM audit.append(id::uuid, convert_to(format(
        '{"actor":{"role":"%s","system":"database"},"change":{"digest":"%s","id":"%s","table":"%s"},"class":"admin",'
        '"id":"%s","outcome":"ok","t":"%s","type":"schema.changed","v"\:1}',
        CASE WHEN session_user LIKE 'luukku\_%' THEN session_user ELSE 'other' END,
        digest, TG_TAG, object, id::uuid, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), 'UTF8'),
        NULL, NULL, NULL, NULL);
END
$$;
"""
"""One event a transaction, statement, kind of command and object; temporary tables are nobody's schema.

The id follows from these, so that the same command once more in one statement (a trigger off and on again) writes no second one. Who is not
a login of ours is not named.
"""


def upgrade() -> None:
    """Make what the event triggers call; these are made by ``db.watched``, for only a superuser may."""
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute(_TELL)
    op.execute("SET LOCAL ROLE luukku_owner")
