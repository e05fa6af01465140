"""Schema publish: the sections, who may see whom, the feed, and the recipients with their systems."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = (
    """
    CREATE TABLE publish.section (
        person_id uuid NOT NULL,
        category text NOT NULL,
        controller text NOT NULL,
        body text,
        body_encrypted bytea,
        digest bytea NOT NULL,
        records text[] NOT NULL,
        published_at timestamptz NOT NULL,
        CONSTRAINT section_pkey PRIMARY KEY (person_id, category, controller),
        CONSTRAINT section_one_body_check CHECK ((body IS NULL) <> (body_encrypted IS NULL))
    )
    """,
    """
    CREATE TABLE publish.entitlement (
        recipient text NOT NULL,
        purpose text NOT NULL,
        person_id uuid NOT NULL,
        categories text[] NOT NULL,
        grounds text[] NOT NULL,
        visible bytea NOT NULL,
        consent_seq bigint NOT NULL,
        decided_at timestamptz NOT NULL,
        CONSTRAINT entitlement_pkey PRIMARY KEY (recipient, purpose, person_id)
    )
    """,
    "CREATE INDEX entitlement_person_id_idx ON publish.entitlement (person_id)",
    """
    CREATE TABLE publish.change (
        recipient text NOT NULL,
        seq bigint NOT NULL,
        person_id uuid NOT NULL,
        kind text NOT NULL,
        at timestamptz NOT NULL,
        superseded boolean NOT NULL,
        CONSTRAINT change_pkey PRIMARY KEY (recipient, seq),
        CONSTRAINT change_kind_check CHECK (kind IN ('changed', 'removed'))
    )
    """,
    "CREATE UNIQUE INDEX change_newest_idx ON publish.change (recipient, person_id) WHERE NOT superseded",
    """
    CREATE TABLE publish.person_ref (
        recipient text NOT NULL,
        person_id uuid NOT NULL,
        ref uuid NOT NULL,
        CONSTRAINT person_ref_pkey PRIMARY KEY (recipient, person_id),
        CONSTRAINT person_ref_ref_key UNIQUE (ref)
    )
    """,
    """
    CREATE TABLE publish.recipient (
        recipient text NOT NULL,
        number integer GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        purposes text[] NOT NULL,
        state text NOT NULL,
        CONSTRAINT recipient_pkey PRIMARY KEY (recipient),
        CONSTRAINT recipient_state_check CHECK (state IN ('active', 'stopped'))
    )
    """,
    """
    CREATE TABLE publish.recipient_system (
        system text NOT NULL,
        recipient text NOT NULL,
        scopes text[] NOT NULL,
        purposes text[] NOT NULL,
        algorithms text[] NOT NULL,
        jwks jsonb NOT NULL,
        token_audience boolean NOT NULL,
        state text NOT NULL,
        from_at timestamptz NOT NULL,
        until_at timestamptz,
        CONSTRAINT recipient_system_pkey PRIMARY KEY (system),
        CONSTRAINT recipient_system_state_check CHECK (state IN ('active', 'stopped'))
    )
    """,
    "CREATE INDEX recipient_system_recipient_idx ON publish.recipient_system (recipient)",
    """
    CREATE TABLE publish.leave (
        source text NOT NULL,
        person_id uuid NOT NULL,
        categories text[] NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT leave_pkey PRIMARY KEY (source, person_id)
    )
    """,
)

FEED = (
    # A sequence and not a counter in the row: publishing runs in a snapshot, where a row that another shard has counted up since
    # would end in 40001 each time. The row's lock, taken before a number is drawn and held to the commit, keeps the order.
    """
    CREATE FUNCTION publish.open_feed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
    BEGIN
        EXECUTE format('CREATE SEQUENCE publish.%I', 'feed_' || NEW.number);
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER open_feed AFTER INSERT ON publish.recipient
    FOR EACH ROW EXECUTE FUNCTION publish.open_feed()
    """,
    """
    CREATE FUNCTION publish.tell(p_recipient text[], p_person uuid[], p_kind text[], p_at timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
    DECLARE
        told bigint;
    BEGIN
        PERFORM FROM publish.recipient WHERE recipient = ANY (p_recipient) ORDER BY recipient FOR UPDATE;
        UPDATE publish.change c
           SET superseded = true
          FROM unnest(p_recipient, p_person) AS told (recipient, person_id)
         WHERE c.recipient = told.recipient AND c.person_id = told.person_id AND NOT c.superseded;
        INSERT INTO publish.change (recipient, seq, person_id, kind, at, superseded)
        SELECT r.recipient, nextval(format('publish.%I', 'feed_' || r.number)::regclass), t.person_id, t.kind, p_at, false
          FROM unnest(p_recipient, p_person, p_kind) AS t (recipient, person_id, kind)
          JOIN publish.recipient r USING (recipient);
        GET DIAGNOSTICS told = ROW_COUNT;
        RETURN told;
    END
    $$
    """,
)

GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON publish.section, publish.entitlement, publish.leave TO luukku_publisher",
    "GRANT SELECT, INSERT ON publish.person_ref TO luukku_publisher",
    "GRANT SELECT ON publish.recipient, publish.recipient_system, publish.change TO luukku_publisher",
    (
        "GRANT SELECT ON publish.section, publish.entitlement, publish.change, publish.person_ref, publish.recipient, "
        "publish.recipient_system TO luukku_web"
    ),
    "GRANT DELETE ON publish.section TO luukku_web",
    "GRANT INSERT, UPDATE, DELETE ON publish.entitlement TO luukku_web",
    "GRANT INSERT ON publish.person_ref TO luukku_web",
    "REVOKE ALL ON FUNCTION publish.open_feed() FROM PUBLIC",
    "REVOKE ALL ON FUNCTION publish.tell(text[], uuid[], text[], timestamptz) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION publish.tell(text[], uuid[], text[], timestamptz) TO luukku_publisher, luukku_web",
)


def upgrade() -> None:
    """Make the tables and the feed, and say who may what; the web hides sections and never writes one."""
    for statement in (*TABLES, *FEED, *GRANTS):
        op.execute(statement)
