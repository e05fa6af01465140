"""What a merge refuses, closes and holds: answers written by hand, each to the outcome that the documents name."""

from datetime import date

import pytest
from sqlalchemy import text

from audit.events import Actor
from connectors import runs
from connectors.errors import NotMerged
from connectors.joining import join_people
from connectors.staging import revalidate, revalidate_outdated
from connectors.stewarding import Ground, NotWaiting, accept, discard, explain
from db.engine import Login
from schemas.expectations import version_of
from schemas.vocabulary import Source
from tests.asking import a_simulation
from tests.by_hand import Desk, a_deletion, a_jobseeker, a_period, an_id
from tests.pulling import an_environment

AINO = a_jobseeker("aino", "120384-9128", "1984-03-12")
ELLI = a_jobseeker("elli", "010181-9533", "1981-01-01")
STEWARD = Actor(org="0166906-4", system="luukku", user="s1", role="steward")


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=5)


@pytest.fixture
def desk(database_url, tmp_path, simulation):
    desk = Desk(an_environment(database_url, tmp_path), simulation)
    desk.connect("te")
    return desk


def periods(desk):
    return desk.ask("SELECT source_record_id, version, alku_pvm FROM staging.tyollisyysjakso ORDER BY 3")


def acting(desk):
    return desk.environment.database(Login.CONNECTOR)


