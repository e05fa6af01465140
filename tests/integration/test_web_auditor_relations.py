"""Looks at oneself, colleagues, namesakes and the protected: found from the identities, and the log hears only that there are such."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert

from audit import tables
from audit.events import Actor, DecisionRef, EventType, Outcome, RetentionClass
from connectors import workers
from connectors.tables import protection
from consent import registry
from consent.registry import By, Channel, Expressed, Scope
from db.clock import now
from db.engine import Database, Login
from db.ids import uuid7
from publish.queries.reconciling import Stretch
from publish.reconciling.unusual import look_for_unusual
from publish.relations import AFTER_NO, CLOSE_RELATION, PROTECTED, SELF_READ, alike, close
from schemas.identifiers import Hetu
from tests.logs import an_event, entries
from tests.looking import DAY, looks, people
from tests.pages import a_browser
from tests.published import BEFORE, HETU, MIKKELI, SAVONLINNA, a_hetu

STEWARD = Actor(org=SAVONLINNA, user="steward-7", role="steward")
WORKER = a_hetu("010190", "903")
COLLEAGUE = a_hetu("020290", "904")
THEN = now() - DAY


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def works(world):
    """Somebody works at an organisation under a name."""

    def register(pseudonym, hetu, surname, *, at=SAVONLINNA):
        who = workers.Identity(Hetu.parse(hetu), surname)
        with world.connector.transaction() as tx:
            workers.register(tx, workers.Name(at, pseudonym), who, by=STEWARD, at=BEFORE)

    return register


def a_client(world, hetu=HETU, surname="Korhonen"):
    person = world.person(hetu)
    world.jobseeker(person, sukunimi=surname)
    return person


def denies(world, person_id, **scope):
    """The person says no to what this names."""
    with world.owner.transaction() as tx:
        registry.deny(
            tx,
            person_id=person_id,
            scope=Scope(**scope),
            expressed=Expressed(channel=Channel.COUNTER),
            by=By(user="person", role="person"),
            at=now(),
        )


def found(reconciler):
    """What each rule finds of the last days."""
    with reconciler.read() as read:
        rules = close(read, Stretch(THEN - DAY, now() + DAY))
    return {rule: len(each) for rule, each in rules.items() if each}


def test_a_worker_who_looks_at_themself_is_found_under_whatever_name_the_log_gives_them(world, log, works, reconciler):
    works("w-17", WORKER, "Virtanen")
    looks(log, [a_client(world, WORKER, "Virtanen")], at=THEN)

    assert found(reconciler) == {SELF_READ: 1}


@pytest.mark.parametrize(
    ("surname", "cases"), [("Virtanen", 1), ("VIRTANEN-Korhonen", 1), ("Virta", 0), ("Korhonen", 0)]
)
def test_a_namesake_is_close_and_a_part_of_a_double_name_is_enough(world, log, works, reconciler, *, surname, cases):
    works("w-17", WORKER, "Virtanen")
    looks(log, [a_client(world, surname=surname)], at=THEN, decided=True)

    assert found(reconciler).get(CLOSE_RELATION, 0) == cases


def test_a_stewards_look_without_a_decision_is_opened_for_the_name(world, log, owner, works, reconciler):
    works("steward-9", WORKER, "Virtanen")
    person = a_client(world, surname="Virtanen")
    actor = Actor(org=SAVONLINNA, user="steward-9", role="steward")
    with owner.transaction() as tx:
        from audit.log import record

        record(tx, an_event(at=THEN, actor=actor, person_id=person))
    log.settle(owner)

    assert found(reconciler) == {CLOSE_RELATION: 1}


@pytest.mark.parametrize(("office", "cases"), [(SAVONLINNA, 1), (MIKKELI, 0)])
def test_a_colleague_is_close_and_a_worker_of_another_office_is_none(world, log, works, reconciler, *, office, cases):
    works("w-17", WORKER, "Virtanen")
    works("w-40", COLLEAGUE, "Laine", at=office)
    looks(log, [a_client(world, COLLEAGUE, "Laine")], at=THEN, decided=True)

    assert found(reconciler).get(CLOSE_RELATION, 0) == cases


def test_the_same_name_at_another_office_is_another_worker(world, log, works, reconciler):
    works("w-17", WORKER, "Virtanen", at=MIKKELI)
    looks(log, [a_client(world, WORKER, "Virtanen")], at=THEN, decided=True)

    assert found(reconciler) == {}


def test_every_read_of_a_protected_person_is_found_though_it_was_permitted(world, log, owner, reconciler):
    person = a_client(world)
    with owner.transaction() as tx:
        tx.execute(insert(protection).values(person_id=person, said_by="te", recorded_at=BEFORE))
    looks(log, [person], at=THEN)
    looks(log, [person], user="coach", at=THEN)

    assert found(reconciler) == {PROTECTED: 2}


@pytest.mark.parametrize(
    ("asked", "cases"), [("te.suunnitelma sote.palvelutarve", 1), ("te.suunnitelma", 0), ("sote.tyokyvyn-arvio", 0)]
)
def test_what_is_asked_for_after_a_withdrawal_is_found_though_the_log_calls_the_person_otherwise_there(
    world, log, reconciler, *, asked, cases
):
    person = a_client(world)
    world.grant(person, "sote.palvelutarve")
    world.withdraw(person, "sote.palvelutarve")

    looks(log, [person], at=now(), decided=True, categories=tuple(asked.split()), retention=RetentionClass.EMPLOYMENT)

    assert found(reconciler).get(AFTER_NO, 0) == cases


@pytest.mark.parametrize(
    ("denied", "cases"),
    [
        ({"source": "kela"}, 1),
        ({"source": "te"}, 0),
        ({"recipient": SAVONLINNA}, 1),
        ({"recipient": MIKKELI}, 0),
        ({}, 1),
    ],
)
def test_what_is_asked_for_after_a_standing_no_to_it_is_found(world, log, reconciler, *, denied, cases):
    person = a_client(world)
    denies(world, person, **denied)

    looks(log, [person], at=now(), decided=True)

    assert found(reconciler).get(AFTER_NO, 0) == cases


def test_an_honest_day_opens_nothing(world, log, works, reconciler):
    works("w-17", WORKER, "Virtanen")
    works("w-40", COLLEAGUE, "Laine")
    looks(log, [a_client(world)], at=THEN, decided=True)
    looks(log, [world.person(a_hetu("030390", "905"))], user="w-40", at=THEN, decided=True)
    looks(log, [world.person(a_hetu("040490", "906"))], user="unregistered", at=THEN, decided=True)

    assert found(reconciler) == {}


def test_in_the_night_a_case_is_opened_once_and_the_log_tells_neither_name_nor_relation(
    world, log, owner, works, reconciler, *, web_login, keyring
):
    works("w-17", WORKER, "Virtanen")
    looks(log, [a_client(world, surname="Virtanen")], at=THEN, decided=True)

    at = now()
    assert look_for_unusual(reconciler, at=at) >= 1
    assert look_for_unusual(reconciler, at=at + timedelta(minutes=1)) == 0
    log.settle(owner)

    told = [json.loads(row.entry) for row in entries(owner) if row.type == EventType.REVIEW_OPENED]
    assert all(each["actor"] == {"system": "reconciler"} for each in told)
    assert CLOSE_RELATION not in json.dumps(told)
    assert "Virtanen" not in json.dumps(told)
    with a_browser(web_login, keyring) as auditor:
        auditor.sign_in("auditor-1")
        assert "saman sukuniminen tai työtoveri" in auditor.get("/audit/reviews").text


def test_what_a_rule_found_before_hides_nothing_that_it_finds_now(log, owner, reconciler, monkeypatch):
    monkeypatch.setattr("audit.queries.unusual.MOST_FOUND", 1)
    monkeypatch.setattr("publish.reconciling.findings.ROUNDS", 1)
    refused = DecisionRef(id=uuid7(THEN), policy="2026-05-01", inputs="0a" * 32, reason={"te.suunnitelma": "no_task"})
    looks(log, people(3), at=THEN, decision=refused, outcome=Outcome.DENY)

    for _ in range(4):
        look_for_unusual(reconciler, at=now())

    with owner.read() as read:
        assert [row.rule for row in read.execute(tables.review.select())].count("no_relation") == 3


def test_names_are_alike_by_any_part_whatever_the_case():
    assert alike("von Essen", "ESSEN")
    assert not alike("", "")
    assert not alike("Aho", "Ahonen")
