"""Two known people whom a steward makes one: all that was either's is the one's, whoever pulls meanwhile and whatever comes next."""

import pytest
from sqlalchemy import text

from audit.events import Actor
from connectors.joining import NotKnown, SamePerson, join_people
from connectors.persons import hetus
from connectors.queries import people
from db.engine import Login
from db.errors import DatabaseError
from db.ids import uuid7
from schemas.vocabulary import Source
from tests.asking import a_simulation
from tests.by_hand import Desk, a_jobseeker, a_period, an_id
from tests.pulling import House, an_environment

AINO = a_jobseeker("aino", "120384-9128", "1984-03-12")
ELLI = a_jobseeker("elli", "010181-9533", "1981-01-01")
STEWARD = Actor(org="0166906-4", system="luukku", user="s1", role="steward")


@pytest.fixture
def desk(database_url, tmp_path):
    desk = Desk(an_environment(database_url, tmp_path), a_simulation(people=5))
    desk.connect("te")
    return desk


def person_of(desk, name):
    ((person,),) = desk.ask("SELECT person_id FROM staging.tyonhakija WHERE source_record_id = :id", id=an_id(name))
    return person


def join(house, from_id, into_id):
    with house.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
        tx.execute(text("SET LOCAL lock_timeout = '100ms'"))
        join_people(tx, from_id=from_id, into_id=into_id, by=STEWARD, why="Sama ihminen.", at=house.at)


def test_both_codes_open_as_the_ones_own_and_the_one_in_use_is_asked_with(desk):
    desk.answer(tyonhakijat=[AINO, ELLI])
    aino, elli = person_of(desk, "aino"), person_of(desk, "elli")

    join(desk, elli, aino)

    assert desk.ask("SELECT merged_into FROM staging.person WHERE person_id = :id", id=elli) == [(aino,)]
    assert desk.ask("SELECT person_id, count(*) FROM staging.identity GROUP BY 1") == [(aino, 2)]
    with desk.environment.database(Login.CONNECTOR) as database, database.read() as read:
        ((whose, code),) = hetus(read, [aino, elli])
    assert whose == aino
    assert code.reveal() in {AINO["henkilotunnus"], ELLI["henkilotunnus"]}


def test_who_is_protected_under_one_identity_is_nowhere_under_the_other(desk):
    desk.answer(tyonhakijat=[AINO, ELLI | {"turvakielto": True, "kotikunta": None}])
    aino, elli = person_of(desk, "aino"), person_of(desk, "elli")
    assert desk.ask("SELECT kotikunta FROM staging.tyonhakija WHERE person_id = :id", id=aino) == [("740",)]

    join(desk, elli, aino)

    assert desk.ask("SELECT person_id, kotikunta FROM staging.tyonhakija") == [(aino, None)] * 2
    assert desk.ask("SELECT person_id, said_by FROM staging.protection") == [(aino, "te")]
    assert desk.ask("SELECT protected FROM consent.person WHERE person_id = :id", id=aino) == [(True,)]
    assert (
        desk.ask("SELECT DISTINCT ground FROM consent.task_held WHERE person_id = :id AND until_at IS NULL", id=elli)
        == []
    )


def test_what_waits_about_either_waits_about_the_one_and_both_are_published_anew(desk):
    desk.answer(tyonhakijat=[AINO, ELLI], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01")])
    desk.answer(full=False, tyollisyysjaksot=[a_period("p", "elli", "2026-02-01")])
    aino, elli = person_of(desk, "aino"), person_of(desk, "elli")
    with desk.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("INSERT INTO staging.to_ask VALUES (:id, 'kela', now())"), {"id": elli})
        tx.execute(text("DELETE FROM staging.pending"))

    join(desk, elli, aino)

    assert desk.ask("SELECT DISTINCT person_id FROM staging.quarantine") == [(aino,)]
    assert desk.ask("SELECT person_id FROM staging.to_ask") == [(aino,)]
    assert {person for (person,) in desk.ask("SELECT person_id FROM staging.pending")} == {aino, elli}


@pytest.mark.parametrize("source", Source)
def test_a_join_waits_for_the_merge_of_any_source_which_may_write_of_the_one_who_ends(desk, source):
    desk.answer(tyonhakijat=[AINO, ELLI])
    aino, elli = person_of(desk, "aino"), person_of(desk, "elli")
    which = people.MERGES[list(Source).index(source)]

    with desk.environment.database(Login.CONNECTOR) as merging, merging.transaction() as tx:
        people.lock(tx, which=which)
        with pytest.raises(DatabaseError):
            join(desk, elli, aino)
    assert person_of(desk, "elli") == elli

    join(desk, elli, aino)
    assert person_of(desk, "elli") == aino


def test_nobody_is_joined_to_themselves_to_a_stranger_or_twice(desk):
    desk.answer(tyonhakijat=[AINO, ELLI])
    aino, elli = person_of(desk, "aino"), person_of(desk, "elli")

    with pytest.raises(SamePerson):
        join(desk, aino, aino)
    with pytest.raises(NotKnown):
        join(desk, aino, uuid7(desk.at))
    join(desk, elli, aino)
    with pytest.raises(NotKnown):
        join(desk, elli, aino)


def counters(house):
    return [key for (key,) in house.ask("SELECT source_record_id FROM staging.paivalaskuri ORDER BY 1")]


def test_the_counters_of_a_joined_person_stay_when_kela_gives_them_once_more(database_url, tmp_path):
    house = House(an_environment(database_url, tmp_path), a_simulation(people=60))
    house.connect("te", "kela")
    house.pull("te", full=True)
    house.pull("kela", full=True)
    having = [person for (person,) in house.ask("SELECT DISTINCT person_id FROM staging.paivalaskuri ORDER BY 1")]
    others = [person for (person,) in house.ask("SELECT person_id FROM staging.tyonhakija ORDER BY 1")]
    without = next(person for person in others if person not in having)
    join(house, having[0], without)
    join(house, having[1], having[2])
    before = counters(house)
    assert any(key.startswith(str(without)) for key in before)

    house.pull("kela", full=True)

    assert counters(house) == before