def test_an_equal_version_with_other_content_is_refused_and_what_stands_stays(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01")])

    desk.answer(full=False, tyollisyysjaksot=[a_period("p", "aino", "2026-02-01")])

    assert desk.refused() == [("Tyollisyysjakso", ["VERSION_CONFLICT"])]
    assert periods(desk) == [(an_id("p"), 1, date(2026, 1, 1))]


def test_an_older_version_after_a_newer_changes_nothing(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-02-01", versio=2)])

    state, counts, _ = desk.answer(full=False, tyollisyysjaksot=[a_period("p", "aino", "2026-01-01", versio=1)])

    assert (state, counts["unchanged"], desk.refused()) == ("merged", 1, [])
    assert periods(desk) == [(an_id("p"), 2, date(2026, 2, 1))]


def test_a_record_under_another_person_than_before_is_refused(desk):
    desk.answer(tyonhakijat=[AINO, ELLI], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01")])

    desk.answer(full=False, tyollisyysjaksot=[a_period("p", "elli", "2026-01-01", versio=2)])

    assert desk.refused() == [("Tyollisyysjakso", ["RECORD_MOVED"])]


def test_overlapping_periods_are_refused_and_a_period_that_ends_makes_room(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01")])

    desk.answer(full=False, tyollisyysjaksot=[a_period("q", "aino", "2026-03-01")])
    assert desk.refused() == [("Tyollisyysjakso", ["OVERLAP"])]

    ended = a_period("p", "aino", "2026-01-01", "2026-02-28", versio=2)
    desk.answer(full=False, tyollisyysjaksot=[ended, a_period("q", "aino", "2026-03-01")])
    assert desk.refused() == []
    assert len(periods(desk)) == 2


def test_a_record_of_a_jobseeker_whom_nobody_knows_is_refused(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "nobody", "2026-01-01")])

    assert desk.refused() == [("Tyollisyysjakso", ["UNKNOWN_PERSON"])]


def test_a_row_broken_night_after_night_is_one_row_in_quarantine(desk):
    broken = a_period("p", "aino", "2026-01-01", code="06")
    for _ in range(3):
        desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[broken])

    assert desk.refused() == [("Tyollisyysjakso", ["CODE"])]
    assert desk.ask("SELECT times FROM staging.quarantine") == [(3,)]


def test_a_good_row_with_its_key_closes_it_as_superseded(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01", code="06")])

    desk.answer(full=False, tyollisyysjaksot=[a_period("p", "aino", "2026-01-01", versio=2)])

    assert desk.ask("SELECT state, closed_why FROM staging.quarantine") == [("discarded", "superseded")]


def test_a_quarantined_row_that_came_good_is_released_from_the_kept_bytes(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01")])
    desk.answer(full=False, tyonhakijat=[ELLI])

    outcome = revalidate(desk.environment, source="te", at=desk.at)

    assert (outcome["looked_at"], outcome["released"]) == (1, 1)
    assert desk.ask("SELECT state FROM staging.quarantine") == [("released",)]
    assert periods(desk) == [(an_id("p"), 1, date(2026, 1, 1))]


def test_what_an_older_version_of_the_rules_refused_is_judged_again_by_itself_and_once(desk):
    broken = a_period("q", "aino", "2026-01-01", code="06")
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01"), broken])
    desk.answer(full=False, tyonhakijat=[ELLI])
    assert revalidate_outdated(desk.environment, at=desk.at)["te"] == 0
    with desk.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("UPDATE staging.quarantine SET suite = 'te-older'"))

    released = [revalidate_outdated(desk.environment, at=desk.at)["te"] for _ in range(2)]

    assert released == [1, 0]
    assert periods(desk) == [(an_id("p"), 1, date(2026, 1, 1))]
    assert desk.ask("SELECT DISTINCT suite FROM staging.quarantine WHERE closed_at IS NULL") == [
        (version_of(Source.TE),)
    ]


def test_a_quarantined_row_that_is_still_broken_stays_with_its_reason(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01", code="06")])

    assert revalidate(desk.environment, source="te", at=desk.at)["released"] == 0
    assert desk.refused() == [("Tyollisyysjakso", ["CODE"])]


def test_a_payload_rests_encrypted(desk):
    desk.answer(tyonhakijat=[AINO | {"sukunimi": ""}])

    ((payload,),) = desk.ask("SELECT payload FROM staging.quarantine WHERE record = 'Tyonhakija'")
    assert b"120384" not in bytes(payload)
    assert b"Aino" not in bytes(payload)


@pytest.mark.parametrize("cause", ["VIRHE", "SAILYTYSAIKA", "SIIRTO"])
def test_a_deleted_record_is_gone(desk, cause):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01")])

    desk.answer(full=False, poistot=[a_deletion("d", "p", cause)])

    assert periods(desk) == []


def test_a_deleted_jobseeker_takes_their_records_and_tasks_along(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01")])

    desk.answer(full=False, poistot=[a_deletion("d", "aino", "VIRHE", kind="Tyonhakija")])

    assert (desk.count("staging.tyonhakija"), desk.count("staging.tyollisyysjakso")) == (0, 0)
    assert desk.count("consent.task_held WHERE until_at IS NULL") == 0


def test_a_jobseeker_who_is_deleted_by_the_first_answer_that_brings_them_is_nobodys_task(desk):
    desk.answer(tyonhakijat=[AINO, ELLI], poistot=[a_deletion("d", "aino", "VIRHE", kind="Tyonhakija")])

    (elli,) = desk.ask("SELECT person_id FROM staging.tyonhakija")
    assert desk.ask("SELECT DISTINCT person_id FROM consent.task") == [elli]
    assert desk.ask("SELECT DISTINCT person_id FROM consent.person_fact") == [elli]
    assert desk.count("consent.person") == 2


def test_one_who_moved_to_another_area_is_closed_only_where_they_left(desk):
    desk.connect("te", place="23")
    desk.answer(tyonhakijat=[AINO])
    there = AINO | {"versio": 2, "tyollisyysalue": "23", "kotikunta": {"kuntakoodi": "491", "alkuPvm": "2026-06-01"}}
    desk.answer(place="23", tyonhakijat=[there])

    desk.answer(full=False, poistot=[a_deletion("d", "aino", "SIIRTO", kind="Tyonhakija")])

    assert desk.ask("SELECT tyollisyysalue FROM staging.tyonhakija") == [("23",)]


def test_one_who_moved_away_and_came_back_is_there_though_the_old_notice_comes_again(desk):
    left = a_deletion("d", "aino", "SIIRTO", kind="Tyonhakija") | {"muokattuAika": "2026-06-04T08:00:00Z"}
    back = AINO | {"versio": 3, "muokattuAika": "2026-06-05T08:00:00Z"}
    desk.answer(tyonhakijat=[AINO, ELLI])
    tasks = desk.count("consent.task_held WHERE until_at IS NULL")
    desk.answer(full=False, poistot=[left])
    assert desk.count("staging.tyonhakija") == 1

    desk.answer(tyonhakijat=[back, ELLI], poistot=[left])

    assert desk.count("staging.tyonhakija") == 2
    assert desk.count("consent.task_held WHERE until_at IS NULL") == tasks

    away_again = a_deletion("e", "aino", "SIIRTO", kind="Tyonhakija") | {"muokattuAika": "2026-06-06T08:00:00Z"}
    desk.answer(tyonhakijat=[ELLI], poistot=[left, away_again])

    assert desk.count("staging.tyonhakija") == 1


def test_what_a_full_pull_no_longer_holds_is_closed(desk):
    desk.answer(
        tyonhakijat=[AINO],
        tyollisyysjaksot=[a_period("p", "aino", "2026-01-01", "2026-01-31"), a_period("q", "aino", "2026-02-01")],
    )

    state, counts, _ = desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("q", "aino", "2026-02-01")])

    assert (state, counts["accepted"]) == ("merged", 0)
    assert [key for key, _, _ in periods(desk)] == [an_id("q")]


def test_a_full_pull_that_lost_a_tenth_is_held_and_moves_nothing(desk):
    many = [a_period(f"p{n}", "aino", f"20{n:02d}-01-01", f"20{n:02d}-12-31") for n in range(10, 26)]
    more = [a_period(f"e{n}", "elli", f"20{n:02d}-01-01", f"20{n:02d}-12-31") for n in range(10, 26)]
    desk.answer(tyonhakijat=[AINO, ELLI], tyollisyysjaksot=many + more)
    before = desk.ask("SELECT since FROM staging.watermark")

    state, counts, held = desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=many[:8])

    assert (state, counts["held"], counts["accepted"]) == ("held", 9, 0)
    assert "known records are not in a full pull" in held[0]
    assert len(periods(desk)) == 32
    assert desk.ask("SELECT since FROM staging.watermark") == before


def test_an_area_of_which_a_source_holds_nothing_is_no_alarm(desk):
    states = [desk.answer()[0] for _ in range(2)]

    assert states == ["merged", "merged"]
    assert desk.count("staging.watermark") == 1


def test_a_full_pull_without_a_row_is_held_where_rows_were_until_a_steward_accepts_that_they_are_gone(desk):
    desk.answer()
    desk.answer(full=False, tyonhakijat=[AINO])

    state, _, held = desk.answer()

    assert (state, held) == ("held", ["a full pull without a row, where rows were before"])
    assert desk.count("staging.tyonhakija") == 1
    ((batch_id,),) = desk.ask("SELECT batch_id FROM staging.batch WHERE state = 'held'")
    with acting(desk) as database, database.transaction() as tx:
        accept(tx, batch_id=batch_id, by=STEWARD, at=desk.at)
    desk.answer(full=False)
    assert desk.count("staging.tyonhakija") == 0
    assert desk.answer()[0] == "merged"


def test_a_field_that_is_nowhere_filled_holds_the_batch_until_a_steward_accepts_it(desk):
    empty = [a_period(f"p{n}", "aino", f"20{n:02d}-01-01", f"20{n:02d}-12-31", code=None) for n in range(10, 25)]

    state, _, held = desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=empty)

    assert (state, held) == ("held", ["tyollisyysjakso: tyollkoodi empty in every row"])
    assert desk.count("staging.tyonhakija") == 0
    ((batch_id,),) = desk.ask("SELECT batch_id FROM staging.batch")
    with acting(desk) as database, database.transaction() as tx:
        accept(tx, batch_id=batch_id, by=STEWARD, at=desk.at)
    desk.answer(full=False)
    assert desk.count("staging.tyonhakija") == 1
    assert len(desk.refused()) == 15


