"""Leave lists: whom a source may be asked about, and which of its categories may be kept, before anything is pulled (AMENDMENTS 5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import UUID

import polars as pl

from audit.events import Actor, Event, EventType, retention_of
from audit.log import record_all
from connectors.queries import books
from connectors.store import open_store
from consent.bulk import snapshot
from db.engine import Login, Transaction
from db.environment import Environment
from db.ids import uuid7
from publish.queries import erasing, leaving
from publish.refresh.keepable import Keepable, by_person
from publish.refresh.permitted import Permitted
from schemas.vocabulary import Source, TaskGround

PEOPLE_AT_ONCE: Final = 20_000
SYSTEM: Final = "publish"
COLUMNS: Final = pl.Schema(
    {"category": pl.String(), "person_id": pl.String(), "place": pl.String(), "ground": pl.String()}
)
"""``person_id`` null: everybody, by statute, or whoever has a task of the ``ground`` by what the source itself tells. ``place``: the
county whose data may be asked for, null for TE and Kela."""
_NOBODY: Final = UUID(int=0)
_LAST: Final = UUID(int=(1 << 128) - 1)
Categories = Mapping[UUID, frozenset[str] | set[str]]


def write_leave_list(environment: Environment, *, source: str, at: datetime) -> str:
    """Decide for every client what may be asked of a source, write the list, and return its path in the store.

    A person who enters the list, or may be asked more about, is queued to be asked from the beginning (AMENDMENTS 4); of one who leaves
    it, or may be asked less about, what was kept is queued to be erased (7). Entering and leaving are events (9).
    """
    of = Source(source)
    path = f"leave/{of}/{at:%Y%m%dT%H%M%S%f}.parquet"
    with environment.database(Login.PUBLISHER, pool_size=1) as database, database.transaction(snapshot=True) as tx:
        rule = Keepable.of(tx, of, at=at)
        rows = pl.concat([_of_everybody(rule), *_by_person(tx, rule, at)])
        file = BytesIO()
        rows.sort("category", "place", "person_id").write_parquet(file)
        open_store(environment.store).put(path, file.getvalue())
    return path


def _by_person(tx: Transaction, rule: Keepable, at: datetime) -> Iterator[pl.DataFrame]:
    """Decide for all clients, a group at a time, and put the list's rows in the place of those that stood."""
    after = _NOBODY
    named = rule.places if rule.source is Source.SOTE else {}
    while after != _LAST:
        homes = leaving.homes(tx, after=after, limit=PEOPLE_AT_ONCE)
        until = homes[-1].person_id if len(homes) == PEOPLE_AT_ONCE else _LAST
        facts = snapshot(tx, people=[home.person_id for home in homes])
        found = rule.permitted(facts, homes, at=at)
        _keep(tx, rule.source, found, after=after, until=until, at=at)
        yield _frame((each.category, str(each.person_id), named.get(each.controller), None) for each in found)
        after = until


def _of_everybody(rule: Keepable) -> pl.DataFrame:
    """Name what a law opens about everybody, and about those of whom TE tells in the same answer that they get joint support."""
    lawful = [(category.value, None, None, None) for category in rule.lawful]
    joint = [(category.value, None, None, TaskGround.TYM.value) for category in rule.joint]
    return _frame([*lawful, *(joint if rule.source is Source.TE else ())])


def _frame(rows: Iterable[tuple[str, str | None, str | None, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLUMNS, orient="row").unique()


def _keep(
    tx: Transaction, source: Source, found: Sequence[Permitted], *, after: UUID, until: UUID, at: datetime
) -> None:
    """Write what changed of the list, with its events, queue whom more may be asked about, and of whom less may be kept."""
    stood = leaving.listed(tx, source=source, after=after, until=until)
    now = by_person(found)
    put = {person_id: categories for person_id, categories in now.items() if stood.get(person_id, set()) != categories}
    gone = stood.keys() - now.keys()
    entered = {person_id: categories - stood.get(person_id, set()) for person_id, categories in put.items()}
    left = {person_id: stood[person_id] - now.get(person_id, set()) for person_id in (put.keys() | gone) & stood.keys()}
    leaving.replace(tx, source=source, gone=gone | (put.keys() & stood.keys()), put=put, at=at)
    record_all(tx, moved(EventType.LEAVE_ENTERED, entered, at))
    record_all(tx, moved(EventType.LEAVE_LEFT, left, at))
    asked = [person_id for person_id, categories in entered.items() if categories]
    books.ask_from_the_beginning(tx, person_ids=asked, source=source, at=at)
    erasing.queue(tx, people=[person_id for person_id, categories in left.items() if categories], at=at)


def moved(type_: EventType, people: Categories, at: datetime) -> Iterator[Event]:
    """Write one event for each person who entered or left a list, with the categories."""
    for person_id, categories in people.items():
        if categories:
            yield Event(
                id=uuid7(at),
                at=at,
                type=type_,
                actor=Actor(system=SYSTEM),
                retention=retention_of(categories),
                person_id=person_id,
                categories=tuple(sorted(categories)),
            )
