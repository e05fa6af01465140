"""The population: indexed, made person by person when asked, the same for the same seed, and able to live on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import Self

from simulators.population import changes, days
from simulators.population.calendar import Calendar
from simulators.population.kela_records import KelaRecord, KelaRecords
from simulators.population.maker import Maker, Start
from simulators.population.person import Home, Identity, Person, Wish
from simulators.population.sote_records import SoteRecord, SoteRecords
from simulators.population.te_records import TeRecord, TeRecords
from simulators.statistics import Municipality, restated

DEFAULT_PEOPLE = 1_750
KEPT_PEOPLE = 4_096


class Population:
    """People by index. Nobody is kept: a person is made when asked for, so 550,000 cost no more memory than one."""

    def __init__(self, maker: Maker, calendar: Calendar, lived: days.Lived) -> None:
        self._maker, self._calendar, self._lived = maker, calendar, lived
        self.person = lru_cache(KEPT_PEOPLE)(self._person)

    @classmethod
    def make(
        cls,
        *,
        seed: int = 1,
        people: int = DEFAULT_PEOPLE,
        today: date,
        closing: datetime | None = None,
        municipalities: Sequence[Municipality] | None = None,
    ) -> Self:
        """Make a population of `people` TE clients, and some known to other sources only.

        Up to 5,000 clients live in the employment area of Savonlinna, with a tenth as many around it; more are spread over
        the mainland by the statistics. `closing` is the instant to which the first day's data are complete, by default
        02:00 UTC of `today`; the product's own table of municipalities serves when no other is given.
        """
        calendar = Calendar.starting(today, closing)
        maker = Maker(seed=seed, calendar=calendar, municipalities=municipalities or restated(), people=people)
        return cls(maker, calendar, days.Lived())

    def advance(self, *, closing: datetime | None = None, share: float = days.CHANGED_SHARE) -> Self:
        """Give the same people a day later, this share of them changed; `self` stays as it was."""
        calendar = self._calendar.next(closing)
        lived = days.plan(self, self._maker, calendar, self._lived, share)
        grown = type(self)(self._maker, calendar, lived)
        return type(self)(self._maker, calendar, days.rehoused(grown, lived, calendar.day))

    def __len__(self) -> int:
        return self._maker.places.people + len(self._lived.arrivals)

    @property
    def seed(self) -> int:
        """What the people are made from."""
        return self._maker.seed

    @property
    def today(self) -> date:
        """The business date."""
        return self._calendar.today

    @property
    def day(self) -> int:
        """How many days have passed since the first."""
        return self._calendar.day

    @property
    def closing(self) -> datetime:
        """The instant (aware UTC) up to which the data are complete: every record was touched before it."""
        return self._calendar.closing

    @property
    def first_closing(self) -> datetime:
        """The instant up to which the first day's data were complete: what was touched later is found without a search."""
        return self._calendar.closings[0]

    def identity(self, index: int) -> Identity:
        """Give who the person is, as of today."""
        return self.person(index).identity if index in self._lived.touches else self._start(index).who.identity

    def te(self, index: int) -> TeRecords:
        """Give what TE holds, without making the rest of a person unchanged since the first day."""
        return self.person(index).te if self._lives_on(index) else self._maker.te(self._start(index))

    def kela(self, index: int) -> KelaRecords:
        """Give what Kela holds, likewise."""
        return self.person(index).kela if self._lives_on(index) else self._maker.kela(self._start(index))

    def sote(self, index: int) -> SoteRecords:
        """Give what the counties hold, likewise."""
        return self.person(index).sote if self._lives_on(index) else self._maker.sote(self._start(index))

    def consents(self, index: int) -> tuple[Wish, ...]:
        """Give what the person says at the desk, likewise."""
        return self.person(index).consents if self._lives_on(index) else self._maker.consents(self._start(index))

    def home(self, index: int) -> Home:
        """Give where the person lives today."""
        return self._lived.homes.get(index) or self._start(index).who.identity.home

    def in_municipality(self, code: str) -> Sequence[int]:
        """Give the indexes of those who live in a municipality today."""
        return self._living(self._maker.places.runs(municipality=code), lambda home: home.municipality == code)

    def in_area(self, code: str) -> Sequence[int]:
        """Give the indexes of those who live in an employment area today."""
        return self._living(self._maker.places.runs(area=code), lambda home: home.area == code)

    def in_county(self, code: str) -> Sequence[int]:
        """Give the indexes of those who live in a wellbeing county today."""
        return self._living(self._maker.places.runs(county=code), lambda home: home.county == code)

    def left_area(self, code: str) -> Sequence[int]:
        """Give the indexes of those who have moved away from an employment area since the first day."""
        return tuple(index for index, areas in self._lived.left.items() if code in areas)

    def areas_left(self, index: int) -> frozenset[str]:
        """Give the employment areas a person has moved away from since the first day."""
        return self._lived.left.get(index, frozenset())

    def touches(self) -> Mapping[int, tuple[changes.Touch, ...]]:
        """Give what has happened to whom since the first day, by index and in order; a change that did not fit gave way to another."""
        return self._lived.touches

    def by_hetu(self, code: str) -> int | None:
        """Give the index of the person who has or had this identity code."""
        index = self._maker.identities.index(code)
        if index is None or index >= len(self):
            return None
        identity = self.identity(index)
        return index if code in (identity.hetu, *(past.hetu for past in identity.past_hetus)) else None

    def by_te_id(self, text: str) -> int | None:
        """Give the index of the person whose TE record has this id."""
        named = self._maker.ids.read(text)
        return named.person if named and named.person < len(self) else None

    def changed_since(self, instant: datetime) -> Iterator[int]:
        """Give the indexes of those whose records may have been touched at this instant or later.

        Before the first closing everybody is looked through and the answer exact. From then on the days know whom they touched:
        nobody is made, and a few of those given only changed their will, or earlier on the day of the instant.
        """
        if instant < self.first_closing:
            everybody = ((index, records_of(self.person(index))) for index in range(len(self)))
            yield from (index for index, records in everybody if any(one.muokattu_aika >= instant for one in records))
            return
        closings = self._calendar.closings
        yield from (index for index, touches in self._lived.touches.items() if closings[touches[-1].day] > instant)
        yield from (index for index, day in self._lived.arrivals.items() if closings[day] > instant)

    def _lives_on(self, index: int) -> bool:
        return index in self._lived.touches or index in self._lived.arrivals

    def _start(self, index: int) -> Start:
        return self._maker.start(index, self._calendar.on(self._lived.arrivals.get(index, 0)))

    def _person(self, index: int) -> Person:
        """Make a person as they are today; an index that nobody has is an IndexError."""
        if not 0 <= index < len(self):
            raise IndexError("Nobody has this index.")
        person = self._maker.person(self._start(index))
        arrived = self._lived.arrivals.get(index)
        if arrived is not None:
            person = changes.arrived(person, self._calendar.moment(arrived, index, 1009))
        for touch in self._lived.touches.get(index, ()):
            person = changes.apply(person, touch, self._maker, self._calendar)
        return person

    def _living(self, runs: list[range], here: Callable[[Home], bool]) -> Sequence[int]:
        moved = self._lived.homes
        newcomers = [index for index, home in moved.items() if here(home)]
        stayed = (index for index in chain.from_iterable(runs) if index not in moved)
        return sorted(chain(stayed, newcomers))


def records_of(person: Person) -> Iterator[TeRecord | KelaRecord | SoteRecord]:
    """Give all records that all sources hold about a person."""
    te, kela, sote = person.te, person.kela, person.sote
    yield from chain(
        te.tyonhakijat,
        te.tyollisyysjaksot,
        te.suunnitelmat,
        te.palveluosallistumiset,
        te.yhteydenotot,
        te.palvelulinjat,
    )
    yield from chain(te.poistot, kela.vireillaolot, kela.etuusratkaisut, kela.maksut, kela.paivalaskurit)
    yield from chain(sote.patients, sote.episodes, sote.needs, sote.plans, sote.rehabilitative_work)
    yield from chain(sote.limitations, sote.contacts)
