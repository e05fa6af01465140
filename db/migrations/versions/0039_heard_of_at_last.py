"""People who are known but of whom nothing of the kind was ever told hear all of it in one go, as those who are new do."""

from alembic import op

revision = "0039"
down_revision = "0038"

_TOLD = "uuid[], text[], text[], timestamptz[]"
_SIGNATURE = f"consent.first_told(uuid[], {_TOLD}, {_TOLD}, timestamptz[], timestamptz)"
_FIRST_TOLD = """
CREATE FUNCTION consent.first_told(
    p_person uuid[],
    p_of uuid[], p_kind text[], p_value text[], p_from timestamptz[],
    p_task_of uuid[], p_ground text[], p_place text[], p_task_from timestamptz[], p_task_until timestamptz[],
    p_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moment timestamptz := coalesce(p_at, clock_timestamp());
    moved uuid[] := ARRAY(
        SELECT id FROM unnest(p_of) AS id
         UNION
        SELECT t.id FROM unnest(p_task_of, p_place) AS t (id, place) WHERE t.place IS NOT NULL
    );
BEGIN
    PERFORM FROM consent.person WHERE person_id = ANY (moved) ORDER BY person_id FOR NO KEY UPDATE;
    IF NOT consent.first_facts(p_person, p_kind) OR NOT consent.first_tasks(p_person, p_ground) THEN
        RETURN NULL;
    END IF;
    INSERT INTO consent.person AS p (person_id, birth_date, deceased_at, protected, coach, language, consent_seq, changed_at)
    SELECT id, f.birth_date, f.deceased_at, coalesce(f.protected, false), f.coach, f.language, 1, moment
      FROM unnest(moved) AS id
      LEFT JOIN (SELECT told.person_id,
                        max(value) FILTER (WHERE kind = 'birth_date')::date AS birth_date,
                        max(coalesce(from_at, '1000-01-01Z')) FILTER (WHERE kind = 'deceased' AND value <> 'false') AS deceased_at,
                        bool_or(value = 'true') FILTER (WHERE kind LIKE 'protected%') AS protected,
                        max(value) FILTER (WHERE kind = 'coach') AS coach,
                        max(value) FILTER (WHERE kind = 'language') AS language
                   FROM unnest(p_of, p_kind, p_value, p_from) AS told (person_id, kind, value, from_at)
                  GROUP BY told.person_id) f ON f.person_id = id
     ORDER BY id
        ON CONFLICT (person_id) DO UPDATE
       SET birth_date = coalesce(excluded.birth_date, p.birth_date), deceased_at = coalesce(excluded.deceased_at, p.deceased_at),
           protected = p.protected OR excluded.protected, coach = coalesce(excluded.coach, p.coach),
           language = coalesce(excluded.language, p.language), consent_seq = p.consent_seq + 1,
           changed_at = greatest(moment, p.changed_at + interval '1 microsecond');
    IF NOT consent.first_facts(p_person, p_kind) OR NOT consent.first_tasks(p_person, p_ground) THEN
        RAISE serialization_failure USING MESSAGE = 'somebody else told of these people meanwhile';
    END IF;
    INSERT INTO consent.person_fact (person_id, kind, value, from_at, recorded_at)
    SELECT told.person_id, told.kind, told.value, told.from_at, p.changed_at
      FROM unnest(p_of, p_kind, p_value, p_from) AS told (person_id, kind, value, from_at)
      JOIN consent.person p ON p.person_id = told.person_id
     ORDER BY told.person_id, told.kind;
    INSERT INTO consent.task (person_id, ground, place, recipient, from_at, until_at, recorded_at)
    SELECT s.person_id, s.ground, s.place, s.recipient, s.from_at, s.until_at, p.changed_at
      FROM consent.served(p_task_of, p_ground, p_place, p_task_from, p_task_until) s
      JOIN consent.person p ON p.person_id = s.person_id
     ORDER BY s.person_id;
    RETURN cardinality(p_person);
END
$$
"""
"""``introduce`` for people who may be known: one change of each, not two. NULL, and nothing written, where any of these kinds was told of
one of them before: that takes comparing, by ``learn`` and ``learn_tasks``. The second look is for those whom nobody knew at the first."""


def upgrade() -> None:
    """Add it, for whoever may introduce."""
    op.execute(_FIRST_TOLD)
    op.execute(f"REVOKE ALL ON FUNCTION {_SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO luukku_connector")
