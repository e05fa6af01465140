"""Whom the sources may be asked about: clients with their homes, and the list as it stood."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import distinct_on

from connectors.tables import tyonhakija
from db.copy import copy_out, copy_rows
from db.engine import Read, Transaction
from publish.queries.publishing import array_text
from publish.queries.staged import listed as listed_people
from publish.queries.staged import of_people
from publish.tables import leave
from schemas.vocabulary import Source


class Home(NamedTuple):
    """Where a client lives, as far as TE tells: no municipality under turvakielto."""

    person_id: UUID
    municipality: str | None
    area: str


def homes(read: Read, *, after: UUID, limit: int) -> list[Home]:
    """List clients by their ids, those after the given one."""
    statement = homes_statement().where(tyonhakija.c.person_id > after).limit(limit)
    return [Home(*row) for row in read.execute(statement)]


def homes_statement() -> Select[UUID, str | None, str]:
    """Ask for the newest home of each client."""
    of = tyonhakija.c
    columns = select(of.person_id, of.kotikunta, of.tyollisyysalue)
    return columns.ext(distinct_on(of.person_id)).order_by(of.person_id, of.muokattu_aika.desc())


def listed(read: Read, *, source: Source, after: UUID, until: UUID) -> dict[UUID, frozenset[str]]:
    """Give what stood in the list of the people whose ids come after one, up to another."""
    of = leave.c
    rows = read.execute(
        select(of.person_id, of.categories).where(of.source == source, of.person_id > after, of.person_id <= until)
    )
    return {person_id: frozenset(categories) for person_id, categories in rows}


def replace(
    tx: Transaction,
    *,
    source: Source,
    gone: Collection[UUID],
    put: Mapping[UUID, Collection[str]],
    at: datetime,
) -> None:
    """Take people off the list, then put others on it; one whose categories changed is in both."""
    if gone:
        tx.execute(
            delete(leave).where(leave.c.source == source, of_people(leave.c.person_id)), listed_people(list(gone))
        )
    rows: Sequence[tuple[object, ...]] = [
        (source, person_id, array_text(sorted(categories)), at) for person_id, categories in put.items()
    ]
    copy_rows(tx, "publish.leave", ("source", "person_id", "categories", "since"), rows)


def lines(read: Read, *, source: Source) -> Iterator[bytes]:
    """Yield a list as CSV, a person a line, in the order of their ids."""
    query = "SELECT person_id, categories FROM publish.leave WHERE source = %(source)s ORDER BY person_id"
    return copy_out(read, query, {"source": source.value})
