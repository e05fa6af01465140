"""What the log holds of an ending: its own entry, when each of our pipelines stopped, and the checkpoint that all of it stands under."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from audit import naming
from audit.events import EventType
from audit.proving import newest_note, size_of
from audit.queries import search
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found, Wanted
from audit.reading import Entry, entry_of
from db.engine import Read
from publish.keeping.erasing import SYSTEM as KEEPER
from schemas.vocabulary import Category, Source

MOST: Final = 1_000
"""Events of one person that are looked through."""
_STOPS: Final = (EventType.LEAVE_LEFT.value, EventType.SECTION_ERASED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry stands: the year of its log, its index, its number among the entries about its person, and a signed checkpoint.

    ``covers``: how many entries of the log the checkpoint names, this one among them. From the number on, the person's entries are
    without a gap, so whoever reads them up to the checkpoint has seen every disclosure since.
    """

    log: int
    index: int
    person_n: int | None
    covers: int
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """When a source was last allowed to be asked about a person for some categories, and when what was staged of it went."""

    left: Mapping[Source, datetime]
    erased: Mapping[Source, datetime]


def place_of(read: Read, *, person_id: UUID, event_id: UUID, at: datetime) -> Place | None:
    """Find an event about a person that was recorded at a moment; None while no checkpoint covers it."""
    with _as_person(read, person_id, at):
        found = search.own_event(read, id_=event_id)
        if found is None:
            return None
        note = newest_note(read, found.log)
    entry = entry_of(found.entry)
    return Place(log=found.log, index=found.index, person_n=entry.person_n, covers=size_of(note), checkpoint=note)


def first_asking(
    read: Read, events: Sequence[UUID], *, person_id: UUID, categories: Collection[str], since: datetime, at: datetime
) -> UUID | None:
    """Find the first of these reads about a person, made between two moments, that asked for any of some categories."""
    with _as_person(read, person_id, since, at):
        found = (search.own_event(read, id_=each) for each in events[:MOST])
        asking = (each.id for each in found if each and not set(categories).isdisjoint(entry_of(each.entry).categories))
        return next(asking, None)


def stops(read: Read, *, person_id: UUID, categories: Collection[str], since: datetime, at: datetime) -> Stops:
    """Find when the pipelines of some categories first stopped after a moment, as the log had it at another."""
    with _as_person(read, person_id, since, at):
        found = search.own_events(read, Wanted(types=_STOPS, since=since), limit=MOST)
    told = [entry for entry in _entries(found) if not set(categories).isdisjoint(entry.categories)]
    return Stops(
        left=_first(told, categories, lambda entry: entry.type is EventType.LEAVE_LEFT),
        erased=_first(told, categories, lambda entry: entry.system == KEEPER),
    )


def _as_person(read: Read, person_id: UUID, *moments: datetime) -> AbstractContextManager[None]:
    years = {moment.year for moment in moments}
    names = naming.of_person(read.keyring, range(min(years), max(years) + 1), person_id)
    return reading_as(read, Reader.PERSON, pseudonyms=names)


def _entries(found: Sequence[Found]) -> Iterator[Entry]:
    """Read entries, the oldest first."""
    return (entry_of(each.entry) for each in reversed(found))


def _first(
    told: Sequence[Entry], categories: Collection[str], wanted: Callable[[Entry], bool]
) -> Mapping[Source, datetime]:
    first: dict[Source, datetime] = {}
    for entry in filter(wanted, told):
        for category in set(categories) & set(entry.categories):
            first.setdefault(Category(category).source, entry.at)
    return first
