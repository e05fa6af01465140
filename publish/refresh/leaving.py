"""Leave lists: whom a source may be asked about, and which of its categories may be kept, before anything is pulled (AMENDMENTS 5)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import UUID

import polars as pl

from audit.events import Actor, Event, EventType, Result, RetentionClass, retention_of
from audit.log import record, record_all
from connectors.queries import books
from connectors.store import open_store
from consent import queries as consents
from consent.bulk import snapshot
from consent.model import Register, StatuteKind
from db.engine import Login, Transaction
from db.environment import Environment
from db.ids import uuid7
from publish.queries import leaving, registering, staged
from publish.queries.leaving import Home
from publish.refresh.permitted import Permitted, permitted
from schemas.codes.places import counties_of, municipality
from schemas.vocabulary import Category, PartyKind, Source

PEOPLE_AT_ONCE: Final = 20_000
SYSTEM: Final = "publish"
COLUMNS: Final = pl.Schema({"category": pl.String(), "person_id": pl.String(), "place": pl.String()})
"""``person_id`` null: everyone with a task, by statute. ``place``: the county whose data may be asked for, null for TE and Kela."""
_NOBODY: Final = UUID(int=0)
_LAST: Final = UUID(int=(1 << 128) - 1)
_KIND_OF: Final = {Source.TE: PartyKind.KEHA, Source.KELA: PartyKind.KELA}


def write_leave_list(environment: Environment, *, source: str, at: datetime) -> str:
    """Decide for every client what may be asked of a source, write the list, and return its path in the store.

    A person who enters the list, or may be asked more about, is queued to be asked from the beginning (AMENDMENTS 4); entering and
    leaving are events, the list itself one (AMENDMENTS 9).
    """
    of = Source(source)
    path = f"leave/{of}/{at:%Y%m%dT%H%M%S%f}.parquet"
    with environment.database(Login.PUBLISHER, pool_size=1) as database, database.transaction(snapshot=True) as tx:
        lawful = _by_statute(consents.register(tx), of, at)
        others = [category for category in Category if category.source is of and category not in lawful]
        rows = pl.concat([_frame((category, None, None) for category in lawful), *_by_person(tx, of, others, at)])
        file = BytesIO()
        rows.sort("category", "place", "person_id").write_parquet(file)
        open_store(environment.store).put(path, file.getvalue())
        record(tx, _listed(rows, file.getvalue(), at))
    return path


def _by_statute(register: Register, source: Source, at: datetime) -> list[Category]:
    """Name the categories that a law lets somebody with a task see of anybody.

    Sote is asked about people by name, and being asked already tells something: of it there are none.
    """
    if source is Source.SOTE:
        return []
    in_force = [
        statute.categories
        for statute in register.statutes
        if (statute.kind, statute.controller_kind) == (StatuteKind.STATUTE, _KIND_OF[source])
        and statute.in_force.holds(at)
    ]
    return [
        category for category in Category if category.source is source and any(category in each for each in in_force)
    ]


def _by_person(tx: Transaction, source: Source, categories: Sequence[Category], at: datetime) -> Iterator[pl.DataFrame]:
    """Decide for all clients, a group at a time, and put the list's rows in the place of those that stood."""
    purposes = registering.purposes(tx)
    places = {each.controller: each.place for each in staged.controllers(tx) if each.source is source}
    by_place = {place: controller for controller, place in places.items()}
    after = _NOBODY
    while after != _LAST:
        homes = leaving.homes(tx, after=after, limit=PEOPLE_AT_ONCE)
        until = homes[-1].person_id if len(homes) == PEOPLE_AT_ONCE else _LAST
        of = {home.person_id: _controllers(home, source, by_place) for home in homes}
        found = permitted(snapshot(tx, people=list(of)), of, purposes, categories, at=at)
        _keep(tx, source, found, after=after, until=until, at=at)
        named = places if source is Source.SOTE else {}
        yield _frame((each.category, str(each.person_id), named.get(each.controller)) for each in found)
        after = until


def _controllers(home: Home, source: Source, by_place: Mapping[str, str]) -> Sequence[str]:
    """Say who controls what a source may know of a client: of sote the county of the home, or those of the area."""
    if source is not Source.SOTE:
        return sorted(set(by_place.values()))
    own = None if home.municipality is None else municipality(home.municipality).county
    counties = counties_of(home.area) if own is None else (own,)
    return [by_place[county] for county in counties if county in by_place]


def _frame(rows: Iterable[tuple[str, str | None, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLUMNS, orient="row").unique()


def _keep(
    tx: Transaction, source: Source, found: Sequence[Permitted], *, after: UUID, until: UUID, at: datetime
) -> None:
    """Write what changed of the list, with its events, and queue whom more may be asked about."""
    stood = leaving.listed(tx, source=source, after=after, until=until)
    now: dict[UUID, set[str]] = {}
    for each in found:
        now.setdefault(each.person_id, set()).add(each.category)
    put = {person_id: categories for person_id, categories in now.items() if stood.get(person_id, set()) != categories}
    gone = stood.keys() - now.keys()
    entered = {person_id: categories - stood.get(person_id, set()) for person_id, categories in put.items()}
    left = {person_id: stood[person_id] - now.get(person_id, set()) for person_id in (put.keys() | gone) & stood.keys()}
    leaving.replace(tx, source=source, gone=gone | (put.keys() & stood.keys()), put=put, at=at)
    record_all(tx, _moved(EventType.LEAVE_ENTERED, entered, at))
    record_all(tx, _moved(EventType.LEAVE_LEFT, left, at))
    asked = [person_id for person_id, categories in entered.items() if categories]
    books.ask_from_the_beginning(tx, person_ids=asked, source=source, at=at)


def _moved(type_: EventType, people: Mapping[UUID, frozenset[str] | set[str]], at: datetime) -> Iterator[Event]:
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


def _listed(rows: pl.DataFrame, file: bytes, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.LEAVE_LISTED,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        categories=tuple(sorted(rows["category"].unique())),
        result=Result(count=rows["person_id"].n_unique(), digest=hashlib.sha256(file).hexdigest()),
    )
