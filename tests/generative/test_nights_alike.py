"""Random nights of two towns, one that remembers what came and one that reads all anew: they hold and show the same, row for row."""

import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from connectors import runs
from connectors.erasing.rows import erase, kept_of
from connectors.landing import land
from connectors.layout import layouts
from connectors.queries import books
from connectors.staging.slices import PARSERS
from db.engine import Login
from publish import refresh
from schemas.vocabulary import Category, Source
from simulators.faults import Fault, FaultName
from tests.asking import a_simulation
from tests.faults.pictures import picture
from tests.pulling import House, an_environment
from tests.sources import joined

COUNTY = "12"
CHOSEN = {Source.TE: Category.TE_YHTEYDENOTOT, Source.SOTE: Category.SOTE_PALVELUTARVE}
"""Categories that may be kept of whoever is on the list; the others of TE and Kela of everybody, of the counties of all the same people."""
SUMS = ("pulled", "accepted", "quarantined", "unchanged", "held")
FIRST_NIGHTS = ("a yes", "changes")
NIGHTS = ("nothing", "nothing", "changes", "broken", "window", "a no", "a yes", "another parser")


@dataclass(slots=True)
class Town(House):
    """A house whose clock goes on between answers, and which may forget everything before each."""

    minutes: int = 0
    forgetful: bool = False

    @property
    def at(self):
        return self.simulation.world.population.closing + timedelta(seconds=61, minutes=self.minutes)

    def night(self, source, leave, *, full):
        if self.forgetful:
            with self.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
                tx.execute(text("UPDATE staging.watermark SET seen = NULL"))
                tx.execute(text("UPDATE staging.batch SET imprint = NULL"))
        planned = runs.plan(self.environment, source=source, at=self.at, full=full, leave=leave)
        http = partial(joined, self.simulation.server, self.seen)
        landed = [land(self.environment, batch, at=self.at, http=http) for batch in planned]
        counts = self.merge(source, planned, landed)["counts"]
        return {name: counts.get(name, 0) for name in SUMS}

    def people(self):
        """Everybody by what they are known by in both towns, the hash of each identity code they had; the last of a person is the least."""
        return dict(
            self.ask("SELECT encode(hetu_hash, 'hex'), person_id::text FROM staging.identity ORDER BY hetu_hash DESC")
        )

    def held(self):
        """Give all that is staged, refused and protected, told of people by what both towns know them by."""
        known_as = {person: name for name, person in self.people().items()}
        shown = {
            each.table: [name for name in each.columns if name not in {*each.encrypted, "batch_id"}]
            for each in layouts()
        }
        shown["quarantine"] = ["record", "record_key", "person_id", "failures", "state", "closed_why", "times"]
        shown["protection"] = ["person_id", "said_by"]
        return {table: self._rows(table, columns, known_as) for table, columns in shown.items()}

    def publish(self):
        for shard in refresh.due(self.environment):
            refresh.refresh(self.environment, shard, at=self.at)

    def view(self):
        """Take down what is published: sections, who may see them, and the feed."""
        with self.environment.database(Login.OWNER) as owner, owner.read() as read:
            return {name: Counter(map(str, rows)) for name, rows in picture(read).view.items()}

    def _rows(self, table, columns, known_as):
        rows = self.ask(f"SELECT row_to_json(r)::text FROM (SELECT {', '.join(columns)} FROM staging.{table}) r")
        return Counter(_named(row, known_as) for (row,) in rows)


def _named(row, known_as):
    """Write the town's own ids of people as what both know them by; a counter's key holds one."""
    person = json.loads(row).get("person_id")
    return row.replace(person, known_as[person]) if person else row


