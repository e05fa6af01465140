"""The day and moment at which something changes for a person, and what the change may draw on."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from simulators.population.chance import Draw
from simulators.population.ids import Kind
from simulators.population.pen import Head, Pen
from simulators.population.person import Person
from simulators.population.places import Place

NUMBERS_A_DAY = 100


@dataclass(frozen=True, slots=True)
class DayPen(Pen):
    """Writes new records of one day: each in its first version, touched at the moment of the change."""

    moment: datetime
    day: int

    def number(self, number: int) -> int:
        """Give the number that tells a day's records apart from those of other days."""
        return self.day * NUMBERS_A_DAY + number

    def head(self, kind: Kind, on: date, number: int = 0) -> Head:  # noqa: ARG002 - the moment is that of the change
        """Begin a record, whatever day it tells of."""
        return {"id": self.id(kind, self.number(number)), "versio": 1, "muokattu_aika": self.moment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One change: its business date and moment, chance of its own, a pen, and the place someone who moves comes to."""

    today: date
    moment: datetime
    draw: Draw
    pen: DayPen
    destination: Place

    @property
    def yesterday(self) -> date:
        """The day before."""
        return self.today - timedelta(days=1)


def with_te(person: Person, **lists: object) -> Person:
    """Give the person with some of TE's lists replaced."""
    return replace(person, te=replace(person.te, **lists))  # type: ignore[arg-type] # the names are checked by replace


def with_kela(person: Person, **lists: object) -> Person:
    """Give the person with some of Kela's lists replaced."""
    return replace(person, kela=replace(person.kela, **lists))  # type: ignore[arg-type] # as above


def with_sote(person: Person, **lists: object) -> Person:
    """Give the person with some of the counties' lists replaced."""
    return replace(person, sote=replace(person.sote, **lists))  # type: ignore[arg-type] # as above
