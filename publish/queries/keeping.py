"""How long things are kept, and what of people and of the view has come to its end (AMENDMENTS 11)."""

# ruff: noqa: S608 - tables are named by the layouts, every value is bound

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from connectors.layout import layouts
from connectors.queries.bulk import ask, run
from db.engine import Read, Transaction
from publish.tables import retention

RECORDS: Final = tuple(layout.table for layout in layouts())
_ANY_RECORD: Final = " OR ".join(
    f"EXISTS (SELECT FROM staging.{table} r WHERE r.person_id = p.person_id)" for table in RECORDS
)
_UNSERVED: Final = """
    WITH served AS MATERIALIZED (
        SELECT DISTINCT person_id FROM consent.task_held
             WHERE recipient IS NOT NULL AND (until_at IS NULL OR until_at >= :before)
    )
    SELECT p.person_id FROM {people} p
     WHERE NOT EXISTS (SELECT FROM served WHERE served.person_id = p.person_id) AND {further}
     LIMIT :most
"""
"""People with whom nobody has had a task since a moment."""


_SPEAKING: Final = (
    ("act", "person_id"),
    ("denial", "person_id"),
    ("suspension", "person_id"),
    ("representation", "person_id"),
    ("representation", "representative"),
)
"""Where it stands that a person has said something, or speaks for somebody."""


class Kept(NamedTuple):
    """How long a thing is kept from a day on."""

    thing: str
    days: int
    law: str
    verified: bool


def in_force(read: Read, *, at: datetime) -> dict[str, Kept]:
    """Give the row that holds of each thing at a moment."""
    of = retention.c
    statement = (
        select(of.thing, of.days, of.law, of.verified)
        .ext(distinct_on(of.thing))
        .where(of.valid_from <= at)
        .order_by(of.thing, of.valid_from.desc())
    )
    return {row.thing: Kept(*row) for row in read.execute(statement)}


def unserved_with_records(read: Read, *, before: datetime, most: int) -> list[UUID]:
    """List people known since before a moment of whom something is staged, though nobody has had a task since."""
    return _people(read, "staging.person", f"p.known_at < :before AND ({_ANY_RECORD})", before, most)


def unserved_with_sections(read: Read, *, before: datetime, most: int) -> list[UUID]:
    """List people of whom something was published before a moment, though nobody has had a task since."""
    sections = "(SELECT person_id, max(published_at) AS newest FROM publish.section GROUP BY person_id)"
    return _people(read, sections, "p.newest < :before", before, most)


def empty_identities(read: Read, *, before: datetime, most: int) -> list[UUID]:
    """List people known since before a moment of whom there is no record, and who have said nothing, for nobody."""
    said = " OR ".join(
        f"EXISTS (SELECT FROM consent.{table} s JOIN same ON s.{who} = same.person_id WHERE same.into_id = p.person_id)"
        for table, who in _SPEAKING
    )
    query = f"""
        WITH served AS MATERIALIZED (
            SELECT DISTINCT person_id FROM consent.task_held
             WHERE recipient IS NOT NULL AND (until_at IS NULL OR until_at >= :before)
        ), same AS (
            SELECT person_id, coalesce(merged_into, person_id) AS into_id FROM staging.person
        )
        SELECT p.person_id FROM staging.person p
         WHERE p.known_at < :before AND NOT ({_ANY_RECORD}) AND NOT ({said})
           AND NOT EXISTS (SELECT FROM served WHERE served.person_id = p.person_id)
           AND (p.merged_into IS NULL OR NOT EXISTS (SELECT FROM staging.person q WHERE q.person_id = p.merged_into))
         LIMIT :most
    """
    return [UUID(str(person_id)) for (person_id,) in ask(read, query, before=before, most=most)]


def _people(read: Read, people: str, further: str, before: datetime, most: int) -> list[UUID]:
    rows = ask(read, _UNSERVED.format(people=people, further=further), before=before, most=most)
    return [UUID(str(person_id)) for (person_id,) in rows]


def forget_records(tx: Transaction, *, people: list[UUID]) -> int:
    """Take out every staged record of people, and their places in the queues; gives how many rows."""
    tables = (*(f"staging.{table}" for table in RECORDS), "staging.quarantine", "staging.to_ask", "publish.leave")
    return sum(_of_people(tx, table, people) for table in tables)


def forget_sections(tx: Transaction, *, people: list[UUID]) -> int:
    """Take out what is published of people and who might see it; gives how many rows."""
    return sum(_of_people(tx, table, people) for table in ("publish.section", "publish.entitlement"))


def forget_identities(tx: Transaction, *, people: list[UUID]) -> int:
    """Take out the identity codes of people and what else names them outside the consents; gives how many rows."""
    tables = ("staging.identity", "staging.protection", "staging.pending", "publish.person_ref", "publish.to_erase")
    return sum(_of_people(tx, table, people) for table in (*tables, "staging.person"))


def forget_superseded(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out entries of the feeds that were superseded and are older than a moment; gives how many."""
    statement = """
        DELETE FROM publish.change WHERE (recipient, seq) IN (
            SELECT recipient, seq FROM publish.change WHERE superseded AND at < :before LIMIT :most)
    """
    return run(tx, statement, before=before, most=most)


def forget_told(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out what recipients were told of endings before a moment, and answered; gives how many rows."""
    statement = """
        DELETE FROM publish.outbox WHERE notice_id IN (
            SELECT notice_id FROM publish.outbox WHERE applied_at < :before LIMIT :most)
    """
    return run(tx, statement, before=before, most=most)


def forget_corrections(tx: Transaction, *, before: datetime) -> int:
    """Take out requests for correction that were answered, or asked and never answered, before a moment; gives how many."""
    return run(tx, "DELETE FROM publish.correction WHERE coalesce(answered_at, asked_at) < :before", before=before)


def forget_sessions(tx: Transaction, *, before: datetime) -> int:
    """Take out sessions on the pages that ended before a moment, with the forms begun in them, and sign-ins that came to nothing."""
    return sum(
        run(tx, f"DELETE FROM web.{table} WHERE ends_at < :before", before=before)
        for table in ("draft", "session", "sign_in")
    )


def forget_feedback(tx: Transaction, *, before: datetime) -> int:
    """Take out what visitors told of the pages before a moment; gives how many rows."""
    return run(tx, "DELETE FROM web.feedback WHERE sent_at < :before", before=before)


def forget_saved_searches(tx: Transaction, *, before: datetime) -> int:
    """Take out auditors' searches that nobody used since a moment; gives how many rows."""
    return run(tx, "DELETE FROM web.saved_search WHERE used_at < :before", before=before)


def _of_people(tx: Transaction, table: str, people: list[UUID]) -> int:
    return run(tx, f"DELETE FROM {table} WHERE person_id = ANY (:people)", people=people)
