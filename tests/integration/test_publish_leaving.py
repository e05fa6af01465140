"""Leave lists: whom each source may be asked about, and what may be kept, decided before anything is pulled."""

import io
import json

import polars as pl
import pytest
from sqlalchemy import select

from audit import tables as log
from connectors.landing import asked
from connectors.store import open_store
from connectors.tables import to_ask
from db.clock import now
from publish import refresh
from publish.tables import leave, to_erase
from schemas.vocabulary import Category, TaskGround
from tests.published import TYO_BY_LAW, Handed, a_hetu

SENSITIVE = "te.arkaluonteiset"


@pytest.fixture
def environment(database_url, keyring, tmp_path):
    return Handed(database_url, keyring, str(tmp_path))


def written(environment, source):
    path = refresh.write_leave_list(environment, source=source, at=now())
    rows = pl.read_parquet(io.BytesIO(open_store(environment.store).get(path)))
    assert rows.schema == dict.fromkeys(("category", "person_id", "place", "ground"), pl.String)
    return [row[:3] for row in rows.filter(pl.col("ground").is_null()).rows()]


def queued(owner):
    with owner.read() as read:
        return [(row.person_id, row.source) for row in read.execute(select(to_ask))]


def events(owner, *types):
    with owner.read() as read:
        bodies = [json.loads(row.body) for row in read.execute(select(log.inbox).order_by(log.inbox.c.ticket))]
    return [body["type"] for body in bodies if body["type"].startswith("leave.")]


def test_what_a_law_gives_may_be_kept_of_everybody(environment, world):
    world.jobseeker(world.person())

    assert set(written(environment, "te")) == {(category, None, None) for category in TYO_BY_LAW}


def test_what_a_law_gives_the_parties_of_joint_support_is_kept_of_those_who_get_it(environment, world, owner):
    joint, other = world.person(tym=True), world.person(a_hetu())
    for each in (joint, other):
        world.jobseeker(each)

    rows = written(environment, "te")

    assert [row for row in rows if row[0] == SENSITIVE] == [(SENSITIVE, str(joint), None)]
    assert queued(owner) == [(joint, "te")]


def test_whoever_no_longer_gets_joint_support_leaves_the_list_and_is_queued_to_be_erased(environment, world, owner):
    person = world.person(tym=True)
    world.jobseeker(person)
    written(environment, "te")
    world.ends(person, TaskGround.TYM)

    rows = written(environment, "te")

    assert [row for row in rows if row[0] == SENSITIVE] == []
    assert events(owner) == ["leave.entered", "leave.left"]
    with owner.read() as read:
        assert [row.person_id for row in read.execute(select(to_erase))] == [person]


def test_nothing_is_kept_of_a_source_that_no_law_and_no_consent_opens(environment, world):
    world.jobseeker(world.person())

    assert written(environment, "kela") == []


def test_sote_is_asked_about_nobody_without_a_consent(environment, world, owner):
    world.jobseeker(world.person())

    assert written(environment, "sote") == []
    assert queued(owner) == []


def test_a_consent_puts_its_person_and_category_on_the_list_of_its_county_and_asks_from_the_beginning(
    environment, world, owner
):
    person, other = world.person(), world.person(a_hetu())
    for each in (person, other):
        world.jobseeker(each)
    world.grant(person, "sote.palvelutarve")

    rows = written(environment, "sote")

    assert rows == [("sote.palvelutarve", str(person), "12")]
    assert queued(owner) == [(person, "sote")]
    assert events(owner) == ["leave.entered"]


def test_the_puller_reads_the_list_as_it_was_written(environment, world):
    person = world.person()
    world.jobseeker(person)
    world.grant(person, "sote.palvelutarve", "sote.yhteyshenkilo")
    path = refresh.write_leave_list(environment, source="sote", at=now())

    assert asked.allowed(open_store(environment.store), path) == {
        person: {Category.SOTE_PALVELUTARVE, Category.SOTE_YHTEYSHENKILO}
    }


def test_a_list_that_did_not_change_is_no_event_and_asks_nobody_anew(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    world.grant(person, "sote.palvelutarve")
    written(environment, "sote")
    before = events(owner)

    rows = written(environment, "sote")

    assert rows == [("sote.palvelutarve", str(person), "12")]
    assert events(owner) == before
    assert queued(owner) == [(person, "sote")]


def test_a_withdrawal_takes_its_person_off_the_list(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    world.grant(person, "sote.palvelutarve", "sote.yhteyshenkilo")
    written(environment, "sote")
    world.withdraw(person, "sote.palvelutarve")

    rows = written(environment, "sote")

    assert rows == [("sote.yhteyshenkilo", str(person), "12")]
    assert events(owner)[-1:] == ["leave.left"]
    with owner.read() as read:
        assert [row.categories for row in read.execute(select(leave))] == [["sote.yhteyshenkilo"]]


def test_whoever_leaves_altogether_is_no_longer_listed(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    world.grant(person, "sote.palvelutarve")
    written(environment, "sote")
    world.withdraw(person, "sote.palvelutarve")

    assert written(environment, "sote") == []
    with owner.read() as read:
        assert read.execute(select(leave)).all() == []


def test_a_county_that_does_not_serve_the_home_is_not_asked(environment, world):
    person = world.person()
    world.jobseeker(person, kotikunta="091", tyollisyysalue="08")
    world.grant(person, "sote.palvelutarve")

    assert written(environment, "sote") == []


@pytest.mark.parametrize("facts", [{"protected": True}, {"deceased": True}, {"municipality": "491"}])
def test_sote_is_not_asked_about_whom_nobody_may_see(environment, world, facts):
    person = world.person(**facts)
    world.jobseeker(person)
    world.grant(person, "sote.palvelutarve") if "deceased" not in facts else None

    assert written(environment, "sote") == []


def test_people_are_decided_in_groups_and_none_is_left_out(environment, world, monkeypatch):
    monkeypatch.setattr(refresh.leaving, "PEOPLE_AT_ONCE", 2)
    people = [world.person(a_hetu(number=str(number))) for number in range(902, 907)]
    for person in people:
        world.jobseeker(person)
        world.grant(person, "sote.palvelutarve")

    assert {row[1] for row in written(environment, "sote")} == {str(person) for person in people}
