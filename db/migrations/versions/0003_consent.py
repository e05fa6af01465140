"""Schema consent: what people want, what the law and the agreements say, and what decisions know of a person (CONSENT.md 3)."""

from alembic import op

revision = "0003"
down_revision = "0002"

_PEOPLE = """
CREATE TABLE consent.person (
    person_id uuid PRIMARY KEY,
    birth_date date,
    deceased_at timestamptz,
    protected boolean NOT NULL DEFAULT false,
    coach text,
    language text,
    consent_seq bigint NOT NULL DEFAULT 0,
    changed_at timestamptz,
    stale boolean NOT NULL DEFAULT false
) WITH (fillfactor = 80);
CREATE TABLE consent.person_fact (
    person_id uuid NOT NULL,
    kind text NOT NULL,
    value text,
    from_at timestamptz,
    until_at timestamptz,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, kind, recorded_at),
    CONSTRAINT person_fact_kind_check CHECK (kind IN (
        'birth_date', 'deceased', 'protected', 'protected:te', 'protected:kela', 'protected:sote', 'coach', 'language', 'guardian'
    ))
);
CREATE TABLE consent.merged (
    person_id uuid NOT NULL,
    into_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, into_id)
);
CREATE INDEX merged_into_id_idx ON consent.merged (into_id);
CREATE TABLE consent.recipient (
    recipient_id uuid PRIMARY KEY,
    recipient text NOT NULL,
    kind text NOT NULL,
    area text,
    municipality text,
    county text,
    valid_from timestamptz,
    valid_until timestamptz,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT recipient_kind_check CHECK (kind IN ('employment_authority', 'county', 'kela', 'keha'))
);
CREATE INDEX recipient_area_idx ON consent.recipient (area) WHERE area IS NOT NULL;
CREATE INDEX recipient_municipality_idx ON consent.recipient (municipality) WHERE municipality IS NOT NULL;
CREATE TABLE consent.recipient_user (
    recipient text NOT NULL,
    pseudonym text NOT NULL,
    te_tunnus text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz,
    confirmed_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (recipient, pseudonym, te_tunnus, recorded_at)
);
CREATE INDEX recipient_user_te_tunnus_idx ON consent.recipient_user (te_tunnus);
CREATE TABLE consent.task (
    person_id uuid NOT NULL,
    ground text NOT NULL,
    place text,
    recipient text,
    from_at timestamptz,
    until_at timestamptz,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT task_ground_check CHECK (ground IN ('residence', 'area', 'tym', 'financing', 'coach'))
);
CREATE INDEX task_person_id_ground_recorded_at_idx ON consent.task (person_id, ground, recorded_at);
CREATE INDEX task_recipient_idx ON consent.task (recipient);
"""

_REGISTER = """
CREATE TABLE consent.register (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL
);
INSERT INTO consent.register (seq) VALUES (1);
CREATE TABLE consent.agreement (
    agreement_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    controller text NOT NULL,
    source text NOT NULL,
    categories text[] NOT NULL,
    recipient text NOT NULL,
    recipient_system text,
    purpose text NOT NULL,
    task_ground text,
    special boolean NOT NULL,
    max_days integer NOT NULL DEFAULT 365,
    extension_allowed boolean NOT NULL DEFAULT true,
    signature_to_grant boolean NOT NULL DEFAULT false,
    signature_to_withdraw boolean NOT NULL DEFAULT false,
    own_act_age integer NOT NULL DEFAULT 18,
    max_grace_days integer NOT NULL DEFAULT 30,
    retention_days integer,
    onward boolean NOT NULL DEFAULT false,
    storage_place text,
    jurisdiction text,
    withdrawal_url text,
    rights_url text,
    authority text,
    dpia_ref text,
    approved_by text[] NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (agreement_id, version),
    CONSTRAINT agreement_state_check CHECK (state IN ('DRAFT', 'VALID', 'INVALID'))
);
CREATE TABLE consent.notice (
    agreement_id uuid NOT NULL,
    n integer NOT NULL,
    text_fi text NOT NULL,
    text_sv text NOT NULL,
    text_en text NOT NULL,
    sha256_fi bytea NOT NULL,
    sha256_sv bytea NOT NULL,
    sha256_en bytea NOT NULL,
    change text NOT NULL,
    approved_by text[] NOT NULL,
    published_at timestamptz NOT NULL,
    grace_until timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (agreement_id, n),
    CONSTRAINT notice_change_check CHECK (change IN ('first', 'editorial', 'narrower', 'material'))
);
CREATE TABLE consent.statute (
    statute_id uuid NOT NULL,
    version integer NOT NULL,
    key text NOT NULL,
    law_ref text NOT NULL,
    text_fi text NOT NULL,
    text_sv text NOT NULL,
    text_en text NOT NULL,
    verified boolean NOT NULL,
    kind text NOT NULL,
    controller_kind text NOT NULL,
    categories text[] NOT NULL,
    recipient_kind text NOT NULL,
    purpose text NOT NULL,
    task_ground text,
    overrides_denial boolean NOT NULL DEFAULT true,
    dpia_ref text,
    approved_by text[] NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (statute_id, version),
    CONSTRAINT statute_kind_check CHECK (kind IN ('statute', 'emergency'))
);
"""

