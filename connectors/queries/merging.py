"""Two people found to be one: every row of the one becomes the other's (PIPELINE.md 6)."""

# ruff: noqa: S608 - tables are named by the layouts, every value is bound

from datetime import datetime
from uuid import UUID

from connectors.layout import PERSON, layouts
from connectors.queries.bulk import run
from db.engine import Transaction


def repoint_records(tx: Transaction, *, from_id: UUID, into_id: UUID) -> None:
    """Give all records of one person to another; of two counters of a kind the newer stays."""
    for layout in layouts():
        if PERSON in layout.key:
            _repoint_counters(tx, layout.table, from_id, into_id)
        else:
            statement = f"UPDATE staging.{layout.table} SET person_id = :into_id WHERE person_id = :from_id"
            run(tx, statement, from_id=from_id, into_id=into_id)


def _repoint_counters(tx: Transaction, table: str, from_id: UUID, into_id: UUID) -> None:
    older = f"""
        DELETE FROM staging.{table} t USING staging.{table} o
         WHERE t.person_id IN (:from_id, :into_id) AND o.person_id IN (:from_id, :into_id) AND t.laji = o.laji
           AND (t.version, t.person_id) < (o.version, o.person_id)
    """
    run(tx, older, from_id=from_id, into_id=into_id)
    renamed = f"""
        UPDATE staging.{table} SET person_id = :into_id, source_record_id = CAST(:into_id AS text) || '/' || laji
         WHERE person_id = :from_id
    """
    run(tx, renamed, from_id=from_id, into_id=into_id)


def repoint_books(tx: Transaction, *, from_id: UUID, into_id: UUID, at: datetime) -> None:
    """Give to another person what the sources say of one's protection, what waits in quarantine and who is to be asked about."""
    run(
        tx,
        """
        INSERT INTO staging.protection (person_id, said_by, recorded_at)
        SELECT :into_id, said_by, :at FROM staging.protection WHERE person_id = :from_id
            ON CONFLICT DO NOTHING
        """,
        from_id=from_id,
        into_id=into_id,
        at=at,
    )
    run(tx, "DELETE FROM staging.protection WHERE person_id = :from_id", from_id=from_id)
    run(
        tx,
        "UPDATE staging.quarantine SET person_id = :into_id WHERE person_id = :from_id",
        from_id=from_id,
        into_id=into_id,
    )
    run(
        tx,
        """
        INSERT INTO staging.to_ask (person_id, source, queued_at)
        SELECT :into_id, source, queued_at FROM staging.to_ask WHERE person_id = :from_id
            ON CONFLICT DO NOTHING
        """,
        from_id=from_id,
        into_id=into_id,
    )
    run(tx, "DELETE FROM staging.to_ask WHERE person_id = :from_id", from_id=from_id)


def merge_in_consent(tx: Transaction, *, from_id: UUID, into_id: UUID, at: datetime) -> None:
    """Have what was said under the one be said under the other."""
    run(tx, "SELECT consent.merge_person(:from_id, :into_id, :at)", from_id=from_id, into_id=into_id, at=at)
