"""Schema staging: the records as the sources gave them, who they are about, and the books of the pulls."""

from alembic import op

revision = "0004"
down_revision = "0003"

HEAD = """
    source_record_id text NOT NULL,
    person_id uuid NOT NULL,
    version bigint NOT NULL,
    content_hash bigint NOT NULL,
    cut smallint NOT NULL,
    batch_id uuid NOT NULL,"""

OF_JOBSEEKER = """
    muokattu_aika timestamptz NOT NULL,
    tyonhakija_id text NOT NULL,"""

OF_COUNTY = """
    county text NOT NULL,
    muokattu_aika timestamptz NOT NULL,"""

TE = {
    "tyonhakija": """
    muokattu_aika timestamptz NOT NULL,
    sukunimi bytea NOT NULL,
    etunimet bytea NOT NULL,
    syntyma_pvm date NOT NULL,
    kuolin_pvm date,
    edunvalvonta boolean,
    kotikunta text,
    kotikunta_alku_pvm date,
    tyollisyysalue text NOT NULL,
    turvakielto boolean NOT NULL,
    asiointikieli text NOT NULL,
    kielitaso text,
    tyonhaku_alkanut_pvm date NOT NULL,
    tyonhaku_paattynyt_pvm date,
    tym_asiakas boolean NOT NULL,
    tym_alku_pvm date,
    kotoutumisasiakas boolean NOT NULL,
    vastuuasiantuntija bytea,
    vastuuasiantuntija_tunnus text,
    vastuuasiantuntija_alku_pvm date,""",
    "tyollisyysjakso": f"""{OF_JOBSEEKER}
    tyollkoodi text NOT NULL,
    alku_pvm date NOT NULL,
    loppu_pvm date,
    psyy text,""",
    "suunnitelma": f"""{OF_JOBSEEKER}
    toimsuunlaji text NOT NULL,
    tila text NOT NULL,
    allekirjoitettu_pvm date,
    tarkistus_pvm date,
    paattynyt_pvm date,
    tehtavat text,""",
    "palveluosallistuminen": f"""{OF_JOBSEEKER}
    palvelukoodi text NOT NULL,
    jarjestaja_ytunnus text NOT NULL,
    jarjestaja_nimi text NOT NULL,
    tuotantotapa text NOT NULL,
    palveluseteli_tunnus text,
    palveluseteli_myonnetty_pvm date,
    palveluseteli_voimassa_asti_pvm date,
    alku_pvm date NOT NULL,
    suunniteltu_loppu_pvm date,
    loppu_pvm date,
    keskeytynyt boolean NOT NULL,
    paivat_viikossa smallint,""",
    "yhteydenotto": f"""{OF_JOBSEEKER}
    yhtottotapa text NOT NULL,
    tila text NOT NULL,
    ajankohta_aika timestamptz NOT NULL,""",
    "palvelulinja": f"""{OF_JOBSEEKER}
    segmenttikoodi text NOT NULL,
    segmentti_pvm date NOT NULL,
    paattynyt_pvm date,""",
}

KELA = {
    "vireillaolo": """
    etuus text NOT NULL,
    saapunut_pvm date NOT NULL,
    tila text NOT NULL,
    muokattu_aika timestamptz NOT NULL,""",
    "etuusratkaisu": """
    etuus text NOT NULL,
    ratkaisu text NOT NULL,
    peruste text NOT NULL,
    alku_pvm date NOT NULL,
    loppu_pvm date,
    ratkaisu_pvm date NOT NULL,
    edeltava_ratkaisu_id text,
    muokattu_aika timestamptz NOT NULL,""",
    "maksu": """
    ratkaisu_id text NOT NULL,
    etuus text NOT NULL,
    kauden_alku_pvm date NOT NULL,
    kauden_loppu_pvm date NOT NULL,
    maksettu_pvm date NOT NULL,
    etuuspaivat smallint NOT NULL,
    rahoittava_kunta text,
    peruttu boolean NOT NULL,
    muokattu_aika timestamptz NOT NULL,""",
    "paivalaskuri": """
    laji text NOT NULL,
    paivat integer NOT NULL,
    enimmaispaivat integer,
    tilanne_pvm date NOT NULL,""",
}

