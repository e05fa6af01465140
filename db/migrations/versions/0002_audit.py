"""The log: an inbox that every writer may append to, and the tables that only the sequencer fills (ACCESS-LOG 4)."""

from alembic import op

revision = "0002"
down_revision = "0001"

_EVERY_ENTRY = ("v", "id", "t", "type", "outcome", "class", "actor")

_REQUIRED = {
    "access.failed": ("request",),
    "access.refused": ("request",),
    "agreement.changed": ("change",),
    "batch.held": ("change",),
    "batch.released": ("change",),
    "clock.jump": (),
    "config.changed": ("change",),
    "conflict.closed": ("categories", "person"),
    "conflict.opened": ("categories", "person"),
    "consent.confirmed": ("categories", "change", "person"),
    "consent.deferred": ("categories", "change", "person"),
    "consent.expired": ("categories", "change", "person"),
    "consent.given": ("categories", "change", "person"),
    "consent.invalidated": ("categories", "change", "person"),
    "consent.refused": ("categories", "change", "person"),
    "consent.rejected": ("categories", "change", "person"),
    "consent.renewed": ("categories", "change", "person"),
    "consent.requested": ("categories", "change", "person"),
    "consent.resumed": ("categories", "change", "person"),
    "consent.revoked": ("categories", "change", "person"),
    "consent.suspended": ("categories", "change", "person"),
    "consent.withdrawn": ("categories", "change", "person"),
    "denial.lifted": ("change", "person"),
    "denial.recorded": ("change", "person"),
    "disclosure.aborted": ("ref",),
    "disclosure.exported": ("categories", "decision", "purpose", "request"),
    "disclosure.page": ("purpose", "request", "result"),
    "disclosure.pushed": ("categories", "decision", "purpose", "request"),
    "disclosure.read": ("categories", "decision", "purpose", "request"),
    "dispute.answered": ("change",),
    "dispute.opened": ("change",),
    "ended.applied": ("person",),
    "ended.told": ("person",),
    "evidence.viewed": ("change",),
    "finding.closed": (),
    "finding.opened": (),
    "heartbeat": (),
    "identity.changed": ("change", "person"),
    "index.root": ("result",),
    "key.rotated": ("change",),
    "leave.entered": ("person",),
    "leave.left": ("person",),
    "leave.listed": ("result",),
    "load.completed": ("result",),
    "log.closed": (),
    "log.exported": ("result",),
    "log.opened": (),
    "log.read": (),
    "log.restored": ("result",),
    "log.revealed": ("ref",),
    "log.verified": (),
    "notice.published": ("change",),
    "person.asked": ("person",),
    "person.merged": ("change", "person"),
    "person.searched": (),
    "person.viewed": ("person",),
    "quarantine.discarded": ("change",),
    "quarantine.explained": ("change",),
    "quarantine.released": ("change",),
    "query.consents": ("purpose", "request"),
    "query.decided": ("categories", "decision", "purpose", "request"),
    "query.resolved": ("purpose", "request"),
    "receipt.issued": ("change", "person"),
    "representation.checked": ("change", "person"),
    "responses.counted": ("result",),
    "retention.erased": ("result",),
    "retention.pruned": ("result",),
    "retention.unlinked": ("result",),
    "review.closed": ("change",),
    "review.opened": ("change",),
    "schema.changed": ("change",),
    "section.erased": ("categories", "person"),
    "session.opened": (),
    "source.fetched": ("change", "result"),
    "statute.changed": ("change",),
    "view.published": (),
}
"""The catalogue as ``audit.catalogue`` has it; a test holds the two together."""

