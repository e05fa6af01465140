"""Making a person from the seed: who they are, how they live, and what each source writes down about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from simulators.population.calendar import Calendar
from simulators.population.chance import Draw
from simulators.population.identities import Identities, Who
from simulators.population.ids import RecordIds
from simulators.population.kela_life import Customer, kela_records
from simulators.population.kela_records import KelaRecords
from simulators.population.lives import Life, arrive, closed, live
from simulators.population.names import worker_name
from simulators.population.pen import Pen
from simulators.population.person import Identity, KnownTo, Person, Wish
from simulators.population.places import Places
from simulators.population.sote_life import Patient, sote_records
from simulators.population.sote_records import SoteRecords
from simulators.population.te_life import Client, te_records
from simulators.population.te_records import TeRecords, Vastuuasiantuntija
from simulators.population.wishes import wishes
from simulators.statistics import Municipality

LIFE, TE, KELA, SOTE, WISHES, COACH = range(2, 8)
CLIENTS_PER_COACH = 95
WITHOUT_COACH_SHARE = 0.08
COACH_PREFIX = {"36": "sln"}
TYM_DAYS = 140


@dataclass(frozen=True, slots=True)
class Start:
    """A person on the day they enter the population: everything else follows from it and the seed."""

    index: int
    who: Who
    life: Life
    today: date


class Maker:
    """Makes the people of one seed, each as they were when they entered the population."""

    def __init__(self, *, seed: int, calendar: Calendar, municipalities: Sequence[Municipality], people: int) -> None:
        self.seed, self.ids, self._calendar = seed, RecordIds(seed), calendar
        self.places = Places(municipalities, people)
        self.identities = Identities(seed=seed, today=calendar.first, places=self.places)
        self._area_people = {
            place.area: sum(len(run) for run in self.places.runs(area=place.area)) for place in self.places.all
        }

    def start(self, index: int, today: date) -> Start:
        """Make who the person is and how they live; an index beyond the first day's people is someone who arrived today."""
        who, draw = self.identities.of(index, today), Draw(self.seed, index, LIFE)
        if index >= self.places.people:
            return Start(index, who, arrive(draw, today), today)
        died = who.identity.died
        life = live(draw, who.identity.born, max(died, today - timedelta(days=90)) if died else today)
        if who.tym:
            life = replace(life, tym_since=max(life.start, today - timedelta(days=TYM_DAYS)))
        return Start(index, who, closed(life, died) if died and life.end is None else life, today)

    def person(self, start: Start) -> Person:
        """Make the whole person."""
        return Person(
            index=start.index,
            identity=start.who.identity,
            known_to=start.who.known_to,
            te=self.te(start),
            kela=self.kela(start),
            sote=self.sote(start),
            consents=self.consents(start),
        )

    def te(self, start: Start) -> TeRecords:
        """Make what TE holds."""
        if KnownTo.TE not in start.who.known_to:
            return TeRecords()
        identity = start.who.identity
        client = Client(
            identity=identity,
            life=start.life,
            pen=self.pen(start.index, TE),
            today=start.today,
            coach=self.coach(start.index, identity, start.life.start),
            protected=identity.protected and not start.who.protection_unknown_to_te,
            twice=start.who.twice_in_te and bool(identity.past_hetus),
        )
        return te_records(client)

    def kela(self, start: Start) -> KelaRecords:
        """Make what Kela holds."""
        if KnownTo.KELA not in start.who.known_to:
            return KelaRecords()
        pen = self.pen(start.index, KELA)
        return kela_records(Customer(identity=start.who.identity, life=start.life, pen=pen, today=start.today))

    def sote(self, start: Start) -> SoteRecords:
        """Make what the counties hold: everyone in joint support is known to one."""
        identity = start.who.identity
        if KnownTo.SOTE not in start.who.known_to and start.life.tym_since is None:
            return SoteRecords()
        old = bool(identity.past_hetus) and start.index % 2 == 0
        return sote_records(
            Patient(
                identity=identity,
                hetu=identity.past_hetus[0].hetu if old else identity.hetu,
                life=start.life,
                pen=self.pen(start.index, SOTE),
                today=start.today,
            )
        )

    def consents(self, start: Start) -> tuple[Wish, ...]:
        """Make what the person says when asked."""
        if KnownTo.TE not in start.who.known_to or start.who.identity.died:
            return ()
        draw = Draw(self.seed, start.index, WISHES)
        joint = start.life.tym_since is not None
        return wishes(
            draw,
            start.who.identity,
            start.today,
            since=start.life.start,
            joint=joint,
            known_to_sote=joint or KnownTo.SOTE in start.who.known_to,
        )

    def pen(self, index: int, subject: int) -> Pen:
        """Give a pen with its own row of chance, so that one source's records never shift another's."""
        return Pen(self.ids, self._calendar, index, Draw(self.seed, index, subject))

    def coach(self, index: int, identity: Identity, since: date) -> Vastuuasiantuntija | None:
        """Give the personal coach: an area's clients are shared out evenly, some have none."""
        if Draw(self.seed, index, COACH).chance(WITHOUT_COACH_SHARE):
            return None
        area = identity.home.area
        number = index % (self._area_people[area] // CLIENTS_PER_COACH + 1)
        return Vastuuasiantuntija(
            tunnus=f"{COACH_PREFIX.get(area, 'tya' + area)}-{number + 1:03}",
            nimi=_coach_name(self.seed, area, number),
            yksikko="Työllisyyspalvelut",
            puhelin=f"+35844000{number:04}",
            alku_pvm=since,
        )


@lru_cache(16_384)
def _coach_name(seed: int, area: str, number: int) -> str:
    return worker_name(Draw(seed, int(area), number, COACH))