SOTE = {
    "potilas": f"""{OF_COUNTY}
    turvakielto boolean NOT NULL,
    kuollut boolean NOT NULL,""",
    "asiakassuhde": f"""{OF_COUNTY}
    status text NOT NULL,
    alku_pvm date,
    loppu_pvm date,""",
    "palvelutarve": f"""{OF_COUNTY}
    status text NOT NULL,
    kirjattu_pvm date NOT NULL,""",
    "sote_suunnitelma": f"""{OF_COUNTY}
    status text NOT NULL,
    toimsuunlaji text,
    laadittu_pvm date,
    alku_pvm date,
    loppu_pvm date,""",
    "sote_toimenpide": f"""{OF_COUNTY}
    suunnitelma_id text NOT NULL,
    toimikoodi text NOT NULL,
    status text NOT NULL,
    alku_pvm date,
    loppu_pvm date,
    paivat_viikossa smallint,""",
    "tyokyvyn_rajoite": f"""{OF_COUNTY}
    koodi text NOT NULL,""",
    "yhteyshenkilo": f"""{OF_COUNTY}
    nimi bytea NOT NULL,
    yksikko text,
    puhelin bytea,""",
}

RECORDS = TE | KELA | SOTE

PEOPLE = (
    """
    CREATE TABLE staging.person (
        person_id uuid NOT NULL,
        known_at timestamptz NOT NULL,
        merged_into uuid,
        CONSTRAINT person_pkey PRIMARY KEY (person_id)
    )
    """,
    """
    CREATE TABLE staging.identity (
        hetu_hash bytea NOT NULL,
        hash_key_id text NOT NULL,
        person_id uuid NOT NULL,
        hetu bytea NOT NULL,
        until_on date,
        told_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT identity_pkey PRIMARY KEY (hetu_hash)
    )
    """,
    "CREATE INDEX identity_person_id_idx ON staging.identity (person_id)",
    """
    CREATE TABLE staging.protection (
        person_id uuid NOT NULL,
        said_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT protection_pkey PRIMARY KEY (person_id, said_by)
    )
    """,
)

