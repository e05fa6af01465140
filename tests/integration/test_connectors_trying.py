"""A connection is tried: one page, judged as a night's would be, and nothing of it kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import AccessRefused, SourceClosed
from connectors.ledger import Health
from connectors.queries import books
from connectors.trying import PEOPLE_ASKED, NoSuchConnection, try_source
from db.engine import Login
from schemas.vocabulary import Source
from simulators.faults import Fault, FaultName
from tests.asking import a_simulation
from tests.linking import linked
from tests.pulling import House, a_connection, an_environment
from tests.sources import joined


@pytest.fixture(scope="module")
def _simulation():
    return a_simulation(people=60)


@pytest.fixture
def simulation(_simulation):
    yield _simulation
    _simulation.faults.clear()


@pytest.fixture
def house(database_url, tmp_path, simulation):
    house = House(an_environment(database_url, tmp_path), simulation)
    with house.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
        for source in ("te", "kela", "sote"):
            books.define_connection(tx, defined=replace(a_connection(source, house.at), state="trial"))
    return house


def tried(house, name, *, leave=None):
    server, seen = house.simulation.server, house.seen
    return try_source(
        house.environment,
        connection_id=name,
        at=house.at,
        leave=leave and (lambda: leave),
        http=lambda: joined(server, seen),
    )


@pytest.mark.parametrize("name", ["te-36", "kela-36"])
def test_a_good_first_page_is_counted_and_nothing_of_it_is_kept(house, name):
    trial = tried(house, name)

    assert (trial.good, trial.pages, trial.refused, trial.held) == (True, 1, 0, ())
    assert trial.pulled > 0
    assert len(house.seen) == 1
    assert not (house.environment.home / "store").exists()
    assert [house.count(f"staging.{table}") for table in ("batch", "quarantine", "person", "watermark")] == [0] * 4


def test_that_a_page_was_fetched_is_an_event(house):
    tried(house, "te-36")

    ((kind, table),) = house.ask(
        "SELECT body_json ->> 'type', body_json -> 'change' ->> 'table' "
        "FROM (SELECT convert_from(body, 'utf8')::jsonb AS body_json FROM audit.inbox) told"
    )
    assert (kind, table) == ("source.fetched", "staging.connection")


def test_a_county_is_asked_about_a_few_people_of_its_own_leave_list(house, simulation):
    population = simulation.world.population
    codes = [population.identity(index).hetu for index in population.in_county("12")][: PEOPLE_ASKED * 2]
    with house.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
        of = dict(linked(tx, *codes, at=house.at).people.iter_rows())
    leave = house.leave(*(("sote.asiakassuhde", person, place) for person in of.values() for place in ("12", "15")))

    trial = tried(house, "sote-12", leave=leave)

    asked = b"".join(request.content for request in house.seen)
    assert trial.good
    assert sum(code.encode() in asked for code in codes) == PEOPLE_ASKED


def test_without_a_leave_list_no_county_is_asked(house):
    trial = tried(house, "sote-12")

    assert (trial.pages, house.seen) == (0, [])


def test_a_field_that_changed_its_name_is_told_by_its_path(house, simulation):
    simulation.faults.plan(Fault(name=FaultName.CHANGED_SHAPE, source="te", detail="sukunimi"))

    trial = tried(house, "te-36")

    assert not trial.good
    assert trial.held[0] == "tyonhakija: sukunimi empty in every row"
    assert trial.unknown == {"Tyonhakija.uusiSukunimi": trial.pulled}
    assert trial.rules == {("Tyonhakija", "sukunimi", "MISSING"): trial.pulled}


def test_broken_rows_are_told_by_record_field_and_code_and_no_value(house, simulation):
    simulation.faults.plan(Fault(name=FaultName.BROKEN_ROWS, source="te", detail="wrong-check", amount=0.5))

    trial = tried(house, "te-36")

    assert trial.refused > 0
    assert set(trial.rules) == {("Tyonhakija", "henkilotunnus", "HETU_CHECKSUM")}


def test_a_source_that_refuses_us_says_so(house, simulation):
    simulation.faults.plan(Fault(name=FaultName.FORBIDDEN, source="te"))

    with pytest.raises(AccessRefused):
        tried(house, "te-36")


def test_a_source_that_is_left_alone_is_not_tried(house):
    with house.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
        closed = Health(source=Source.TE, open_until=house.at + timedelta(minutes=5), cause="it was down")
        books.write_health(tx, is_now=closed, at=house.at)

    with pytest.raises(SourceClosed, match="it was down"):
        tried(house, "te-36")
    assert house.seen == []


def test_an_unknown_connection_names_the_known_ones(house):
    with pytest.raises(NoSuchConnection, match="kela-36, sote-12, te-36"):
        tried(house, "te-99")
