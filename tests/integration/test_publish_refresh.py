"""Publishing against real PostgreSQL: what is written, to whom it is told, and what happens when facts move meanwhile."""

import json
import threading
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from audit import tables as log
from audit.events import Actor
from connectors import tables as staging
from connectors.joining import join_people
from db.clock import now
from publish import changes_of_will, refresh
from publish.errors import NotPublished
from publish.queries import publishing, reading
from publish.refresh import shard, stage
from publish.tables import change, entitlement, person_ref, section
from tests.published import COUNTY, HETU, KEHA, MIKKELI, SAVONLINNA, Handed, a_hetu

TYO = "TYO-380-2023"
NEED = {"county": "12", "status": "active", "kirjattu_pvm": date(2026, 5, 28)}
PERIOD = {"tyollkoodi": "02", "alku_pvm": date(2025, 2, 20)}


@pytest.fixture
def environment(database_url, keyring, tmp_path):
    return Handed(database_url, keyring, str(tmp_path))


def publish(environment):
    return [refresh.refresh(environment, each, at=now()) for each in refresh.due(environment)]


def rows(owner, table, *columns):
    with owner.read() as read:
        return read.execute(select(*(columns or table.c)).order_by(*(columns or table.primary_key.columns))).all()


def feed(owner):
    return [(row.recipient, row.kind, row.superseded) for row in rows(owner, change)]


def held(owner, person_id):
    with owner.read() as read:
        return {each.category: json.loads(each.text) for each in reading.held(read, person_id=person_id)}


def shown(owner, purpose=TYO):
    return {
        (row.recipient, category): ground
        for row in rows(owner, entitlement)
        if row.purpose == purpose
        for category, ground in zip(row.categories, row.grounds, strict=True)
    }


def test_nobody_waiting_is_nothing_due(environment, world):
    assert refresh.due(environment) == []
    assert refresh.verdict([], []) == {"published": 0, "unchanged": 0, "removed": 0, "decisions": {}}


def test_a_person_is_published_to_the_recipient_with_the_task_and_to_no_other(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    world.stage(staging.tyollisyysjakso, person, **PERIOD)

    [counts] = publish(environment)

    assert set(held(owner, person)) == {"te.perustiedot", "te.tyollisyys"}
    assert shown(owner) == {(SAVONLINNA, "te.perustiedot"): "statute", (SAVONLINNA, "te.tyollisyys"): "statute"}
    assert feed(owner) == [(SAVONLINNA, "changed", False)]
    assert [(row.recipient, row.person_id) for row in rows(owner, person_ref)] == [(SAVONLINNA, person)]
    assert (counts["published"], counts["unchanged"], counts["removed"]) == (1, 0, 0)
    assert counts["decisions"] == {"statute": 2, "no_task": 2, "permit": 2, "deny": 2}


def test_names_rest_encrypted_and_open_only_in_their_own_row(environment, world, owner):
    person = world.person()
    world.jobseeker(person)

    publish(environment)

    [row] = rows(owner, section)
    assert row.body is None
    assert b"Esimerkki" not in row.body_encrypted
    assert held(owner, person)["te.perustiedot"][0]["family_name"] == "Esimerkki"


def test_publishing_again_changes_nothing_and_tells_nobody(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)
    before = rows(owner, section), rows(owner, entitlement), rows(owner, change), rows(owner, person_ref)
    with owner.transaction() as tx:
        publishing.wait(tx, people=[person])

    [counts] = publish(environment)

    assert (rows(owner, section), rows(owner, entitlement), rows(owner, change), rows(owner, person_ref)) == before
    assert (counts["published"], counts["unchanged"], counts["removed"]) == (0, 1, 0)


def test_what_was_published_waits_no_more_and_what_came_meanwhile_still_does(environment, world, owner, monkeypatch):
    person = world.person()
    world.jobseeker(person)
    taken = publishing.no_longer_waiting

    def meanwhile(tx, *, people):
        with owner.transaction() as other:
            publishing.wait(other, people=people)
        taken(tx, people=people)

    monkeypatch.setattr(publishing, "no_longer_waiting", meanwhile)
    [due] = refresh.due(environment)
    with environment.database(stage.Login.PUBLISHER) as database, database.transaction(snapshot=True) as tx:
        shard.publish(tx, people=[person], at=now())

    assert [row.person_id for row in rows(owner, staging.pending)] == [person]
    assert due["people"] == 1


def test_a_change_of_what_is_visible_is_told_once_and_the_older_entry_is_superseded(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)
    world.stage(staging.tyollisyysjakso, person, **PERIOD)

    publish(environment)

    assert feed(owner) == [(SAVONLINNA, "changed", True), (SAVONLINNA, "changed", False)]


def test_a_change_of_what_nobody_sees_is_told_to_nobody(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)
    world.stage(staging.palvelutarve, person, **NEED)

    [counts] = publish(environment)

    assert set(held(owner, person)) == {"te.perustiedot", "sote.palvelutarve"}
    assert feed(owner) == [(SAVONLINNA, "changed", False)]
    assert counts["unchanged"] == 1


def test_what_is_gone_from_staging_is_gone_from_the_view_and_the_feed_says_removed(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)
    world.unstage(staging.tyonhakija, person)

    [counts] = publish(environment)

    assert rows(owner, section) == []
    assert rows(owner, entitlement) == []
    assert feed(owner) == [(SAVONLINNA, "changed", True), (SAVONLINNA, "removed", False)]
    assert counts["removed"] == 1


def test_a_move_removes_here_and_brings_there_under_another_name(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)
    world.moves(person, "491")
    with owner.transaction() as tx:
        publishing.wait(tx, people=[person])

    publish(environment)

    assert set(feed(owner)) == {
        (SAVONLINNA, "changed", True),
        (SAVONLINNA, "removed", False),
        (MIKKELI, "changed", False),
    }
    assert len({row.ref for row in rows(owner, person_ref)}) == 2


def test_a_protected_person_is_shown_to_no_machine_and_their_sections_tell_no_place(environment, world, owner):
    person = world.person(protected=True)
    world.jobseeker(person, turvakielto=True, kotikunta=None)
    with owner.transaction() as tx:
        tx.execute(insert(staging.protection).values(person_id=person, said_by="te", recorded_at=now()))

    [counts] = publish(environment)

    [basics] = held(owner, person)["te.perustiedot"]
    assert not {"municipality", "employment_area", "coach_unit", "coach_phone"} & set(basics)
    assert shown(owner) == {}
    assert feed(owner) == []
    assert counts["decisions"]["protected"] > 0


def test_a_published_person_who_becomes_protected_is_told_as_removed(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)
    world.learns(person, "protected:te", "true")
    with owner.transaction() as tx:
        publishing.wait(tx, people=[person])

    publish(environment)

    assert feed(owner)[-1] == (SAVONLINNA, "removed", False)


def test_a_consent_waits_for_publishing_and_its_withdrawal_closes_the_section_in_its_own_transaction(
    environment, world, owner
):
    person = world.person()
    world.jobseeker(person)
    world.stage(staging.palvelutarve, person, **NEED)
    publish(environment)

    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    publish(environment)
    opened = shown(owner)
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)

    assert opened[SAVONLINNA, "sote.palvelutarve"] == "consent"
    assert (SAVONLINNA, "sote.palvelutarve") not in shown(owner)
    assert set(held(owner, person)) == {"te.perustiedot"}
    assert [kind for _, kind, _ in feed(owner)] == ["changed", "changed", "changed"]
    assert rows(owner, staging.pending) == []


