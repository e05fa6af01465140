"""The sections that still rest under a former key, some at a time and in the order of their keys."""

from uuid import UUID

from sqlalchemy import func, select, tuple_, update

from db.engine import Read, Transaction
from publish.queries.publishing import SectionKey
from publish.tables import section

SECTIONS_A_STEP = 500


def encrypted(read: Read, *, header: bytes, after: SectionKey) -> list[tuple[SectionKey, bytes]]:
    """Give sections behind a key that were encrypted under another key than the one with this header, and keep them as they are."""
    of = section.c
    key = (of.person_id, of.category, of.controller)
    other = func.substring(of.body_encrypted, 1, len(header)) != header
    statement = select(*key, of.body_encrypted).where(other, tuple_(*key) > tuple_(*after))
    rows = read.execute(statement.order_by(*key).limit(SECTIONS_A_STEP).with_for_update())
    return [(SectionKey(*row[:3]), row[3]) for row in rows if row[3] is not None]


def write_encrypted(tx: Transaction, *, key: SectionKey, box: bytes) -> None:
    """Write the body of one section anew."""
    here = (section.c[name] == value for name, value in key._asdict().items())
    tx.execute(update(section).where(*here).values(body_encrypted=box))


FIRST = SectionKey(UUID(int=0), "", "")
"""Stands before every section."""
