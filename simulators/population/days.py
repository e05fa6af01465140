"""A day in the life of a population: who is touched by what, who arrives, and where people live afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from simulators.population.calendar import Calendar
from simulators.population.chance import Draw, Shuffle, Weighted
from simulators.population.changes import MOVES, Change, Touch, fits
from simulators.population.maker import Maker
from simulators.population.person import Home, Person

CHANGED_SHARE = 0.05
ARRIVING_SHARE = 0.002
CHOSEN, CHANGE = 0xD1, 0xD2
TRIES = 4_000


# Each happens at least once a day, however few the people are.
DAILY = (
    *(Change.DEATH, Change.NEW_CODE, Change.JOINED, Change.MOVE_NEAR, Change.MOVE_AREA, Change.MOVE_COUNTY),
    *(Change.PROTECTED, Change.DELETION, Change.ERASURE, Change.LATE, Change.TAKEN_BACK, Change.JOINT),
)
USUAL = Weighted(
    {
        Change.CONTACT: 30,
        Change.KELA: 16,
        Change.PLAN: 12,
        Change.SERVICE_BEGINS: 9,
        Change.COUNTY: 8,
        Change.SERVICE_ENDS: 7,
        Change.WORK: 5,
        Change.LATE: 4,
        Change.COACH: 3,
        Change.WILL: 2,
        Change.DELETION: 1.5,
        Change.MOVE_NEAR: 1,
        Change.MOVE_AREA: 0.7,
        Change.MOVE_COUNTY: 0.5,
        Change.JOINT: 0.8,
        Change.PROTECTED: 0.05,
        Change.DEATH: 0.1,
    }
)


@dataclass(frozen=True, slots=True)
class Lived:
    """What has happened since the first day, by index: changes in order, days of arrival, homes of movers, areas left."""

    touches: Mapping[int, tuple[Touch, ...]] = field(default_factory=dict)
    arrivals: Mapping[int, int] = field(default_factory=dict)
    homes: Mapping[int, Home] = field(default_factory=dict)
    left: Mapping[int, frozenset[str]] = field(default_factory=dict)


class People(Protocol):
    """The population as a day needs it."""

    def __len__(self) -> int:
        """Count the people."""

    def home(self, index: int) -> Home:
        """Say where someone lives."""

    @property
    def person(self) -> Callable[[int], Person]:
        """Make someone."""


def plan(people: People, maker: Maker, calendar: Calendar, lived: Lived, share: float) -> Lived:
    """Decide what the coming day brings, before anything of it is made."""
    day, size = calendar.day, maker.places.people
    order = Shuffle(size, maker.seed, CHOSEN, day)
    today = dict(_daily(people, maker, calendar, order))
    for rank in range(size):
        if len(today) >= round(share * size):
            break
        drawn = Draw(maker.seed, day, rank, CHANGE)
        today.setdefault(order.item(rank), Touch(day, drawn.weighted(USUAL)))
    touches = dict(lived.touches)
    for index, touch in today.items():
        touches[index] = (*touches.get(index, ()), touch)
    arriving = range(len(people), len(people) + max(1, round(ARRIVING_SHARE * size)))
    return replace(lived, touches=touches, arrivals=dict(lived.arrivals) | dict.fromkeys(arriving, day))


def rehoused(people: People, lived: Lived, day: int) -> Lived:
    """Note where those who moved or arrived this day live now, and which areas they have left."""
    homes, left = dict(lived.homes), dict(lived.left)
    for index, touches in lived.touches.items():
        if touches[-1].day == day and touches[-1].change in MOVES:
            old, new = people.home(index), people.person(index).identity.home
            homes[index] = new
            left[index] = left.get(index, frozenset()) | ({old.area} - {new.area})
    for index, arrived_on in lived.arrivals.items():
        if arrived_on == day:
            homes[index] = people.home(index)
    return replace(lived, homes=homes, left={index: areas for index, areas in left.items() if areas})


def _daily(people: People, maker: Maker, calendar: Calendar, order: Shuffle) -> Iterator[tuple[int, Touch]]:
    """Find somebody for each change of every day, from the far end of the day's order."""
    taken: set[int] = set()
    for change in DAILY:
        for index in _candidates(change, maker, order):
            touch = Touch(calendar.day, change)
            if index not in taken and fits(people.person(index), touch, maker, calendar):
                taken.add(index)
                yield index, touch
                break


def _candidates(change: Change, maker: Maker, order: Shuffle) -> Sequence[int]:
    if change is Change.JOINED:
        return maker.identities.twice_in_te()
    return [order.item(order.size - 1 - rank) for rank in range(min(order.size, TRIES))]
