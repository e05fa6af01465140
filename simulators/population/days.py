"""A day in the life of a population: who is touched by what, who arrives, and where people live afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from simulators.population import changes_benefits, changes_person, changes_te
from simulators.population.calendar import Calendar
from simulators.population.chance import Draw, Shuffle, Weighted, mixed
from simulators.population.kela_records import KelaRecords
from simulators.population.maker import Maker
from simulators.population.occasion import DayPen, Occasion
from simulators.population.person import Home, Person
from simulators.population.places import Place
from simulators.population.sote_records import SoteRecords
from simulators.population.te_records import TeRecords

AnyRecords = TypeVar("AnyRecords", TeRecords, KelaRecords, SoteRecords)
CHANGED_SHARE = 0.05
ARRIVING_SHARE = 0.002
DAY, CHOSEN, CHANGE, DESTINATION = range(0xD0, 0xD4)
TRIES = 4_000


class Change(StrEnum):
    """What can happen to a person on a day."""

    CONTACT = "contact"
    PLAN = "plan"
    SERVICE_BEGINS = "service begins"
    SERVICE_ENDS = "service ends"
    WORK = "work found"
    COACH = "coach changes"
    JOINT = "joint support begins"
    LATE = "late correction"
    DELETION = "deletion"
    ERASURE = "erasure"
    KELA = "Kela acts"
    TAKEN_BACK = "payment taken back"
    COUNTY = "county acts"
    DEATH = "death"
    NEW_CODE = "new identity code"
    JOINED = "two jobseekers joined"
    MOVE_NEAR = "move within the area"
    MOVE_AREA = "move to another area"
    MOVE_COUNTY = "move to another county"
    PROTECTED = "turvakielto"
    WILL = "change of will"


_HOW: Mapping[Change, Callable[[Person, Occasion], Person | None]] = {
    Change.CONTACT: changes_te.hold_contact,
    Change.PLAN: changes_te.revise_plan,
    Change.SERVICE_BEGINS: changes_te.begin_service,
    Change.SERVICE_ENDS: changes_te.end_service,
    Change.WORK: changes_te.find_work,
    Change.COACH: changes_te.change_coach,
    Change.JOINT: changes_te.begin_joint_support,
    Change.LATE: changes_te.correct_late,
    Change.DELETION: changes_te.delete_contact,
    Change.ERASURE: changes_te.erase,
    Change.KELA: changes_benefits.act_at_kela,
    Change.TAKEN_BACK: changes_benefits.take_payment_back,
    Change.COUNTY: changes_benefits.act_in_county,
    Change.DEATH: changes_person.die,
    Change.NEW_CODE: changes_person.renumber,
    Change.JOINED: changes_person.join_jobseekers,
    Change.MOVE_NEAR: changes_person.move,
    Change.MOVE_AREA: changes_person.move,
    Change.MOVE_COUNTY: changes_person.move,
    Change.PROTECTED: changes_person.protect,
    Change.WILL: changes_person.change_will,
}
MOVES = frozenset({Change.MOVE_NEAR, Change.MOVE_AREA, Change.MOVE_COUNTY})
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
# What happens instead when a change does not fit the person.
OTHERWISE = (Change.CONTACT, Change.KELA, Change.COUNTY)


class Touch(NamedTuple):
    """One change of one person: on which day, and what."""

    day: int
    change: Change


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


def arrived(person: Person, moment: datetime) -> Person:
    """Give someone who registered on a later day: all that is known of them was written at this moment."""
    return replace(
        person, te=_written(person.te, moment), kela=_written(person.kela, moment), sote=_written(person.sote, moment)
    )


def _written(records: AnyRecords, moment: datetime) -> AnyRecords:
    lists = {part.name: getattr(records, part.name) for part in fields(records)}
    stamped = {
        name: tuple(replace(one, versio=1, muokattu_aika=moment) for one in values)
        for name, values in lists.items()
        if isinstance(values, tuple)
    }
    return replace(records, **stamped)  # type: ignore[arg-type] # the lists are the records' own


def apply(person: Person, touch: Touch, maker: Maker, calendar: Calendar) -> Person:
    """Give the person after a change; one that does not fit gives way to the next that does. The dead do not change."""
    if person.identity.died:
        return person
    at = _occasion(person, touch, maker, calendar)
    for change in (touch.change, *OTHERWISE):
        changed = _HOW[change](person, at)
        if changed is not None:
            return changed
    return person


def _occasion(person: Person, touch: Touch, maker: Maker, calendar: Calendar) -> Occasion:
    draw = Draw(maker.seed, person.index, touch.day, DAY)
    moment = calendar.moment(touch.day, draw.upto(10_000), 10_000)
    return Occasion(
        today=calendar.on(touch.day),
        moment=moment,
        draw=draw,
        pen=DayPen(maker.ids, calendar, person.index, draw, moment, touch.day),
        destination=_destination(
            person.identity.home, touch.change, maker, mixed(person.index, touch.day, DESTINATION)
        ),
    )


def _destination(home: Home, change: Change, maker: Maker, wish: int) -> Place:
    """Choose where a mover comes to: as near as the change says, else anywhere else."""
    near = [place for place in maker.places.all if place.clients and _as_near(home, place, change)]
    others = near or [place for place in maker.places.all if place.municipality != home.municipality]
    return others[wish % len(others)]


def _as_near(home: Home, place: Place, change: Change) -> bool:
    if place.municipality == home.municipality:
        return False
    if change is Change.MOVE_NEAR:
        return place.area == home.area
    if change is Change.MOVE_AREA:
        return place.area != home.area and place.county == home.county
    return place.county != home.county


def _daily(people: People, maker: Maker, calendar: Calendar, order: Shuffle) -> Iterator[tuple[int, Touch]]:
    """Find somebody for each change of every day, from the far end of the day's order."""
    taken: set[int] = set()
    for change in DAILY:
        for index in _candidates(change, maker, order):
            touch = Touch(calendar.day, change)
            if index not in taken and _fits(people.person(index), touch, maker, calendar):
                taken.add(index)
                yield index, touch
                break


def _candidates(change: Change, maker: Maker, order: Shuffle) -> Sequence[int]:
    if change is Change.JOINED:
        return maker.identities.twice_in_te()
    return [order.item(order.size - 1 - rank) for rank in range(min(order.size, TRIES))]


def _fits(person: Person, touch: Touch, maker: Maker, calendar: Calendar) -> bool:
    alive = person.identity.died is None and bool(person.te.tyonhakijat)
    return alive and _HOW[touch.change](person, _occasion(person, touch, maker, calendar)) is not None