def test_withdrawing_and_granting_again_gives_the_same_bytes_back(environment, world, owner):
    person = world.person()
    world.stage(staging.palvelutarve, person, **NEED)
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    publish(environment)
    before = [(row.body, row.digest) for row in rows(owner, section)], [row.visible for row in rows(owner, entitlement)]

    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    publish(environment)

    assert before == (
        [(row.body, row.digest) for row in rows(owner, section)],
        [row.visible for row in rows(owner, entitlement)],
    )


def test_a_refusal_of_what_nobody_saw_tells_nobody(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)

    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)

    assert feed(owner) == [(SAVONLINNA, "changed", False)]


def test_a_withdrawal_during_publishing_is_not_overtaken(environment, world, owner, monkeypatch):
    person = world.person()
    world.stage(staging.palvelutarve, person, **NEED)
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    hold, tries = publishing.hold, []

    def first_somebody_withdraws(tx, *, people):
        if not tries:
            world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
        tries.append(people)
        hold(tx, people=people)

    monkeypatch.setattr(publishing, "hold", first_somebody_withdraws)
    publish(environment)

    assert len(tries) == 2
    assert shown(owner) == {}
    assert [kind for _, kind, superseded in feed(owner) if not superseded] in ([], ["removed"])


def test_a_withdrawal_waits_for_the_shard_that_holds_its_person(environment, world, owner, publisher):
    person = world.person()
    world.stage(staging.palvelutarve, person, **NEED)
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    withdrawing = threading.Thread(target=lambda: world.withdraw(person, "sote.palvelutarve", through=changes_of_will))

    with publisher.transaction(snapshot=True) as tx:
        shard.publish(tx, people=[person], at=now())
        withdrawing.start()
        withdrawing.join(0.3)
        waited = withdrawing.is_alive()
    withdrawing.join(10)

    assert waited
    assert shown(owner) == {}


def test_people_whose_facts_keep_moving_hold_up_no_others(environment, world, owner, monkeypatch):
    calm, restless = world.person(), world.person("010190-999P")
    for person in (calm, restless):
        world.jobseeker(person)
    hold = publishing.hold

    def moving(tx, *, people):
        if restless in people:
            world.learns(restless, "language", str(now()))
        hold(tx, people=people)

    monkeypatch.setattr(publishing, "hold", moving)

    with pytest.raises(NotPublished):
        publish(environment)

    assert {row.person_id for row in rows(owner, section)} in ({calm}, set())
    assert restless in {row.person_id for row in rows(owner, staging.pending)}


