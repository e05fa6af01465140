"""At the desk one reads one person's code and makes one person, and no more: who answers the network reads no table of identities."""

from alembic import op

revision = "0021"
down_revision = "0020"

_CODE = """
CREATE FUNCTION staging.code_in_use(p_person uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT hetu FROM staging.identity WHERE person_id = p_person ORDER BY until_on DESC NULLS FIRST, recorded_at DESC LIMIT 1
$$
"""
_MEET = """
CREATE FUNCTION staging.meet(
    p_hashes bytea[], p_hash_key text, p_person uuid, p_hetu bytea, p_told_by text, p_at timestamptz
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    known uuid;
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(19541, 99);
    known := staging.find_person(p_hashes);
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    INSERT INTO staging.person (person_id, known_at) VALUES (p_person, p_at);
    INSERT INTO staging.identity (hetu_hash, hash_key_id, person_id, hetu, told_by, recorded_at)
    VALUES (p_hashes[1], p_hash_key, p_person, p_hetu, p_told_by, p_at);
    RETURN p_person;
END
$$
"""
"""Alone among all who make people: the lock is that of ``connectors.queries.people.NEW_PEOPLE``."""

_FUNCTIONS = ("staging.code_in_use(uuid)", "staging.meet(bytea[], text, uuid, bytea, text, timestamptz)")


def upgrade() -> None:
    """Make both functions, and let the web alone use them."""
    op.execute(_CODE)
    op.execute(_MEET)
    for function in _FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO luukku_web")