_ACTS = """
CREATE TABLE consent.act (
    act_id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    person_id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    signed_at timestamptz NOT NULL,
    effective_from timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    channel text NOT NULL,
    voice uuid,
    notice_n integer,
    notice_language text,
    notice_sha256 bytea,
    recorded_by text NOT NULL,
    office text,
    needs_second boolean NOT NULL DEFAULT false,
    digest bytea NOT NULL,
    command text UNIQUE,
    CONSTRAINT act_channel_check CHECK (channel IN ('online', 'counter', 'phone', 'paper', 'import'))
);
CREATE INDEX act_person_id_idx ON consent.act (person_id);
CREATE TABLE consent.act_item (
    act_id uuid NOT NULL REFERENCES consent.act,
    category text NOT NULL,
    kind text NOT NULL,
    valid_until timestamptz,
    data_from timestamptz,
    data_until timestamptz,
    PRIMARY KEY (act_id, category),
    CONSTRAINT act_item_kind_check CHECK (kind IN (
        'requested', 'deferred', 'given', 'renewed', 'refused', 'withdrawn', 'revoked'
    ))
);
CREATE TABLE consent.confirmation (
    act_id uuid PRIMARY KEY REFERENCES consent.act,
    confirmed_by text NOT NULL,
    confirmed_at timestamptz NOT NULL,
    accepted boolean NOT NULL
);
CREATE TABLE consent.denial (
    denial_id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    person_id uuid NOT NULL,
    source text,
    controller text,
    category text,
    recipient text,
    purpose text,
    data_from timestamptz,
    data_until timestamptz,
    allow_emergency boolean NOT NULL,
    signed_at timestamptz NOT NULL,
    effective_from timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    channel text NOT NULL,
    voice uuid,
    recorded_by text NOT NULL,
    office text,
    digest bytea NOT NULL,
    command text UNIQUE,
    CONSTRAINT denial_channel_check CHECK (channel IN ('online', 'counter', 'phone', 'paper', 'import'))
);
CREATE INDEX denial_person_id_idx ON consent.denial (person_id);
CREATE TABLE consent.denial_lift (
    denial_id uuid PRIMARY KEY REFERENCES consent.denial,
    signed_at timestamptz NOT NULL,
    effective_from timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    channel text NOT NULL,
    voice uuid,
    recorded_by text NOT NULL,
    office text
);
CREATE TABLE consent.invalidation (
    invalidation_id uuid PRIMARY KEY,
    act_id uuid UNIQUE REFERENCES consent.act,
    denial_id uuid UNIQUE REFERENCES consent.denial,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    confirmed_by text,
    cause text NOT NULL,
    CONSTRAINT invalidation_one_check CHECK (num_nonnulls(act_id, denial_id) = 1)
);
CREATE TABLE consent.suspension (
    suspension_id uuid NOT NULL,
    person_id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (suspension_id, recorded_at)
);
CREATE INDEX suspension_person_id_idx ON consent.suspension (person_id);
CREATE TABLE consent.representation (
    representation_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    representative uuid NOT NULL,
    kind text NOT NULL,
    scope text,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT representation_kind_check CHECK (kind IN ('guardian', 'mandate', 'legal_guardian'))
);
CREATE INDEX representation_person_id_idx ON consent.representation (person_id);
CREATE TABLE consent.representation_check (
    representation_id uuid NOT NULL REFERENCES consent.representation,
    checked_at timestamptz NOT NULL,
    allowed boolean NOT NULL,
    answer_ref text,
    PRIMARY KEY (representation_id, checked_at)
);
CREATE TABLE consent.current (
    person_id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    category text NOT NULL,
    minor boolean,
    from_at timestamptz,
    until_at timestamptz,
    step smallint NOT NULL,
    act_id uuid,
    notice_n integer NOT NULL,
    data_from timestamptz,
    data_until timestamptz
);
CREATE UNIQUE INDEX current_stretch_idx ON consent.current (person_id, agreement_id, category, minor, from_at) NULLS NOT DISTINCT;
"""