def test_shards_do_not_wait_for_each_other_over_one_feed(world, publisher, owner):
    people = [world.person(), world.person("010190-999P")]
    for person in people:
        world.jobseeker(person)

    with publisher.transaction(snapshot=True) as one, publisher.transaction(snapshot=True) as other:
        for tx in (one, other):
            tx.execute(select(func.count()).select_from(section))
        shard.publish(one, people=people[:1], at=now())
        one.connection.commit()
        shard.publish(other, people=people[1:], at=now())

    assert [row.seq for row in rows(owner, change)] == [1, 2]


def test_each_person_published_is_an_event_and_the_shard_is_one(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    with owner.transaction() as tx:
        publishing.wait(tx, people=[UUID(int=person.int ^ (1 << 120))])
    before = len(rows(owner, log.inbox))

    publish(environment)

    bodies = [json.loads(row.body) for row in rows(owner, log.inbox)[before:]]
    published = [body for body in bodies if body["type"] == "view.published"]
    assert [body.get("categories") for body in published if "person" in body] == [["te.perustiedot"]]
    assert sum(body["result"]["published"] for body in published if "person" not in body) == 1
    assert "Esimerkki" not in json.dumps(bodies)


def test_sections_that_a_withdrawal_takes_away_are_one_event(environment, world, owner):
    person = world.person()
    world.stage(staging.palvelutarve, person, **NEED)
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    publish(environment)
    before = len(rows(owner, log.inbox))

    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)

    bodies = [json.loads(row.body) for row in rows(owner, log.inbox)[before:]]
    assert [(body["type"], body.get("categories")) for body in bodies] == [
        ("consent.withdrawn", ["sote.palvelutarve"]),
        ("section.erased", ["sote.palvelutarve"]),
        ("ended.told", None),
    ]


def test_shards_are_ranges_of_ids_and_small_ones_are_one(environment, world, owner):
    with owner.transaction() as tx:
        publishing.wait(tx, people=[UUID(int=(first << 120) | 1) for first in (0, 7, 8, 130, 255)])

    assert refresh.due(environment) == [{"first": 0, "last": 255, "people": 5}]


def test_shards_are_cut_where_people_are_many(environment, world, owner, monkeypatch):
    monkeypatch.setattr(stage, "PEOPLE_AT_ONCE", 2)
    with owner.transaction() as tx:
        publishing.wait(tx, people=[UUID(int=(first << 120) | 1) for first in (0, 1, 2, 8, 255)])

    shards = refresh.due(environment)

    assert [(each["first"], each["last"], each["people"]) for each in shards] == [(0, 7, 3), (8, 255, 2)]
    assert sum(counts["unchanged"] for counts in publish(environment)) == 5
    assert refresh.due(environment) == []


def test_a_shard_that_failed_turns_the_verdict_red():
    done = {"published": 1, "unchanged": 0, "removed": 0, "decisions": {"permit": 2}}

    with pytest.raises(NotPublished, match="1 of 2 shards"):
        refresh.verdict([{}, {}], [done, None])
    assert refresh.verdict([{}, {}], [done, done])["decisions"] == {"permit": 4}


def test_sources_of_two_controllers_are_refused(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    world.connects("te", "1234567-1", "23")

    with pytest.raises(Exception, match="two controllers"):
        publish(environment)
    assert rows(owner, section) == []


def test_the_watermark_is_the_time_that_a_section_tells(environment, world, owner):
    person = world.person()
    world.jobseeker(person)
    publish(environment)

    with owner.read() as read:
        [basics] = reading.held(read, person_id=person)

    assert timedelta(hours=2) < now() - basics.as_of < timedelta(hours=4)
    assert basics.records == (f"h-{person}",)
    assert (basics.controller, COUNTY) == (KEHA, "3221331-8")
    assert HETU not in basics.text


def test_two_people_found_to_be_one_are_one_in_the_view_with_what_either_was_and_said(
    environment, world, owner, connector
):
    one, other = world.person(), world.person(a_hetu())
    world.jobseeker(one)
    world.jobseeker(other, kotikunta="491", tyollisyysalue="23")
    world.moves(other, "491")
    world.stage(staging.palvelutarve, other, **NEED)
    world.grant(other, "sote.palvelutarve")
    publish(environment)
    assert "sote.palvelutarve" not in held(owner, one)

    with connector.transaction() as tx:
        by = Actor(user="s1", role="steward")
        join_people(tx, from_id=other, into_id=one, by=by, why="Sama ihminen.", at=now())
    publish(environment)

    assert held(owner, other) == {}
    assert set(held(owner, one)) == {"te.perustiedot", "sote.palvelutarve"}
    assert shown(owner)[SAVONLINNA, "sote.palvelutarve"] == "consent"
    told = {(row.recipient, row.kind) for row in rows(owner, change) if row.person_id == other and not row.superseded}
    assert {kind for _, kind in told} == {"removed"}
    with owner.read() as read:
        assert {reading.person_by_hetu(read, hetu=hetu) for hetu in (HETU, a_hetu())} == {one}
