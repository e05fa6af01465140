"""A record that two connections gave is gone once neither gives it any more, whether their answers are read or known again."""

import pytest
from sqlalchemy import text

from db.engine import Login
from tests.asking import a_simulation
from tests.by_hand import Desk, a_jobseeker, an_id
from tests.pulling import an_environment

AINO = a_jobseeker("aino", "120384-9128", "1984-03-12")
ELLI = a_jobseeker("elli", "010181-9533", "1981-01-01")
OTHER = a_jobseeker("other", "020190-9521", "1990-01-02")

KNOWN_AGAIN = pytest.mark.parametrize("beside", [[], [OTHER]], ids=["the whole answer", "the element"])


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=5)


@pytest.fixture
def desk(database_url, tmp_path, simulation):
    """A desk where area 23 gave Aino, and then area 36, over which she is held since."""
    desk = Desk(an_environment(database_url, tmp_path), simulation)
    desk.connect("te")
    desk.connect("te", place="23")
    desk.answer(place="23", tyonhakijat=[AINO])
    desk.answer(tyonhakijat=[AINO, ELLI])
    return desk


def aino_is_held(desk):
    return (an_id("aino"),) in desk.ask("SELECT source_record_id FROM staging.tyonhakija")


def answer_in_one_run(desk, **of_places):
    """Merge full answers of several areas in one transaction."""
    planned, landed = [], []
    for place, jobseekers in of_places.items():
        each = desk.landed(full=True, place=place.removeprefix("of_"), tyonhakijat=jobseekers)
        planned += each[0]
        landed += each[1]
    desk.merge("te", planned, landed)
    desk.day += 1


@KNOWN_AGAIN
def test_what_another_area_gave_again_unread_stays(desk, beside):
    answer_in_one_run(desk, of_36=[ELLI], of_23=[AINO, *beside])

    assert aino_is_held(desk)


def test_it_stays_too_where_nothing_is_remembered_of_the_area_that_no_longer_gives_it(desk):
    with desk.environment.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("UPDATE staging.watermark SET seen = NULL WHERE connection_id = 'te-36'"))

    answer_in_one_run(desk, of_36=[ELLI], of_23=[AINO, OTHER])

    assert aino_is_held(desk)


@KNOWN_AGAIN
def test_what_an_area_gave_that_is_silent_for_a_night_stays(desk, beside):
    desk.answer(tyonhakijat=[ELLI])
    assert aino_is_held(desk)

    desk.answer(place="23", tyonhakijat=[AINO, *beside])
    assert aino_is_held(desk)


def test_what_is_gone_from_both_areas_one_after_the_other_is_gone(desk):
    desk.answer(tyonhakijat=[ELLI])
    desk.answer(place="23", tyonhakijat=[OTHER])
    desk.answer(tyonhakijat=[ELLI])

    assert not aino_is_held(desk)
