"""Whether changes of the schema tell the log of themselves."""

from sqlalchemy import text as sql  # noqa: TID251 - the catalogue's own tables read best as SQL

from db.engine import Read

_UNWATCHED = sql("""
    SELECT wanted FROM unnest(ARRAY['ddl_command_end', 'sql_drop']) AS wanted
     WHERE NOT EXISTS (
           SELECT FROM pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid
            WHERE t.evtevent = wanted AND t.evtenabled = 'A' AND t.evttags IS NULL
              AND p.pronamespace = 'audit'::regnamespace AND p.proname = 'tell_schema_change'
              AND strpos(p.prosrc, 'PERFORM audit.append(') > 0)
     ORDER BY 1
""")


def unwatched(read: Read) -> list[str]:
    """Name the events of the database that no event trigger of ours tells of any more."""
    return list(read.execute(_UNWATCHED).scalars())