_APPEND_ONLY = (
    "person_fact",
    "merged",
    "recipient",
    "recipient_user",
    "task",
    "agreement",
    "notice",
    "statute",
    "act",
    "act_item",
    "confirmation",
    "denial",
    "denial_lift",
    "invalidation",
    "suspension",
    "representation",
    "representation_check",
)

_REFUSE = """
CREATE FUNCTION consent.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of consent.% are added and never changed.', TG_TABLE_NAME USING ERRCODE = 'LU002';
END
$$;
"""

_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON consent.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION consent.refuse();
"""
"""Rows whose time of keeping has ended are deleted, by the owner alone; nobody is granted it here."""

_HELD = """
CREATE VIEW consent.fact_held AS
SELECT person_id, kind, value, from_at, until_at, recorded_at
  FROM (SELECT f.*, rank() OVER (PARTITION BY person_id, kind ORDER BY recorded_at DESC) AS age FROM consent.person_fact f) newest
 WHERE age = 1;
CREATE VIEW consent.task_held AS
SELECT person_id, ground, place, recipient, from_at, until_at, recorded_at
  FROM (SELECT t.*, rank() OVER (PARTITION BY person_id, ground ORDER BY recorded_at DESC) AS age FROM consent.task t) newest
 WHERE age = 1 AND place IS NOT NULL;
