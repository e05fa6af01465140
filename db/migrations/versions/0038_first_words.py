"""What is told of people of whom nothing of the kind was ever told is not compared with what is held: it is all news."""

from alembic import op

revision = "0038"
down_revision = "0037"

_FACTS = """
CREATE FUNCTION consent.first_facts(p_person uuid[], p_kind text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    kinds text[] := ARRAY(SELECT DISTINCT kind FROM unnest(p_kind) AS kind);
BEGIN
    RETURN NOT EXISTS (SELECT FROM consent.person_fact WHERE person_id = ANY (p_person) AND kind = ANY (kinds));
END
$$;

CREATE OR REPLACE FUNCTION consent.learn(
    p_person uuid[], p_kind text[], p_value text[], p_from timestamptz[], p_until timestamptz[],
    p_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    first boolean;
    moved uuid[];
    learnt bigint;
BEGIN
    PERFORM consent.meet(p_person);
    first := consent.first_facts(p_person, p_kind);
    IF first THEN
        moved := ARRAY(SELECT DISTINCT id FROM unnest(p_person) AS id WHERE id IS NOT NULL);
    ELSE
        moved := ARRAY(SELECT DISTINCT n.person_id FROM consent.news(p_person, p_kind, p_value, p_from, p_until) n);
    END IF;
    PERFORM consent.touch(moved, p_at);
    IF first AND consent.first_facts(p_person, p_kind) THEN
        INSERT INTO consent.person_fact (person_id, kind, value, from_at, until_at, recorded_at)
        SELECT DISTINCT ON (u.person_id, u.kind) u.person_id, u.kind, u.value, u.from_at, u.until_at, p.changed_at
          FROM unnest(p_person, p_kind, p_value, p_from, p_until)
               WITH ORDINALITY AS u (person_id, kind, value, from_at, until_at, place)
          JOIN consent.person p ON p.person_id = u.person_id
         ORDER BY u.person_id, u.kind, u.place DESC;
    ELSE
        INSERT INTO consent.person_fact (person_id, kind, value, from_at, until_at, recorded_at)
        SELECT n.person_id, n.kind, n.value, n.from_at, n.until_at, p.changed_at
          FROM consent.news(p_person, p_kind, p_value, p_from, p_until) n
          JOIN consent.person p ON p.person_id = n.person_id
         WHERE n.person_id = ANY (moved) AND p.person_id = ANY (moved);
    END IF;
    GET DIAGNOSTICS learnt = ROW_COUNT;
    PERFORM consent.copy_facts(moved);
    RETURN learnt;
END
$$;
"""
"""Whether it is so is asked again once the people are locked: somebody else may have told of them meanwhile."""

_TASKS = """
CREATE FUNCTION consent.first_tasks(p_person uuid[], p_ground text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    grounds text[] := ARRAY(SELECT DISTINCT ground FROM unnest(p_ground) AS ground);
BEGIN
    RETURN NOT EXISTS (SELECT FROM consent.task WHERE person_id = ANY (p_person) AND ground = ANY (grounds));
END
$$;

CREATE OR REPLACE FUNCTION consent.learn_tasks(
    p_person uuid[], p_ground text[], p_place text[], p_from timestamptz[], p_until timestamptz[],
    p_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    first boolean;
    moved uuid[];
    learnt bigint;
BEGIN
    PERFORM consent.meet(p_person);
    first := consent.first_tasks(p_person, p_ground);
    IF first THEN
        moved := ARRAY(SELECT DISTINCT u.id FROM unnest(p_person, p_place) AS u (id, place) WHERE u.place IS NOT NULL);
    ELSE
        moved := ARRAY(SELECT DISTINCT r.person_id FROM consent.reassigned(p_person, p_ground, p_place, p_from, p_until) r);
    END IF;
    PERFORM consent.touch(moved, p_at);
    IF first AND consent.first_tasks(p_person, p_ground) THEN
        WITH added AS (
            INSERT INTO consent.task (person_id, ground, place, recipient, from_at, until_at, recorded_at)
            SELECT s.person_id, s.ground, s.place, s.recipient, s.from_at, s.until_at, p.changed_at
              FROM consent.served(p_person, p_ground, p_place, p_from, p_until) s
              JOIN consent.person p ON p.person_id = s.person_id
             ORDER BY s.person_id
            RETURNING person_id, ground
        )
        SELECT count(*) INTO learnt FROM (SELECT DISTINCT person_id, ground FROM added) sets;
    ELSE
        WITH sets AS MATERIALIZED (
            SELECT r.person_id, r.ground, p.changed_at
              FROM consent.reassigned(p_person, p_ground, p_place, p_from, p_until) r
              JOIN consent.person p ON p.person_id = r.person_id
             WHERE r.person_id = ANY (moved) AND p.person_id = ANY (moved)
        ), added AS (
            INSERT INTO consent.task (person_id, ground, place, recipient, from_at, until_at, recorded_at)
            SELECT sets.person_id, sets.ground, s.place, s.recipient, s.from_at, s.until_at, sets.changed_at
              FROM sets
              LEFT JOIN consent.served(p_person, p_ground, p_place, p_from, p_until) s
                ON s.person_id = sets.person_id AND s.ground = sets.ground
        )
        SELECT count(*) INTO learnt FROM sets;
    END IF;
    RETURN learnt;
END
$$;
"""
"""A ground of which nothing was ever told, and nothing is told now, is no news: nobody is numbered anew for it."""


def upgrade() -> None:
    """Add what tells it, and the way around the comparison."""
    op.execute(_FACTS)
    op.execute(_TASKS)