def test_a_renamed_field_holds_the_smallest_night(desk):
    renamed = a_period("p", "aino", "2026-01-01")
    renamed["koodi"] = renamed.pop("tyollkoodi")

    state, _, held = desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[renamed])

    assert (state, held) == ("held", ["tyollisyysjakso: tyollkoodi empty in every row"])
    assert desk.count("staging.watermark") == 0


def test_protection_clears_where_the_person_is_and_decisions_know_at_once(desk):
    desk.answer(tyonhakijat=[AINO, ELLI])

    desk.answer(full=False, tyonhakijat=[AINO | {"versio": 2, "turvakielto": True, "kotikunta": None}])

    assert desk.ask("SELECT kotikunta FROM staging.tyonhakija ORDER BY turvakielto") == [("740",), (None,)]
    assert desk.ask("SELECT protected, count(*) FROM consent.person GROUP BY 1 ORDER BY 1") == [(False, 1), (True, 1)]
    assert desk.count("consent.task_held WHERE ground = 'residence'") == 1


def test_when_protection_ends_the_person_is_asked_about_again(desk):
    desk.answer(tyonhakijat=[AINO | {"turvakielto": True, "kotikunta": None}])

    desk.answer(full=False, tyonhakijat=[AINO | {"versio": 2}])

    assert desk.ask("SELECT kotikunta FROM staging.tyonhakija") == [("740",)]
    assert desk.ask("SELECT source FROM staging.to_ask ORDER BY 1") == [("kela",), ("te",)]
    assert desk.ask("SELECT protected FROM consent.person") == [(False,)]