_TABLES = """
CREATE TABLE audit.event_type (
    type text PRIMARY KEY,
    required text[] NOT NULL
);
CREATE TABLE audit.inbox (
    ticket bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    body bytea NOT NULL,
    person bytea,
    key_id uuid,
    wrapped bytea,
    nonce bytea,
    box bytea,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX inbox_person_idx ON audit.inbox (person) WHERE person IS NOT NULL;

CREATE TABLE audit.event (
    log smallint NOT NULL,
    index bigint NOT NULL,
    id uuid NOT NULL UNIQUE,
    entry bytea NOT NULL,
    leaf bytea NOT NULL,
    seq_t timestamptz NOT NULL,
    t timestamptz NOT NULL,
    type text NOT NULL,
    outcome text NOT NULL,
    class text NOT NULL,
    org text,
    system text,
    actor_user bytea,
    role text,
    person bytea,
    person_n bigint,
    purpose text,
    categories text[],
    reasons text[],
    decision_id uuid,
    ref uuid,
    PRIMARY KEY (log, index)
);
CREATE INDEX event_person_person_n_idx ON audit.event (person, person_n) WHERE person IS NOT NULL;
CREATE INDEX event_org_t_idx ON audit.event (org, t) WHERE org IS NOT NULL;
CREATE INDEX event_actor_user_t_idx ON audit.event (actor_user, t) WHERE actor_user IS NOT NULL;
CREATE INDEX event_decision_id_idx ON audit.event (decision_id) WHERE decision_id IS NOT NULL;
CREATE INDEX event_seq_t_idx ON audit.event USING brin (seq_t);

CREATE TABLE audit.node (
    log smallint NOT NULL,
    level smallint NOT NULL,
    n bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (log, level, n)
);
CREATE TABLE audit.checkpoint (
    log smallint NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (log, size)
);
CREATE TABLE audit.cosignature (
    log smallint NOT NULL,
    size bigint NOT NULL,
    witness text NOT NULL,
    line text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (log, size, witness)
);
CREATE TABLE audit.decision (
    decision_id uuid PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    person_id uuid,
    request jsonb NOT NULL,
    at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    policy text NOT NULL,
    inputs_digest bytea NOT NULL,
    outcome text NOT NULL,
    results jsonb NOT NULL,
    consent_seq bigint NOT NULL,
    register_seq bigint NOT NULL
);
CREATE TABLE audit.proof (
    key text NOT NULL,
    jti text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (key, jti)
);
CREATE INDEX proof_at_idx ON audit.proof (at);
CREATE TABLE audit.person_head (
    log smallint NOT NULL,
    person bytea NOT NULL,
    n bigint NOT NULL,
    leaf bytea NOT NULL,
    PRIMARY KEY (log, person)
) WITH (fillfactor = 70);
CREATE TABLE audit.detail (
    event_id uuid PRIMARY KEY,
    key_id uuid NOT NULL,
    nonce bytea NOT NULL,
    box bytea NOT NULL
);
CREATE TABLE audit.detail_key (
    key_id uuid PRIMARY KEY,
    log smallint NOT NULL,
    class text NOT NULL,
    person bytea,
    wrapped bytea NOT NULL
);
CREATE INDEX detail_key_log_class_person_idx ON audit.detail_key (log, class, person);
CREATE TABLE audit.signer (
    log smallint NOT NULL,
    name text NOT NULL,
    vkey text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (log, vkey)
);
"""

_APPEND_ONLY = ("event", "node", "checkpoint", "cosignature", "decision", "detail", "signer")

_REFUSE = """
CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of audit.% are added and never changed or removed.', TG_TABLE_NAME USING ERRCODE = 'LU002';
END
$$;
"""

_GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
ALTER TABLE audit.{table} ENABLE ALWAYS TRIGGER append_only;
"""
"""ALWAYS: it fires for every role and in every replication mode."""

_APPEND_ALL = """
CREATE FUNCTION audit.append_all(
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
        RETURNING 1
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

_REFUSE_OTHER_BODIES = """
CREATE FUNCTION audit.refuse_other_bodies(ids uuid[], bodies bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(ids, bodies) AS g (id, body)
               LEFT JOIN audit.inbox i ON i.id = g.id
               LEFT JOIN audit.event e ON e.id = g.id
         WHERE i.body <> g.body
            OR convert_from(e.entry, 'UTF8')::jsonb - '{seq_t,person_n,person_prev}'::text[]
               <> convert_from(g.body, 'UTF8')::jsonb
    ) THEN
        RAISE EXCEPTION 'The id of the event was used for another event.' USING ERRCODE = 'LU001';
    END IF;
END
$$;
"""

_APPEND = """
CREATE FUNCTION audit.append(id uuid, body bytea, key_id uuid, wrapped bytea, nonce bytea, box bytea)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN audit.append_all(ARRAY[id], ARRAY[body], ARRAY[key_id], ARRAY[wrapped], ARRAY[nonce], ARRAY[box]);
"""

_PRUNE = """
CREATE FUNCTION audit.prune(claim uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pruned_log smallint;
    until bigint;
    removed bigint;
BEGIN
    SELECT (e.result ->> 'log')::smallint, (e.result ->> 'to')::bigint INTO pruned_log, until
      FROM (SELECT convert_from(entry, 'UTF8')::jsonb -> 'result' AS result
              FROM audit.event WHERE id = claim AND type = 'retention.pruned') AS e;
    IF until IS NULL OR EXISTS (SELECT FROM audit.event WHERE id = claim AND log = pruned_log) THEN
        RAISE EXCEPTION 'Only what a sealed event of a later log names is pruned.' USING ERRCODE = 'LU003';
    END IF;
    LOCK TABLE audit.event, audit.detail, audit.decision IN SHARE ROW EXCLUSIVE MODE;
    ALTER TABLE audit.event DISABLE TRIGGER append_only;
    ALTER TABLE audit.detail DISABLE TRIGGER append_only;
    ALTER TABLE audit.decision DISABLE TRIGGER append_only;
    DELETE FROM audit.detail d USING audit.event e WHERE e.log = pruned_log AND e.index <= until AND d.event_id = e.id;
    DELETE FROM audit.decision d USING audit.event e WHERE e.log = pruned_log AND e.index <= until AND d.event_id = e.id;
    DELETE FROM audit.event WHERE log = pruned_log AND index <= until;
    GET DIAGNOSTICS removed = ROW_COUNT;
    ALTER TABLE audit.event ENABLE ALWAYS TRIGGER append_only;
    ALTER TABLE audit.detail ENABLE ALWAYS TRIGGER append_only;
    ALTER TABLE audit.decision ENABLE ALWAYS TRIGGER append_only;
    RETURN removed;
END
$$;
"""
"""Entries go, with what lies beside them; nodes and checkpoints stay, so that every proof made before, or after, verifies."""

_GRANTS = """
GRANT EXECUTE ON FUNCTION audit.prune TO audit_prune;
GRANT EXECUTE ON FUNCTION audit.append, audit.append_all TO audit_append;
GRANT SELECT, DELETE ON audit.inbox TO audit_sequence;
GRANT SELECT, INSERT ON
    audit.event, audit.node, audit.checkpoint, audit.cosignature, audit.decision,
    audit.detail, audit.detail_key, audit.signer TO audit_sequence;
GRANT SELECT, INSERT, DELETE ON audit.proof TO audit_sequence;
GRANT SELECT, INSERT, UPDATE ON audit.person_head TO audit_sequence;
GRANT SELECT ON
    audit.event, audit.node, audit.checkpoint, audit.cosignature, audit.decision,
    audit.detail, audit.detail_key, audit.signer, audit.person_head TO luukku_verifier;
"""


def upgrade() -> None:
    """Make everything as the log's own owner, who cannot log in, so that no process owns what it writes."""
    op.execute("GRANT CREATE ON SCHEMA audit TO audit_owner")
    op.execute("SET LOCAL ROLE audit_owner")
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    op.execute(_TABLES)
    op.execute(_REFUSE)
    for table in _APPEND_ONLY:
        op.execute(_GUARD.format(table=table))
    for type_, required in _REQUIRED.items():
        members = ",".join((*_EVERY_ENTRY, *required))
        op.execute(f"INSERT INTO audit.event_type VALUES ('{type_}', '{{{members}}}')")  # noqa: S608 - constants above
    for function in (_REFUSE_OTHER_BODIES, _APPEND_ALL, _APPEND, _PRUNE):
        op.execute(function)
    op.execute(_GRANTS)
    op.execute("SET LOCAL ROLE luukku_owner")