"""
"""The last fact of a kind is what is held; the last set of tasks on a ground likewise, a row without a place being an empty one."""

_MICROS = """
CREATE FUNCTION consent.micros(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM at) * 1000000)::bigint;
"""
"""A moment as microseconds since 1970, for what is copied out in bulk."""

_SERVED = """
CREATE FUNCTION consent.served(
    p_person uuid[], p_ground text[], p_place text[], p_from timestamptz[], p_until timestamptz[]
) RETURNS TABLE (person_id uuid, ground text, place text, recipient text, from_at timestamptz, until_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
    SELECT DISTINCT told.person_id, told.ground, told.place, r.recipient,
           greatest(told.from_at, r.valid_from), least(told.until_at, r.valid_until)
      FROM unnest(p_person, p_ground, p_place, p_from, p_until) AS told (person_id, ground, place, from_at, until_at)
      LEFT JOIN (SELECT true AS municipal, municipality AS place, recipient, valid_from, valid_until FROM consent.recipient
                  UNION ALL
                 SELECT false, area, recipient, valid_from, valid_until FROM consent.recipient) r
        ON r.place = told.place AND r.municipal = (told.ground IN ('residence', 'financing'))
       AND (r.valid_until IS NULL OR told.from_at IS NULL OR told.from_at < r.valid_until)
       AND (r.valid_from IS NULL OR told.until_at IS NULL OR r.valid_from < told.until_at)
     WHERE told.place IS NOT NULL
$$;
"""
"""Who serves a place: a municipality for residence and financing, an employment area for all else, each in its time."""

_LEARN = """
CREATE FUNCTION consent.news(
    p_person uuid[], p_kind text[], p_value text[], p_from timestamptz[], p_until timestamptz[]
) RETURNS TABLE (person_id uuid, kind text, value text, from_at timestamptz, until_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
    SELECT told.person_id, told.kind, told.value, told.from_at, told.until_at
      FROM (SELECT DISTINCT ON (u.person_id, u.kind) u.*
              FROM unnest(p_person, p_kind, p_value, p_from, p_until)
                   WITH ORDINALITY AS u (person_id, kind, value, from_at, until_at, place)
             ORDER BY u.person_id, u.kind, u.place DESC) told
      LEFT JOIN (SELECT * FROM consent.fact_held WHERE person_id = ANY (p_person)) held
        ON held.person_id = told.person_id AND held.kind = told.kind
     WHERE held.person_id IS NULL
        OR (held.value, held.from_at, held.until_at) IS DISTINCT FROM (told.value, told.from_at, told.until_at)
$$;

CREATE FUNCTION consent.learn(
    p_person uuid[], p_kind text[], p_value text[], p_from timestamptz[], p_until timestamptz[],
    p_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moved uuid[];
    learnt bigint;
BEGIN
    PERFORM consent.meet(p_person);
    moved := ARRAY(SELECT DISTINCT n.person_id FROM consent.news(p_person, p_kind, p_value, p_from, p_until) n);
    PERFORM consent.touch(moved, p_at);
    INSERT INTO consent.person_fact (person_id, kind, value, from_at, until_at, recorded_at)
    SELECT n.person_id, n.kind, n.value, n.from_at, n.until_at, p.changed_at
      FROM consent.news(p_person, p_kind, p_value, p_from, p_until) n
      JOIN consent.person p ON p.person_id = n.person_id
     WHERE n.person_id = ANY (moved) AND p.person_id = ANY (moved);
    GET DIAGNOSTICS learnt = ROW_COUNT;
    PERFORM consent.copy_facts(moved);
    RETURN learnt;
END
$$;

CREATE FUNCTION consent.meet(p_person uuid[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO consent.person (person_id)
    SELECT DISTINCT id FROM unnest(p_person) AS id WHERE id IS NOT NULL ORDER BY id
        ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION consent.touch(p_person uuid[], p_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM FROM consent.person WHERE person_id = ANY (p_person) ORDER BY person_id FOR NO KEY UPDATE;
    UPDATE consent.person
       SET consent_seq = consent_seq + 1,
           changed_at = greatest(coalesce(p_at, clock_timestamp()), changed_at + interval '1 microsecond')
     WHERE person_id = ANY (p_person);
END
$$;

CREATE FUNCTION consent.copy_facts(p_person uuid[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
    UPDATE consent.person p
       SET birth_date = held.birth_date, deceased_at = held.deceased_at, protected = held.protected,
           coach = held.coach, language = held.language
      FROM (SELECT person_id,
                   max(value) FILTER (WHERE kind = 'birth_date')::date AS birth_date,
                   max(coalesce(from_at, '1000-01-01Z')) FILTER (WHERE kind = 'deceased' AND value <> 'false') AS deceased_at,
                   coalesce(bool_or(value = 'true') FILTER (WHERE kind LIKE 'protected%'), false) AS protected,
                   max(value) FILTER (WHERE kind = 'coach') AS coach,
                   max(value) FILTER (WHERE kind = 'language') AS language
              FROM consent.fact_held WHERE person_id = ANY (p_person) GROUP BY person_id) held
     WHERE held.person_id = p.person_id AND p.person_id = ANY (p_person)
$$;
"""
"""Facts that differ from those held are appended, the people they are about locked and numbered anew, in the caller's transaction.

A first load fills tables that the planner still takes for empty, and would loop over: nested loops are off in these functions.
Plans are made for the arrays at hand: a general plan compares each row with every element.
"""

_LEARN_TASKS = """
CREATE FUNCTION consent.reassigned(
    p_person uuid[], p_ground text[], p_place text[], p_from timestamptz[], p_until timestamptz[]
) RETURNS TABLE (person_id uuid, ground text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
    WITH told AS (
        SELECT s.person_id, s.ground, array_agg(ROW(s.place, s.recipient, s.from_at, s.until_at)::text ORDER BY s.*) AS tasks
          FROM consent.served(p_person, p_ground, p_place, p_from, p_until) s GROUP BY s.person_id, s.ground
    ), held AS (
        SELECT h.person_id, h.ground,
               array_agg(ROW(h.place, h.recipient, h.from_at, h.until_at)::text
                         ORDER BY ROW(h.person_id, h.ground, h.place, h.recipient, h.from_at, h.until_at)) AS tasks
          FROM consent.task_held h WHERE h.person_id = ANY (p_person) GROUP BY h.person_id, h.ground
    )
    SELECT DISTINCT u.person_id, u.ground
      FROM unnest(p_person, p_ground) AS u (person_id, ground)
      LEFT JOIN told ON told.person_id = u.person_id AND told.ground = u.ground
      LEFT JOIN held ON held.person_id = u.person_id AND held.ground = u.ground
     WHERE told.tasks IS DISTINCT FROM held.tasks
$$;

CREATE FUNCTION consent.learn_tasks(
    p_person uuid[], p_ground text[], p_place text[], p_from timestamptz[], p_until timestamptz[],
    p_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    moved uuid[];
    learnt bigint;
BEGIN
    PERFORM consent.meet(p_person);
    moved := ARRAY(SELECT DISTINCT r.person_id FROM consent.reassigned(p_person, p_ground, p_place, p_from, p_until) r);
    PERFORM consent.touch(moved, p_at);
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
    RETURN learnt;
END
$$;

CREATE FUNCTION consent.resolve_tasks(p_recipient text, p_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan AS $$
    SELECT consent.learn_tasks(array_agg(h.person_id), array_agg(h.ground), array_agg(h.place),
                               array_agg(h.from_at), array_agg(h.until_at), p_at)
      FROM (SELECT DISTINCT person_id, ground, place, from_at, until_at FROM consent.task_held) h
     WHERE EXISTS (SELECT FROM consent.task_held t
                    JOIN consent.recipient r ON t.place IN (r.area, r.municipality)
                   WHERE r.recipient = p_recipient AND t.person_id = h.person_id AND t.ground = h.ground)
$$;
"""

_INTRODUCE = """
CREATE FUNCTION consent.introduce(
    p_person uuid[],
    p_of uuid[], p_kind text[], p_value text[], p_from timestamptz[],
    p_task_of uuid[], p_ground text[], p_place text[], p_task_from timestamptz[], p_task_until timestamptz[],
    p_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := coalesce(p_at, clock_timestamp());
BEGIN
    INSERT INTO consent.person (person_id, birth_date, deceased_at, protected, coach, language, consent_seq, changed_at)
    SELECT id, f.birth_date, f.deceased_at, coalesce(f.protected, false), f.coach, f.language, 1, moment
      FROM unnest(p_person) AS id
      LEFT JOIN (SELECT told.person_id,
                        max(value) FILTER (WHERE kind = 'birth_date')::date AS birth_date,
                        max(coalesce(from_at, '1000-01-01Z')) FILTER (WHERE kind = 'deceased' AND value <> 'false') AS deceased_at,
                        bool_or(value = 'true') FILTER (WHERE kind LIKE 'protected%') AS protected,
                        max(value) FILTER (WHERE kind = 'coach') AS coach,
                        max(value) FILTER (WHERE kind = 'language') AS language
                   FROM unnest(p_of, p_kind, p_value, p_from) AS told (person_id, kind, value, from_at)
                  GROUP BY told.person_id) f ON f.person_id = id
     ORDER BY id;
    INSERT INTO consent.person_fact (person_id, kind, value, from_at, recorded_at)
    SELECT told.person_id, told.kind, told.value, told.from_at, moment
      FROM unnest(p_of, p_kind, p_value, p_from) AS told (person_id, kind, value, from_at)
     ORDER BY told.person_id, told.kind;
    INSERT INTO consent.task (person_id, ground, place, recipient, from_at, until_at, recorded_at)
    SELECT s.person_id, s.ground, s.place, s.recipient, s.from_at, s.until_at, moment
      FROM consent.served(p_task_of, p_ground, p_place, p_task_from, p_task_until) s
     ORDER BY s.person_id;
    RETURN cardinality(p_person);
END
$$;
"""
"""``learn`` and ``learn_tasks`` in one for people whom nobody knew a moment ago: nothing is held that could differ, nobody waits for them.
A person who is known is refused (23505); each kind and ground is told once."""

_MERGE = """
CREATE FUNCTION consent.merge_person(p_from uuid, p_into uuid, p_at timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM consent.meet(ARRAY[p_from, p_into]);
    PERFORM consent.touch(ARRAY[p_from, p_into], p_at);
    INSERT INTO consent.merged (person_id, into_id, recorded_at)
    SELECT m.person_id, p_into, p.changed_at
      FROM consent.person p,
           (SELECT p_from AS person_id UNION SELECT person_id FROM consent.merged WHERE into_id = p_from) m
     WHERE p.person_id = p_into
        ON CONFLICT DO NOTHING;
    PERFORM consent.learn_tasks(array_agg(p_from), array_agg(ground), array_agg(NULL::text),
                                array_agg(NULL::timestamptz), array_agg(NULL::timestamptz), p_at)
       FROM (SELECT DISTINCT ground FROM consent.task_held WHERE person_id = p_from) held;
    PERFORM consent.learn(array_agg(p_into), array_agg(kind), array_agg(value), array_agg(from_at), array_agg(until_at), p_at)
       FROM consent.fact_held f
      WHERE person_id = p_from AND value <> 'false' AND (kind LIKE 'protected%' OR kind = 'deceased')
        AND NOT EXISTS (SELECT FROM consent.fact_held g WHERE g.person_id = p_into AND g.kind = f.kind);
    UPDATE consent.person SET stale = true WHERE person_id = p_into;
END
$$;
"""
"""What was said under the one is from now on said under the other: nothing is moved, ``merged`` tells. The one has no task any more."""

_LOCKS = """
CREATE FUNCTION consent.unchanged(p_person uuid[], p_consent_seq bigint[], p_register_seq bigint[]) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH people AS MATERIALIZED (
        SELECT person_id, consent_seq FROM consent.person
         WHERE person_id = ANY (p_person) ORDER BY person_id FOR SHARE SKIP LOCKED
    ), register AS MATERIALIZED (
        SELECT seq FROM consent.register FOR SHARE SKIP LOCKED
    )
    SELECT asked.place::integer
      FROM unnest(p_person, p_consent_seq, p_register_seq)
           WITH ORDINALITY AS asked (person_id, consent_seq, register_seq, place)
      JOIN people ON people.person_id = asked.person_id AND people.consent_seq = asked.consent_seq
      JOIN register ON register.seq = asked.register_seq
$$;

CREATE FUNCTION consent.hold(p_person uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held bigint;
BEGIN
    PERFORM FROM consent.register FOR SHARE;
    PERFORM FROM consent.person WHERE person_id = ANY (p_person) ORDER BY person_id FOR SHARE;
    GET DIAGNOSTICS held = ROW_COUNT;
    RETURN held;
END
$$;
"""
"""``unchanged`` gives the places, from 1, of what still holds and skips what a change holds; ``hold`` waits for it, and in a snapshot
fails with 40001 where something has moved since."""

_READ_BY = "luukku_publisher, luukku_web"
_APPENDED_BY_WEB = tuple(table for table in _APPEND_ONLY if table not in ("person_fact", "merged", "task"))
_GRANTS = (
    f"GRANT SELECT ON ALL TABLES IN SCHEMA consent TO {_READ_BY}",
    *(f"GRANT INSERT ON consent.{table} TO luukku_web" for table in _APPENDED_BY_WEB),
    "GRANT UPDATE (consent_seq, changed_at, stale) ON consent.person TO luukku_web",
    "GRANT UPDATE (seq) ON consent.register TO luukku_web",
    "GRANT INSERT, DELETE ON consent.current TO luukku_web",
    "GRANT EXECUTE ON FUNCTION consent.resolve_tasks TO luukku_web",
    "GRANT EXECUTE ON FUNCTION consent.learn, consent.learn_tasks, consent.introduce, consent.merge_person TO luukku_connector",
    "GRANT EXECUTE ON FUNCTION consent.hold TO luukku_publisher",
    f"GRANT EXECUTE ON FUNCTION consent.micros TO {_READ_BY}",
    "GRANT EXECUTE ON FUNCTION consent.unchanged TO luukku_sequencer",
)


def upgrade() -> None:
    """Make the tables, the functions by which others add to them, and the grants."""
    for statement in (_PEOPLE, _REGISTER, _ACTS, _REFUSE, *(_GUARD.format(table=table) for table in _APPEND_ONLY)):
        op.execute(statement)
    for statement in (_HELD, _MICROS, _SERVED, _LEARN, _LEARN_TASKS, _INTRODUCE, _MERGE, _LOCKS, *_GRANTS):
        op.execute(statement)
