"""A batch's books add up: every row that came is accepted, quarantined, unchanged or held, and nothing is counted twice."""

import pytest
from sqlalchemy import text

from db.engine import Login
from db.errors import ConstraintBroken
from tests.asking import a_simulation
from tests.by_hand import Desk, a_deletion, a_jobseeker, a_period
from tests.pulling import an_environment

AINO = a_jobseeker("aino", "120384-9128", "1984-03-12")
FILED = [a_period("p", "aino", "2026-01-01", "2026-01-31"), a_period("q", "aino", "2026-02-01")]


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=5)


@pytest.fixture
def desk(database_url, tmp_path, simulation):
    desk = Desk(an_environment(database_url, tmp_path), simulation)
    desk.connect("te")
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=FILED)
    return desk


def parts(counts):
    return {name: counts[name] for name in ("pulled", "accepted", "quarantined", "unchanged", "held")}


def test_a_deletion_that_is_told_twice_is_counted_once_each_time_it_came(desk):
    told_twice = [a_deletion("d", "p", "VIRHE"), a_deletion("e", "p", "SAILYTYSAIKA")]

    _, counts, _ = desk.answer(full=False, poistot=told_twice)

    assert parts(counts) == {"pulled": 2, "accepted": 2, "quarantined": 0, "unchanged": 0, "held": 0}
    assert counts["removed"] == 2


def test_a_deletion_in_the_answers_of_two_areas_is_counted_once_in_each(desk):
    desk.connect("te", place="23")
    desk.answer(place="23")
    here = desk.landed(full=False, place="36", poistot=[a_deletion("d", "p", "VIRHE")])
    there = desk.landed(full=False, place="23", poistot=[a_deletion("d", "p", "VIRHE")])

    desk.merge("te", here[0] + there[0], here[1] + there[1])

    ids = [each["batch"] for planned, _ in (here, there) for each in planned]
    booked = desk.ask("SELECT counts FROM staging.batch WHERE batch_id = ANY (CAST(:ids AS uuid[]))", ids=ids)
    once = {"pulled": 1, "accepted": 1, "quarantined": 0, "unchanged": 0, "held": 0}
    assert [parts(counts) for (counts,) in booked] == [once, once]


@pytest.mark.parametrize(
    "counts",
    [
        '{"pulled": 18, "accepted": 19, "quarantined": 1, "unchanged": -2, "held": 0}',
        '{"pulled": 18, "accepted": 19, "quarantined": 1, "unchanged": 0, "held": 0}',
        '{"pulled": 18, "accepted": 18}',
    ],
)
def test_the_database_takes_no_books_that_do_not_add_up(desk, counts):
    statement = text("UPDATE staging.batch SET counts = CAST(:counts AS jsonb)")

    with (
        desk.environment.database(Login.CONNECTOR) as database,
        pytest.raises(ConstraintBroken, match="batch_adds_up"),
        database.transaction() as tx,
    ):
        tx.execute(statement, {"counts": counts})
