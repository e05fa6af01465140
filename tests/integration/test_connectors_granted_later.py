"""What was left out, and came by name once somebody might be shown it, is not taken for gone by the next full pull."""

from datetime import timedelta
from importlib import import_module
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import text

from connectors import runs
from connectors.queries import books
from db.engine import Login
from schemas.vocabulary import Category, Source
from simulators.faults import Fault, FaultName
from tests.asking import a_simulation
from tests.pulling import House, an_environment

CONTACTS = Category.TE_YHTEYDENOTOT


@pytest.fixture
def house(database_url, tmp_path):
    house = House(an_environment(database_url, tmp_path), a_simulation(people=60))
    house.connect("te")
    return house


def granted_later(house):
    """Pull everybody without their contacts, then let the contacts of each be shown; gives the leave list that says so."""
    general = [(each.value, None, None) for each in Category if each.source is Source.TE and each is not CONTACTS]
    house.pull("te", leave=house.leave(*general))
    people = [person for (person,) in house.ask("SELECT person_id FROM staging.tyonhakija")]
    with house.environment.database(Login.CONNECTOR) as connector, connector.transaction() as tx:
        books.ask_from_the_beginning(tx, person_ids=people, source=Source.TE, at=house.at)
    return house.leave(*general, *((CONTACTS.value, str(person), None) for person in people))


def test_a_record_that_came_by_name_stays_when_everything_is_pulled_again(house):
    granted = granted_later(house)
    house.pull("te", leave=granted)
    came = house.count("staging.yhteydenotto")

    house.pull("te", leave=granted, full=True)

    assert came > 0
    assert house.count("staging.yhteydenotto") == came


def ids(step):
    """Give a maker of ids that come in order, or each before the last."""
    numbers = count(2**100, step)
    return lambda _: UUID(int=next(numbers))


@pytest.mark.parametrize("step", [1, -1], ids=["all first", "by name first"])
def test_a_record_that_came_among_all_and_by_name_at_once_stays_when_everything_is_pulled_again(
    house, monkeypatch, step
):
    granted = granted_later(house)
    with house.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("UPDATE staging.watermark SET seen = NULL"))
    with monkeypatch.context() as ordered:
        ordered.setattr(import_module("connectors.runs.plan"), "uuid7", ids(step))
        house.pull("te", leave=granted, full=True)
    came = house.count("staging.yhteydenotto")

    again = house.pull("te", leave=granted, full=True)

    assert came > 0
    assert again["accepted"] == 0
    assert house.count("staging.yhteydenotto") == came


@pytest.mark.parametrize(
    "broken",
    [
        Fault(name=FaultName.MALFORMED_RECORD, source="te", path="yhteydenotot", times=None),
        Fault(
            name=FaultName.BROKEN_ROWS, detail="missing-field", amount=0.5, source="te", path="yhteydenotot", times=None
        ),
    ],
    ids=lambda fault: fault.name,
)
def test_what_was_broken_when_it_came_by_name_is_taken_once_it_comes_whole(house, broken):
    granted = granted_later(house)
    house.simulation.faults.plan(broken)
    refused = house.pull("te", leave=granted)["quarantined"]
    came = house.count("staging.yhteydenotto")
    house.simulation.faults.clear()

    house.pull("te", leave=granted, full=True)

    assert refused > 0
    assert house.count("staging.yhteydenotto") == came + refused


def nightly(house, minutes):
    at = house.at + timedelta(minutes=minutes)
    return runs.plan(house.environment, source="te", at=at, by_clock=True)


def test_the_clock_asks_an_area_once_a_night_and_each_time_about_whom_was_granted_since(house):
    house.pull("te")
    ((person,), *_) = house.ask("SELECT person_id FROM staging.tyonhakija ORDER BY 1")

    assert nightly(house, 10) == []
    with house.environment.database(Login.CONNECTOR) as connector, connector.transaction() as tx:
        books.ask_from_the_beginning(tx, person_ids=[person], source=Source.TE, at=house.at)
    assert [each["shard"] for each in nightly(house, 20)] == ["36-asked-0"]
    assert [each["shard"] for each in nightly(house, 24 * 60)] == ["36", "36-asked-0"]


def asked_about(house):
    """The log's words on whom a source heard of by name, by the batch that named them."""
    rows = house.ask("SELECT convert_from(body, 'UTF8')::jsonb AS said FROM audit.inbox ORDER BY ticket")
    return [said["change"]["id"] for (said,) in rows if said["type"] == "person.asked"]


def test_that_a_source_hears_of_somebody_by_name_is_told_once_however_often_it_is_asked(house):
    granted = granted_later(house)
    people = house.count("staging.to_ask")

    (first,) = nightly(house, 10)
    assert asked_about(house) == [first["batch"]] * people
    nightly(house, 20)
    house.pull("te", leave=granted)

    assert len(asked_about(house)) == people > 1
    with house.environment.database(Login.CONNECTOR) as connector, connector.transaction() as tx:
        ((person,), *_) = house.ask("SELECT person_id FROM staging.tyonhakija ORDER BY 1")
        books.ask_from_the_beginning(tx, person_ids=[person], source=Source.TE, at=house.at)
    nightly(house, 30)
    assert len(asked_about(house)) == people + 1, "queued again, it is told again"


def test_what_was_broken_and_may_not_be_kept_once_it_is_whole_does_not_wait(house):
    granted = granted_later(house)
    broken = Fault(name=FaultName.BROKEN_ROWS, detail="missing-field", amount=0.5, source="te", path="yhteydenotot")
    house.simulation.faults.plan(broken)
    house.pull("te", leave=granted)
    house.simulation.faults.clear()
    general = house.leave(*((each.value, None, None) for each in Category if each is not CONTACTS))

    house.pull("te", leave=general, full=True)

    assert set(house.ask("SELECT state, closed_why FROM staging.quarantine")) == {("discarded", "not_ours")}
