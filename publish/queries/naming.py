"""The names of organisations, and those under which they know people."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.engine import Read, Transaction
from publish.tables import person_ref, recipient


def names(read: Read) -> dict[str, str]:
    """Give the name of every recipient by Y-tunnus."""
    return {row.recipient: row.name for row in read.execute(select(recipient.c.recipient, recipient.c.name))}


def give_name(tx: Transaction, *, recipient: str, person_id: UUID, ref: UUID) -> None:
    """Give a recipient a name for a person, unless it has one."""
    row = {"recipient": recipient, "person_id": person_id, "ref": ref}
    statement = insert(person_ref).values(row)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["recipient", "person_id"]))