def test_the_end_of_a_task_is_known_at_once(desk):
    desk.answer(tyonhakijat=[AINO | {"tymAsiakas": True, "tymAlkuPvm": "2026-01-15"}])

    desk.answer(full=False, tyonhakijat=[AINO | {"versio": 2}])

    ((until,),) = desk.ask("SELECT until_at FROM consent.task_held WHERE ground = 'tym'")
    assert until is not None


def test_a_changed_hetu_keeps_the_person_and_is_an_event(desk):
    desk.answer(tyonhakijat=[ELLI])
    renewed = ELLI | {
        "versio": 2,
        "henkilotunnus": "020190-9521",
        "syntymaPvm": "1990-01-02",
        "henkilotunnusHistoria": [{"henkilotunnus": "010181-9533", "paattynytPvm": "2026-05-31"}],
    }

    desk.answer(full=False, tyonhakijat=[renewed])

    assert (desk.count("staging.person"), desk.count("staging.identity"), desk.refused()) == (1, 2, [])
    kinds = desk.ask("SELECT convert_from(body, 'utf8')::jsonb ->> 'type' FROM audit.inbox")
    assert ("identity.changed",) in kinds


def test_two_known_people_wait_for_a_steward_who_makes_them_one(desk):
    other = a_jobseeker("other", "020190-9521", "1990-01-02")
    desk.answer(tyonhakijat=[ELLI, other], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01")])
    joined = other | {
        "versio": 2,
        "henkilotunnusHistoria": [{"henkilotunnus": "010181-9533", "paattynytPvm": "2026-05-31"}],
    }
    desk.answer(full=False, tyonhakijat=[joined])
    assert desk.refused() == [("Tyonhakija", ["IDENTITY_CONFLICT"])]
    ((from_id,),) = desk.ask("SELECT person_id FROM staging.tyollisyysjakso")
    ((into_id,),) = desk.ask("SELECT person_id FROM staging.tyonhakija WHERE source_record_id = :id", id=an_id("other"))

    with acting(desk) as database, database.transaction() as tx:
        join_people(tx, from_id=from_id, into_id=into_id, by=STEWARD, why="Sama ihminen.", at=desk.at)
    outcome = revalidate(desk.environment, source="te", at=desk.at)

    assert outcome["released"] == 1
    assert desk.ask("SELECT DISTINCT person_id FROM staging.tyollisyysjakso") == [(into_id,)]
    assert desk.ask("SELECT DISTINCT person_id FROM staging.identity") == [(into_id,)]
    kinds = [kind for (kind,) in desk.ask("SELECT convert_from(body, 'utf8')::jsonb ->> 'type' FROM audit.inbox")]
    assert "person.merged" in kinds


def test_a_steward_explains_and_discards_a_row_each_with_its_event(desk):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "aino", "2026-01-01", code="06")])
    ((row,),) = desk.ask("SELECT quarantine_id FROM staging.quarantine")

    with acting(desk) as database, database.transaction() as tx:
        explain(
            tx, quarantine_id=row, cause="Vanha koodi", owner="KEHA", due_on=date(2026, 7, 1), by=STEWARD, at=desk.at
        )
        discard(tx, quarantine_id=row, why=Ground.NOT_OURS, by=STEWARD, at=desk.at)

    assert desk.ask("SELECT state, closed_why, owner FROM staging.quarantine") == [("discarded", "not_ours", "KEHA")]
    kinds = [kind for (kind,) in desk.ask("SELECT convert_from(body, 'utf8')::jsonb ->> 'type' FROM audit.inbox")]
    assert {"quarantine.explained", "quarantine.discarded"} <= set(kinds)
    with acting(desk) as database, database.transaction() as tx, pytest.raises(NotWaiting):
        discard(tx, quarantine_id=row, why=Ground.NOT_OURS, by=STEWARD, at=desk.at)


def test_the_sums_of_a_run_tell_of_a_held_batch_too_though_its_verdict_is_red(desk):
    empty = [a_period(f"p{n}", "aino", f"20{n:02d}-01-01", f"20{n:02d}-12-31", code=None) for n in range(10, 25)]
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=empty)
    planned = [{"batch": str(batch)} for (batch,) in desk.ask("SELECT batch_id FROM staging.batch")]

    with pytest.raises(NotMerged, match="te 36: held: "):
        runs.verdict(desk.environment, source="te", planned=planned, merged={})
    told = runs.tell(desk.environment, planned=planned)

    assert told == {
        "pulled": 16,
        "accepted": 0,
        "quarantined": 0,
        "unchanged": 0,
        "held": 16,
        "sentences": ["te 36: held: tyollisyysjakso: tyollkoodi empty in every row"],
    }
