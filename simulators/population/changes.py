"""What can happen to a person on a day, and how each change is made."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from simulators.population import changes_benefits, changes_person, changes_te
from simulators.population.calendar import Calendar
from simulators.population.chance import Draw, mixed
from simulators.population.kela_records import KelaRecords
from simulators.population.maker import Maker
from simulators.population.occasion import DayPen, Occasion
from simulators.population.person import Home, Person
from simulators.population.places import Place
from simulators.population.sote_records import SoteRecords
from simulators.population.te_records import TeRecords

AnyRecords = TypeVar("AnyRecords", TeRecords, KelaRecords, SoteRecords)
DAY, DESTINATION = 0xD0, 0xD3


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
# What happens instead when a change does not fit the person.
OTHERWISE = (Change.CONTACT, Change.KELA, Change.COUNTY)


class Touch(NamedTuple):
    """One change of one person: on which day, and what."""

    day: int
    change: Change


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


def fits(person: Person, touch: Touch, maker: Maker, calendar: Calendar) -> bool:
    """Say whether the change itself can happen to somebody TE knows."""
    alive = person.identity.died is None and bool(person.te.tyonhakijat)
    return alive and _HOW[touch.change](person, _occasion(person, touch, maker, calendar)) is not None