class Nights:
    """The same nights for both towns."""

    def __init__(self, towns, drawn):
        self.towns, self.drawn = towns, drawn
        self.allowed = {source: set() for source in CHOSEN}

    def pass_(self, source, what):
        """Let one night of a source pass; gives both towns' sums."""
        town = self.towns[0]
        getattr(self, what.replace(" ", "_"), lambda _: None)(source)
        if what == "broken" and source is not Source.SOTE:  # a county is asked in the order of each town's own ids
            town.simulation.faults.plan(
                Fault(name=FaultName.BROKEN_ROWS, detail="missing-field", amount=0.03, times=None)
            )
        sums = [each.night(source, self.leave(each, source), full=what != "window") for each in self.towns]
        town.simulation.faults.clear()
        for each in self.towns:
            each.minutes += 10
        return sums

    def published_alike(self):
        """Publish in both towns what waits, and tell whether they show the same."""
        for each in self.towns:
            each.publish()
        return self.towns[0].view() == self.towns[1].view()

    def leave(self, town, source):
        people = town.people()
        if source is Source.SOTE:
            rest = [each.value for each in Category if each.source is source and each is not CHOSEN[source]]
            listed = [(category, person, COUNTY) for person in sorted(set(people.values())) for category in rest]
        else:
            listed = [
                (each.value, None, None)
                for each in Category
                if each.source is source and each is not CHOSEN.get(source)
            ]
        allowed = sorted({people[name] for name in self.allowed.get(source, ())})
        return town.leave(*listed, *((CHOSEN[source].value, person, COUNTY) for person in allowed))

    def changes(self, _):
        self.towns[0].simulation.world.advance()

    def a_no(self, source):
        """Take people off the list, and what was kept of them out of staging."""
        if source not in CHOSEN or not self.allowed[source]:
            return
        drawn = self.drawn.sample(sorted(self.allowed[source]), 1 + len(self.allowed[source]) // 3)
        gone = self._names(drawn)
        self.allowed[source] -= gone
        others = [each.value for each in Category if each.source is source and each is not CHOSEN[source]]
        for town in self.towns:
            people = town.people()
            with town.environment.database(Login.KEEPER) as keeper, keeper.transaction() as tx:
                ids = sorted({people[name] for name in gone})
                erase(tx, source=source, people=ids, kept=kept_of(others, ids, []))

    def a_yes(self, source):
        """Put people on the list; they are asked about from the beginning."""
        names = sorted(self.towns[0].people())
        if source not in CHOSEN or not names:
            return
        new = set(self.drawn.sample(names, len(names) // 3)) - self._names(self.allowed[source])
        self.allowed[source] |= new
        for town in self.towns:
            people = town.people()
            with town.environment.database(Login.CONNECTOR) as connector, connector.transaction() as tx:
                books.ask_from_the_beginning(
                    tx, person_ids=sorted({people[name] for name in new}), source=source, at=town.at
                )

    def _names(self, some):
        """Give all names of those who have one of these; a new identity code is another name of the same person."""
        people = self.towns[0].people()
        meant = {people[name] for name in some}
        return {name for name, person in people.items() if person in meant}

    def another_parser(self, source):
        PARSERS[source] += "'"


@pytest.fixture
def worlds(request, copies):
    """A maker of databases with the same laws and recipients, to whom something is shown."""
    template = request.getfixturevalue("_world_template")
    return lambda: copies(template)


def towns(urls, folder):
    first = an_environment(urls[0], folder)
    second = replace(first, database_url=urls[1], store=str(folder / "other" / "store"), home=folder / "other")
    simulation = a_simulation(people=45)
    made = [Town(first, simulation), Town(second, simulation, forgetful=True)]
    for town in made:
        with town.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
            tx.execute(text("DELETE FROM staging.watermark"))
        town.connect("te", "kela", "sote")
    return made


@pytest.mark.parametrize(
    ("seed", "number"), [(1, 3), *(pytest.param(seed, 12, marks=pytest.mark.long) for seed in range(2, 12))]
)
def test_who_remembers_holds_and_shows_what_who_reads_all_anew_does(worlds, tmp_path, seed, number, monkeypatch):
    for source, parser in PARSERS.items():
        monkeypatch.setitem(PARSERS, source, parser)
    drawn = random.Random(seed)
    with worlds() as one, worlds() as other:
        nights = Nights(towns((one, other), tmp_path), drawn)
        for night in range(number):
            for source in Source:
                what = FIRST_NIGHTS[night] if night < len(FIRST_NIGHTS) else drawn.choice(NIGHTS)
                sums = nights.pass_(source, what)

                assert sums[0] == sums[1], (night, source, what)
                assert nights.towns[0].held() == nights.towns[1].held(), (night, source, what)
            assert nights.published_alike(), night
        assert all(nights.towns[0].view().values())
