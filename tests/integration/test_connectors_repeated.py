"""A full answer that comes again to the byte is counted and not read; whatever was done to staging since has it read."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from connectors import runs, staging
from connectors.erasing.rows import erase, kept_of
from connectors.errors import LandedAltered
from connectors.landing import land
from connectors.queries import books
from connectors.staging import slices
from db.engine import Login
from schemas.vocabulary import Category, Source
from simulators.faults import Fault, FaultName
from tests.asking import a_simulation
from tests.pulling import House, an_environment
from tests.sources import joined

COUNTY = "12"
NEED = Category.SOTE_PALVELUTARVE


class Later(House):
    """A house in which time goes on from answer to answer."""

    minutes = 0

    @property
    def at(self):
        return self.simulation.world.population.closing + timedelta(seconds=61, minutes=self.minutes)

    def next_pull(self, source, **how):
        self.minutes += 10
        return self.pull(source, **how)


@pytest.fixture
def house(database_url, tmp_path):
    house = Later(an_environment(database_url, tmp_path), a_simulation(people=60))
    house.connect("te", "kela", "sote")
    return house


@pytest.fixture
def read(monkeypatch):
    """The sources of which a part was read, one for each."""
    parts = []

    def noting(source, parse):
        def noted(part):
            parts.append(source)
            return parse(part)

        return noted

    for source, parse in slices._PARSE.items():
        monkeypatch.setitem(slices._PARSE, source, noting(source, parse))
    return parts


def asked_about_all(house, but=None):
    people = [person for (person,) in house.ask("SELECT DISTINCT person_id::text FROM staging.tyonhakija ORDER BY 1")]
    categories = [each.value for each in Category if each.source is Source.SOTE and each is not but]
    return house.leave(*((category, person, COUNTY) for person in people for category in categories))


def test_what_comes_again_is_counted_and_not_read(house, read):
    first = house.pull("te", full=True)
    read.clear()

    again = house.next_pull("te", full=True)

    assert read == []
    assert again["pulled"] == again["unchanged"] == first["pulled"] > 0
    assert house.next_pull("te", full=True)["pulled"] == first["pulled"]
    assert read == []


def test_refused_rows_of_a_repeated_answer_are_counted_once_more(house, read):
    broken = Fault(name=FaultName.BROKEN_ROWS, detail="missing-field", amount=0.04, source="te", times=None)
    house.simulation.faults.plan(broken)
    first = house.pull("te", full=True)
    read.clear()

    again = house.next_pull("te", full=True)

    assert read == []
    assert again["quarantined"] == first["quarantined"] == house.count("staging.quarantine") > 0
    assert set(house.ask("SELECT times FROM staging.quarantine")) == {(2,)}


def test_a_county_asked_about_the_same_people_is_known_again_until_other_things_may_be_kept(house, read):
    house.pull("te")
    leave = asked_about_all(house)
    first = house.next_pull("sote", leave=leave, full=True)
    read.clear()

    again = house.next_pull("sote", leave=leave, full=True)
    assert read == []
    assert again["unchanged"] == first["pulled"] > 0

    house.next_pull("sote", leave=asked_about_all(house, but=NEED), full=True)
    assert read != []
    assert house.count("staging.palvelutarve") == 0


def erased(house):
    """Take one person's needs out of staging, as the keeper does; gives how many there were of everybody."""
    before = house.count("staging.palvelutarve")
    ((person,), *_) = house.ask("SELECT person_id FROM staging.palvelutarve")
    others = [each.value for each in Category if each.source is Source.SOTE and each is not NEED]
    with house.environment.database(Login.KEEPER) as keeper, keeper.transaction() as tx:
        erase(tx, source=Source.SOTE, people=[UUID(str(person))], kept=kept_of(others, [person], []))
    assert house.count("staging.palvelutarve") < before
    return before


def test_what_is_erased_between_check_and_merge_stops_the_merge_and_comes_with_the_next(house):
    house.pull("te")
    leave = asked_about_all(house)
    house.next_pull("sote", leave=leave, full=True)
    house.minutes += 10
    planned = runs.plan(house.environment, source="sote", at=house.at, full=True, leave=leave)
    http = lambda: joined(house.simulation.server, house.seen)  # noqa: E731 - made anew for each call
    landed = [land(house.environment, batch, at=house.at, http=http) for batch in planned]
    groups = runs.group(house.environment, planned=planned, landed=landed)
    checked = [staging.check(house.environment, group, at=house.at) for group in groups]
    before = erased(house)

    with pytest.raises(LandedAltered):
        staging.merge(house.environment, source="sote", planned=planned, checked=checked, at=house.at)

    house.next_pull("sote", leave=leave, full=True)
    assert house.count("staging.palvelutarve") == before


def asked_by_name(house, monkeypatch, source=Source.TE, person=None):
    person = person or house.ask("SELECT person_id FROM staging.tyonhakija")[0][0]
    with house.environment.database(Login.CONNECTOR) as connector, connector.transaction() as tx:
        books.ask_from_the_beginning(tx, person_ids=[person], source=source, at=house.at)
    assert house.next_pull(source.value)["pulled"] > 0


def another_parser(house, monkeypatch):
    monkeypatch.setitem(slices.PARSERS, Source.TE, "te-another")


def left_quarantine(house, monkeypatch):
    with house.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("DELETE FROM staging.quarantine"))


@pytest.mark.parametrize("since", [asked_by_name, another_parser, left_quarantine], ids=lambda each: each.__name__)
def test_an_answer_is_read_again_after(house, read, monkeypatch, since):
    broken = Fault(name=FaultName.BROKEN_ROWS, detail="missing-field", amount=0.04, source="te", times=None)
    house.simulation.faults.plan(broken)
    house.pull("te", full=True)
    since(house, monkeypatch)
    read.clear()

    house.next_pull("te", full=True)

    assert read != []
    assert house.count("staging.quarantine") > 0


def test_a_counter_that_changed_meanwhile_and_changed_back_is_as_kela_says(house):
    house.pull("te")
    house.next_pull("kela", full=True)
    told = house.ask("SELECT source_record_id, content_hash FROM staging.paivalaskuri ORDER BY 1")
    with house.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("UPDATE staging.paivalaskuri SET content_hash = content_hash + 2"))
    paid = house.ask("SELECT person_id FROM staging.maksu JOIN staging.tyonhakija USING (person_id)")
    asked_by_name(house, None, Source.KELA, paid[0][0])

    house.next_pull("kela", full=True)

    assert len(told) > 1
    assert house.ask("SELECT source_record_id, content_hash FROM staging.paivalaskuri ORDER BY 1") == told
