"""What is measured of consent on a database, in its small form: it runs, and finds what it says it measures."""

import pytest
from sqlalchemy import func, select

from bench.consent.calling import prepared
from bench.consent.filling import filled, opened
from bench.consent.looking_back import from_database, in_memory
from bench.consent.withdrawing import withdrawn
from consent.tables import act_item
from db import environment
from db.keys import new_keyring
from publish.tables import person_ref, section

PEOPLE = 8


@pytest.fixture
def values(database_url, tmp_path):
    """A home with a town, eight people with a section and consents, and as many of whom nothing is held."""
    keyring = tmp_path / "keys" / "keyring.json"
    keyring.parent.mkdir()
    new_keyring(keyring, development=True)
    told = {
        environment.HOME: str(tmp_path),
        environment.DATABASE_URL: database_url,
        environment.KEYRING: str(keyring),
    }
    opened(told, "http://bench.example")()
    filled(told, 2 * PEOPLE, [], PEOPLE)()
    prepared(told, PEOPLE)()
    return told


def count(database, statement):
    with database.read() as read:
        return read.execute(statement).scalar_one()


def test_of_half_the_people_nothing_is_held_and_all_have_a_reference(values, owner):
    assert count(owner, select(func.count()).select_from(person_ref)) == 2 * PEOPLE
    assert count(owner, select(func.count()).select_from(section)) == PEOPLE


def test_decisions_are_timed_live_and_as_of_a_moment(values):
    found = {**from_database(values, PEOPLE, 1)(), **in_memory(values, 1)()}

    assert all(figure > 0 for figure in found.values())
    assert found.keys() == {"live_ms", "as_of_ms", "ratio_from_database", "ratio_in_memory"}


def test_every_withdrawal_that_is_timed_is_recorded(values, owner):
    found = withdrawn(values, PEOPLE, 2 * PEOPLE)()

    withdrawals = select(func.count()).where(act_item.c.kind == "withdrawn")
    assert count(owner, withdrawals) == found["withdrawals"] == 2 * PEOPLE
    assert found["p99_ms"] >= found["median_ms"] > 0
