"""How a source itself names the people whom a batch asks about by name."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from connectors.tables import tyonhakija
from db.engine import Read


def clients_of(read: Read, *, person_ids: Iterable[UUID]) -> list[str]:
    """Give TE's ids of people, in order; whom TE does not know has none."""
    statement = (
        select(tyonhakija.c.source_record_id)
        .where(tyonhakija.c.person_id.in_(person_ids))
        .order_by(tyonhakija.c.source_record_id)
    )
    return list(read.execute(statement).scalars())
