"""Somebody met at the desk before any source told of them: who acts for a client need be nobody's client."""

from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl

from connectors import persons
from connectors.queries import records
from db.engine import Transaction
from schemas.identifiers import Hetu

TOLD_BY: Final = "mandates"
"""Whose word such a person rests on: the register of mandates let them act."""


def met(tx: Transaction, hetu: Hetu, *, at: datetime) -> UUID:
    """Find the person of a HETU, or make them; under the connectors' login."""
    linked = persons.link(tx, hetus=pl.Series([hetu.reveal()]), links=(), at=at)
    for table, rows in persons.made(tx.keyring, linked, told_by=TOLD_BY, at=at):
        records.add(tx, table=table, rows=rows)
    return UUID(linked.people[persons.PERSON][0])
