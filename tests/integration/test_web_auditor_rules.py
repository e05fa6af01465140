"""The rules of unusual use over the real log: each finds its case at its limit and not below, and an honest day opens none."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.events import Actor, ChangeRef, DecisionRef, EventType, Outcome, Result, RetentionClass
from audit.queries import unusual
from db.ids import uuid7
from tests.looking import DAY, NOON, done, exported, found, looks, people
from tests.published import MIKKELI, SAVONLINNA
from tests.tampering import tamper

NIGHT = datetime(2026, 6, 3, 23, tzinfo=UTC)
MIDSUMMER = datetime(2026, 6, 20, 9, tzinfo=UTC)
SATURDAY = datetime(2026, 6, 13, 9, tzinfo=UTC)
DENY = {"outcome": Outcome.DENY}


def reasoned(reason):
    """A decision for one reason."""
    return DecisionRef(id=uuid7(NOON), policy="2026-05-01", inputs="0a" * 32, reason={"te.suunnitelma": reason})


@pytest.mark.parametrize(("count", "cases"), [(60, 0), (61, 1)])
def test_over_sixty_people_in_an_hour_is_a_burst_and_sixty_is_none(log, web_login, count, cases):
    looks(log, people(count))

    assert len(found(web_login, "volume")) == cases


def test_one_person_read_often_is_no_burst(log, web_login):
    looks(log, people(1) * 70)

    assert found(web_login, "volume") == []


@pytest.mark.parametrize(("count", "cases"), [(20, 0), (21, 1)])
def test_four_times_the_users_usual_hour_is_a_burst_for_them(log, web_login, count, cases):
    for days in range(1, 4):
        looks(log, people(2), at=NOON - days * DAY)
    looks(log, people(count))

    assert len(found(web_login, "volume")) == cases


def test_a_burst_is_one_case_however_the_hour_goes_on(log, web_login):
    looks(log, people(61))
    before = found(web_login, "volume")
    looks(log, people(5), at=NOON + timedelta(minutes=40))

    assert found(web_login, "volume") == before


BEFORE_THE_FULL_HOUR = NOON - timedelta(minutes=15)


@pytest.mark.parametrize(("count", "cases"), [(60, 0), (61, 1)])
def test_a_burst_over_a_full_hour_of_the_clock_is_one(log, web_login, count, cases):
    looks(log, people(count), at=BEFORE_THE_FULL_HOUR)

    assert len(found(web_login, "volume")) == cases


@pytest.mark.parametrize(("apart", "cases"), [(59, 1), (60, 0)])
def test_sixty_one_people_are_a_burst_when_the_last_is_seen_within_an_hour_of_the_first(log, web_login, apart, cases):
    looks(log, people(61), at=BEFORE_THE_FULL_HOUR, apart=timedelta(seconds=apart))

    assert len(found(web_login, "volume")) == cases


def test_the_same_people_before_and_after_the_full_hour_are_counted_once(log, web_login):
    clients = people(40)
    looks(log, clients, at=BEFORE_THE_FULL_HOUR, apart=timedelta(seconds=1))
    looks(log, clients, at=NOON, apart=timedelta(seconds=1))

    assert found(web_login, "volume") == []


def test_a_burst_that_goes_on_over_the_hour_is_one_case(log, web_login):
    clients = people(61)
    looks(log, clients, at=BEFORE_THE_FULL_HOUR, apart=timedelta(seconds=1))
    looks(log, [*clients, *people(30)], at=NOON, apart=timedelta(seconds=1))

    assert len(found(web_login, "volume")) == 1


def test_a_night_is_told_once_a_user_and_a_day_not_at_all(log, web_login):
    looks(log, people(3), at=NIGHT)
    looks(log, people(2), at=NIGHT, user="w-18")
    looks(log, people(3), at=NOON, user="w-19")

    assert len(found(web_login, "odd_hours")) == 2


@pytest.mark.parametrize(("day", "cases"), [(MIDSUMMER, 1), (SATURDAY, 0), (SATURDAY + DAY, 1)])
def test_a_public_holiday_and_a_sunday_are_odd_at_noon_and_a_saturday_is_not(log, web_login, day, cases):
    looks(log, people(1), at=day)

    assert len(found(web_login, "odd_hours", since=day - DAY, until=day + DAY)) == cases


@pytest.mark.parametrize(("users", "cases"), [(10, 0), (11, 1), (13, 1)])
def test_many_readers_of_one_person_are_over_ten(log, web_login, users, cases):
    (person,) = people(1)
    for user in range(users):
        looks(log, [person], user=f"w-{user}")

    assert len(found(web_login, "many_readers")) == cases


@pytest.mark.parametrize(("rule", "reason"), [("no_relation", "no_task"), ("protected", "protected")])
def test_a_request_refused_for_want_of_a_relation_or_for_protection_is_found(log, web_login, rule, reason):
    looks(log, people(1), decision=reasoned(reason), **DENY)

    assert len(found(web_login, rule)) == 1


def test_each_use_of_an_emergency_is_found(log, web_login):
    looks(log, people(2), decision=reasoned("emergency"), outcome=Outcome.PERMIT)

    assert len(found(web_login, "emergency")) == 2


@pytest.mark.parametrize(("refusals", "apart", "cases"), [(9, 30, 0), (10, 30, 1), (25, 30, 1), (10, 70, 0)])
def test_a_user_who_is_refused_ten_times_in_ten_minutes_probes(log, web_login, refusals, apart, cases):
    looks(log, people(refusals), apart=timedelta(seconds=apart), **DENY)

    assert len(found(web_login, "probing")) == cases


@pytest.mark.parametrize(("answers", "cases"), [(59, 0), (60, 1)])
def test_a_system_that_asks_sixty_times_for_nothing_in_ten_minutes_probes(log, web_login, answers, cases):
    actor = Actor(org="0166906-4", system="sln")
    looks(log, people(answers), apart=timedelta(seconds=10), actor=actor, **DENY)

    assert len(found(web_login, "probing")) == cases


@pytest.mark.parametrize(("before", "cases"), [(0, 1), (600, 0), (400, 1)])
def test_an_export_of_over_a_thousand_is_outside_the_habit_unless_half_as_many_was_usual(
    log, owner, web_login, before, cases
):
    exported(log, owner, people(before), at=NOON - 10 * DAY)
    exported(log, owner, people(1_001))

    assert len(found(web_login, "bulk_export")) == cases


def test_an_export_of_a_thousand_is_none_and_of_the_log_over_a_thousand_is_one(log, owner, web_login):
    exported(log, owner, people(1_000))
    assert found(web_login, "bulk_export") == []

    taken = {"type": EventType.LOG_EXPORTED, "actor": Actor(user="auditor-1", role="auditor")}
    done(log, owner, [None], result=Result(count=1_001), retention=RetentionClass.ADMIN, **taken)
    assert len(found(web_login, "bulk_export")) == 1


@pytest.mark.parametrize(("days", "cases"), [(89, 0), (91, 1)])
def test_the_first_act_after_ninety_days_is_found_and_the_next_is_none(log, web_login, days, cases):
    looks(log, people(1), at=NOON - days * DAY)
    looks(log, people(2))

    assert len(found(web_login, "dormant")) == cases


def confirmations(log, owner, count, *, by, **given):
    """One steward records, another confirms."""
    for place in range(count):
        change = ChangeRef(table="consent.act", id=str(uuid7(NOON)), digest="0a" * 32)
        steward = {"categories": ("te.suunnitelma",), "change": change}
        at = NOON + timedelta(minutes=place)
        (person,) = people(1)
        recorder, confirmer = (Actor(org="0166906-4", user=user, role="steward") for user in ("s-1", by))
        done(log, owner, [person], at=at, type=EventType.CONSENT_GIVEN, actor=recorder, **steward, **given)
        done(log, owner, [person], at=at, type=EventType.CONSENT_CONFIRMED, actor=confirmer, **steward, **given)


def test_a_steward_who_confirms_nearly_all_of_anothers_records_is_a_pair_and_one_of_two_is_none(log, owner, web_login):
    confirmations(log, owner, 10, by="s-2")
    assert len(found(web_login, "pair")) == 1

    confirmations(log, owner, 2, by="s-3")
    assert found(web_login, "pair") == []


def test_an_honest_day_opens_nothing(log, owner, web_login):
    looks(log, people(8), at=NOON - DAY, apart=timedelta(minutes=20))
    looks(log, people(8), apart=timedelta(minutes=20))
    looks(log, people(4), user="w-18", apart=timedelta(minutes=25), decision=reasoned("no_consent"), **DENY)
    confirmations(log, owner, 3, by="s-2")

    assert {rule: found(web_login, rule) for rule in unusual.RULES} == {rule: [] for rule in unusual.RULES}


EMPLOYMENT, SOTE = {"retention": RetentionClass.EMPLOYMENT}, {"retention": RetentionClass.SOTE}


@pytest.mark.parametrize(("others", "cases"), [(30, 0), (31, 1)])
def test_a_burst_over_two_retention_classes_is_counted_as_one(log, web_login, others, cases):
    looks(log, people(30), **SOTE)
    looks(log, people(others), **EMPLOYMENT)

    assert len(found(web_login, "volume")) == cases


def test_one_person_looked_at_in_two_classes_is_one_person(log, web_login):
    clients = people(31)
    looks(log, clients, **SOTE)
    looks(log, clients, **EMPLOYMENT)

    assert found(web_login, "volume") == []


@pytest.mark.parametrize(("others", "cases"), [(5, 0), (6, 1)])
def test_readers_of_one_person_are_counted_over_the_classes_and_each_once(log, web_login, others, cases):
    (person,) = people(1)
    for user in range(5):
        looks(log, [person], user=f"w-{user}", **SOTE)
        looks(log, [person], user=f"w-{user}", **EMPLOYMENT)
    for user in range(others):
        looks(log, [person], user=f"v-{user}", **(SOTE if user % 2 else EMPLOYMENT))

    assert len(found(web_login, "many_readers")) == cases


@pytest.mark.parametrize(("org", "cases"), [(SAVONLINNA, 0), (MIKKELI, 1)])
def test_workers_of_one_name_at_two_organisations_are_two(log, web_login, org, cases):
    (person,) = people(1)
    for number in range(6):
        for at in (SAVONLINNA, org):
            looks(log, [person], actor=Actor(org=at, system="sln", user=f"w-{number}", role="case_worker"))

    assert len(found(web_login, "many_readers")) == cases


@pytest.mark.parametrize(("others", "cases"), [(4, 0), (5, 1)])
def test_refusals_are_counted_over_the_classes(log, web_login, others, cases):
    looks(log, people(5), **SOTE, **DENY)
    looks(log, people(others), **EMPLOYMENT, **DENY)

    assert len(found(web_login, "probing")) == cases


def test_a_night_in_two_classes_is_one_night(log, web_login):
    looks(log, people(2), at=NIGHT, **SOTE)
    looks(log, people(2), at=NIGHT, **EMPLOYMENT)

    assert len(found(web_login, "odd_hours")) == 1


def test_who_acted_in_another_class_meanwhile_was_not_away(log, web_login):
    looks(log, people(1), at=NOON - 91 * DAY, **SOTE)
    looks(log, people(1), at=NOON - 60 * DAY, **EMPLOYMENT)
    looks(log, people(1), **SOTE)

    assert found(web_login, "dormant") == []


def test_a_pair_over_two_classes_is_one(log, owner, web_login):
    confirmations(log, owner, 5, by="s-2", **SOTE)
    confirmations(log, owner, 5, by="s-2", **EMPLOYMENT)

    assert len(found(web_login, "pair")) == 1


def test_who_cannot_be_told_any_more_is_counted_by_the_name_in_the_log(log, owner, web_login):
    looks(log, people(61))
    tamper(owner.url, "DELETE FROM audit.detail_key")

    assert len(found(web_login, "volume")) == 1


SAID_NO = {"type": EventType.CONSENT_WITHDRAWN, "change": ChangeRef(table="consent.act", id="1", digest="0a" * 32)}
OWN = {"type": EventType.PERSON_VIEWED, "actor": Actor(user="aino", role="person"), "retention": RetentionClass.ADMIN}


@pytest.mark.parametrize(
    ("after", "category", "cases"),
    [
        (timedelta(hours=1), "kela.vireillaolo", 1),
        (timedelta(days=6), "kela.vireillaolo", 1),
        (timedelta(days=8), "kela.vireillaolo", 0),
        (timedelta(hours=1), "sote.palvelutarve", 0),
        (timedelta(hours=-1), "kela.vireillaolo", 0),
    ],
)
def test_what_is_asked_for_within_a_week_of_a_no_to_it_is_found(log, owner, web_login, *, after, category, cases):
    (person,) = people(1)
    done(log, owner, [person], at=NOON, categories=(category,), retention=RetentionClass.SOTE, **SAID_NO)

    looks(log, [person], at=NOON + after)

    assert len(found(web_login, "after_no", until=NOON + 10 * DAY)) == cases


def test_people_on_their_own_pages_keep_no_hours_and_come_back_when_they_like(log, owner, web_login):
    (person,) = people(1)
    done(log, owner, [person], at=NIGHT - 100 * DAY, **OWN)
    done(log, owner, [person] * 70, at=NIGHT, **OWN)

    assert {rule: found(web_login, rule) for rule in unusual.RULES} == {rule: [] for rule in unusual.RULES}


def test_a_machine_that_asks_without_a_worker_keeps_no_hours(log, web_login):
    looks(log, people(3), at=NIGHT, actor=Actor(org="0166906-4", system="sln", user="job:night", role="system"))

    assert found(web_login, "odd_hours") == []