BOOKS = (
    """
    CREATE TABLE staging.connection (
        connection_id text NOT NULL,
        source text NOT NULL,
        controller text NOT NULL,
        place text NOT NULL,
        client text NOT NULL,
        service text NOT NULL,
        represented_party text,
        agreement text,
        from_at timestamptz NOT NULL,
        until_at timestamptz,
        state text NOT NULL,
        CONSTRAINT connection_pkey PRIMARY KEY (connection_id)
    )
    """,
    """
    CREATE TABLE staging.batch (
        batch_id uuid NOT NULL,
        run_id uuid NOT NULL,
        source text NOT NULL,
        connection_id text NOT NULL,
        shard text NOT NULL,
        since timestamptz,
        people text,
        leave text,
        state text NOT NULL,
        planned_at timestamptz NOT NULL,
        landed_at timestamptz,
        merged_at timestamptz,
        stamp timestamptz,
        manifest text,
        manifest_sha256 text,
        store_key bytea,
        records integer,
        counts jsonb NOT NULL,
        held text[],
        accepted_as_is boolean NOT NULL,
        CONSTRAINT batch_pkey PRIMARY KEY (batch_id)
    )
    """,
    "CREATE INDEX batch_run_id_idx ON staging.batch (run_id)",
    """
    CREATE TABLE staging.watermark (
        connection_id text NOT NULL,
        since timestamptz NOT NULL,
        batch_id uuid NOT NULL,
        moved_at timestamptz NOT NULL,
        seen text,
        CONSTRAINT watermark_pkey PRIMARY KEY (connection_id)
    )
    """,
    """
    CREATE TABLE staging.pending (
        number bigint GENERATED ALWAYS AS IDENTITY,
        person_id uuid NOT NULL,
        CONSTRAINT pending_pkey PRIMARY KEY (number)
    )
    """,
    """
    CREATE TABLE staging.to_ask (
        person_id uuid NOT NULL,
        source text NOT NULL,
        queued_at timestamptz NOT NULL,
        batch_id uuid,
        CONSTRAINT to_ask_pkey PRIMARY KEY (person_id, source)
    )
    """,
    """
    CREATE TABLE staging.source_health (
        source text NOT NULL,
        place text NOT NULL,
        failures integer NOT NULL,
        pause_s integer NOT NULL,
        open_until timestamptz,
        stopped boolean NOT NULL,
        cause text,
        changed_at timestamptz NOT NULL,
        CONSTRAINT source_health_pkey PRIMARY KEY (source, place)
    )
    """,
    """
    CREATE TABLE staging.quarantine (
        quarantine_id bigint GENERATED ALWAYS AS IDENTITY,
        source text NOT NULL,
        record text NOT NULL,
        record_key text NOT NULL,
        batch_id uuid NOT NULL,
        person_id uuid,
        locator text NOT NULL,
        failures jsonb NOT NULL,
        payload bytea NOT NULL,
        suite text NOT NULL,
        state text NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        times integer NOT NULL,
        cause text,
        owner text,
        due_on date,
        closed_at timestamptz,
        closed_why text,
        CONSTRAINT quarantine_pkey PRIMARY KEY (quarantine_id),
        CONSTRAINT quarantine_source_record_record_key_key UNIQUE (source, record, record_key)
    )
    """,
    "CREATE INDEX quarantine_batch_id_idx ON staging.quarantine (batch_id)",
    "CREATE INDEX quarantine_person_id_idx ON staging.quarantine (person_id)",
)

FIND_PERSON = """
CREATE FUNCTION staging.find_person(p_hashes bytea[]) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(person.merged_into, person.person_id)
      FROM staging.identity
      JOIN staging.person USING (person_id)
     WHERE hetu_hash = ANY (p_hashes)
     LIMIT 1
$$
"""

TO_PUBLISHER = ("person", "protection", "connection", "batch", "watermark", "source_health", "pending", "to_ask")
TO_WEB = ("connection", "batch", "watermark", "source_health", "quarantine", "to_ask")

GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA staging TO luukku_connector",
    f"GRANT SELECT ON {', '.join(f'staging.{name}' for name in (*RECORDS, *TO_PUBLISHER))} TO luukku_publisher",
    "GRANT INSERT, DELETE ON staging.pending TO luukku_publisher",
    "GRANT INSERT, UPDATE, DELETE ON staging.to_ask TO luukku_publisher",
    f"GRANT SELECT ON {', '.join(f'staging.{name}' for name in TO_WEB)} TO luukku_web",
    "GRANT INSERT ON staging.pending TO luukku_web",
    "GRANT INSERT, UPDATE ON staging.to_ask TO luukku_web",
    "GRANT UPDATE (state, cause, owner, due_on, closed_at, closed_why) ON staging.quarantine TO luukku_web",
    "GRANT UPDATE (state, accepted_as_is) ON staging.batch TO luukku_web",
    "REVOKE ALL ON FUNCTION staging.find_person(bytea[]) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION staging.find_person(bytea[]) TO luukku_web, luukku_publisher",
)


def upgrade() -> None:
    """Make the tables and say who may what; the web finds a person by a hash and sees no HETU."""
    for name, columns in RECORDS.items():
        op.execute(
            f"CREATE TABLE staging.{name} ({HEAD}{columns}\n    CONSTRAINT {name}_pkey PRIMARY KEY (source_record_id)\n)"
        )
        op.execute(f"CREATE INDEX {name}_person_id_idx ON staging.{name} (person_id)")
    for statement in (*PEOPLE, *BOOKS, FIND_PERSON, *GRANTS):
        op.execute(statement)
