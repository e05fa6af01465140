"""What may be kept of people: what a law opens about everybody of whom a source tells, and what somebody may be shown of each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from consent import queries as consents
from consent.bulk import Snapshot
from consent.model import Register, StatuteKind
from db.engine import Read
from publish.queries import registering, staged
from publish.queries.leaving import Home
from publish.refresh.bulk import Purposes
from publish.refresh.permitted import Permitted, permitted
from schemas.codes.places import counties_of, municipality
from schemas.vocabulary import Category, PartyKind, Source, TaskGround

_KIND_OF: Final = {Source.TE: PartyKind.KEHA, Source.KELA: PartyKind.KELA}
_OF_SOME: Final = frozenset({TaskGround.TYM, TaskGround.COACH})
"""Grounds that only some of the people have of whom a source is asked; to live or look for work in the area is why they are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepable:
    """The rule for one source at one moment.

    ``lawful``: kept of everybody; ``others``: decided person by person; ``joint``: those of the others that a law opens about whoever
    gets joint support, which TE's own records tell. ``places``: controller -> county or area.
    """

    source: Source
    lawful: tuple[Category, ...]
    joint: tuple[Category, ...]
    others: tuple[Category, ...]
    purposes: Purposes
    places: Mapping[str, str]

    @classmethod
    def of(cls, read: Read, source: Source, *, at: datetime) -> Self:
        """Read the register for a source."""
        register = consents.register(read)
        lawful = _by_statute(register, source, at, grounds=frozenset(TaskGround) - _OF_SOME | {None})
        joint = _by_statute(register, source, at, grounds=frozenset({TaskGround.TYM}))
        own = [category for category in Category if category.source is source]
        return cls(
            source=source,
            lawful=lawful,
            joint=tuple(category for category in joint if category not in lawful),
            others=tuple(category for category in own if category not in lawful),
            purposes=registering.purposes(read),
            places={each.controller: each.place for each in staged.controllers(read) if each.source is source},
        )

    def permitted(self, facts: Snapshot, homes: Iterable[Home], *, at: datetime) -> list[Permitted]:
        """Decide the other categories for the people of the homes: what anybody may be shown, by any controller who may know them."""
        by_place = {place: controller for controller, place in self.places.items()}
        of = {home.person_id: self._controllers(home, by_place) for home in homes}
        return permitted(facts, of, self.purposes, self.others, at=at)

    def _controllers(self, home: Home, by_place: Mapping[str, str]) -> Sequence[str]:
        """Say who controls what a source may know of a client: of sote the county of the home, or those of the area."""
        if self.source is not Source.SOTE:
            return sorted(set(by_place.values()))
        own = None if home.municipality is None else municipality(home.municipality).county
        counties = counties_of(home.area) if own is None else (own,)
        return [by_place[county] for county in counties if county in by_place]


def _by_statute(
    register: Register, source: Source, at: datetime, *, grounds: Collection[TaskGround | None]
) -> tuple[Category, ...]:
    """Name the categories that a law for a task of one of these grounds lets somebody see.

    Sote is asked about people by name, and being asked already tells something: of it there are none.
    """
    if source is Source.SOTE:
        return ()
    opened: list[Collection[str]] = [
        statute.categories
        for statute in register.statutes
        if (statute.kind, statute.controller_kind) == (StatuteKind.STATUTE, _KIND_OF[source])
        and statute.task_ground in grounds
        and statute.in_force.holds(at)
    ]
    return tuple(
        category for category in Category if category.source is source and any(category in each for each in opened)
    )


def by_person(found: Iterable[Permitted]) -> dict[UUID, set[str]]:
    """Gather what may be kept of each person."""
    kept: dict[UUID, set[str]] = {}
    for each in found:
        kept.setdefault(each.person_id, set()).add(each.category)
    return kept
