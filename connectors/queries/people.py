"""Who a HETU leads to, and the HETUs that lead to a person."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import polars as pl
from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from connectors.queries.bulk import loaded, read_out
from connectors.tables import identity, pending, person
from db.engine import Read, Transaction

MERGING = 0x4C55
"""First half of the advisory locks of merging: one a source, and one for whoever makes new people."""
MERGES = (1, 2, 3)
NEW_PEOPLE = 99


def lock(tx: Transaction, *, which: int) -> None:
    """Wait until no other merge does the same, and keep others waiting until this transaction ends."""
    tx.execute(select(func.pg_advisory_xact_lock(MERGING, which)))


def found(tx: Transaction, *, hashes: pl.Series) -> pl.DataFrame:
    """Look people up by the keyed hashes of their HETUs: columns ``hetu_hash``, ``person_id``, a row for each one known."""
    schema = {"hetu_hash": pl.String, "person_id": pl.String}
    if not tx.execute(select(exists().select_from(identity))).scalar_one():
        return pl.DataFrame(schema=schema | {"hetu_hash": pl.Binary})
    asked = pl.DataFrame({"hetu_hash": hashes})
    with loaded(tx, "asked_hash", {"hetu_hash": "bytea"}, asked):
        query = "SELECT hetu_hash, person_id FROM staging.identity JOIN asked_hash USING (hetu_hash)"
        answer = read_out(tx, query, schema)
    return answer.with_columns(pl.col("hetu_hash").str.slice(2).str.decode("hex"))


def end_hetu(tx: Transaction, *, hetu_hash: bytes, until: date) -> bool:
    """Write the last day of a HETU that was in use; tells whether that is new."""
    statement = update(identity).where(identity.c.hetu_hash == hetu_hash, identity.c.until_on.is_(None))
    return bool(tx.execute(statement.values(until_on=until)).rowcount)


def current_hetus(read: Read, *, person_ids: Iterable[UUID]) -> Sequence[tuple[UUID, bytes]]:
    """Give the HETU in use now of each person, encrypted; the newest told where several are."""
    statement = (
        select(identity.c.person_id, identity.c.hetu)
        .ext(distinct_on(identity.c.person_id))
        .where(identity.c.person_id.in_(person_ids))
        .order_by(identity.c.person_id, identity.c.until_on.desc().nulls_first(), identity.c.recorded_at.desc())
    )
    return list(read.execute(statement))


def code_in_use(read: Read, *, person_id: UUID) -> bytes | None:
    """Give the HETU in use now of one person, encrypted, to a login that reads no table of identities."""
    return read.execute(select(func.staging.code_in_use(person_id))).scalar_one_or_none()


def meet(
    tx: Transaction, *, hashes: Sequence[bytes], hash_key: str, person_id: UUID, hetu: bytes, told_by: str, at: datetime
) -> UUID:
    """Find the person of any of these hashes, else make one of this id, for a login that writes no table of identities."""
    made = func.staging.meet(hashes, hash_key, person_id, hetu, told_by, at)
    return UUID(str(tx.execute(select(made)).scalar_one()))


def identities_of(read: Read, *, person_id: UUID) -> Sequence[tuple[bytes, bytes]]:
    """Give every HETU of a person: its hash and the encrypted code."""
    statement = select(identity.c.hetu_hash, identity.c.hetu).where(identity.c.person_id == person_id)
    return list(read.execute(statement))


def move_identity(tx: Transaction, *, hetu_hash: bytes, into: UUID, hetu: bytes) -> None:
    """Let a HETU lead to another person, encrypted anew for them."""
    tx.execute(update(identity).where(identity.c.hetu_hash == hetu_hash).values(person_id=into, hetu=hetu))


def themselves(read: Read, *, person_ids: Iterable[UUID]) -> list[UUID]:
    """Give those of some ids that are known people and were not found to be another."""
    statement = select(person.c.person_id).where(person.c.person_id.in_(person_ids), person.c.merged_into.is_(None))
    return list(read.execute(statement).scalars())


def note_merged(tx: Transaction, *, from_id: UUID, into: UUID) -> None:
    """Write that a person was found to be another, and all that were found to be the first."""
    statement = update(person).where((person.c.person_id == from_id) | (person.c.merged_into == from_id))
    tx.execute(statement.values(merged_into=into))


def wake(tx: Transaction, *, person_ids: Iterable[UUID]) -> None:
    """Have the next publishing look at people."""
    rows = [{"person_id": each} for each in person_ids]
    if rows:
        tx.execute(insert(pending), rows)
