"""The identity keys rotate while people are pulled and read, and the former keys are needed no more."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from connectors.persons import hetus, link
from connectors.rekeying import rekey
from db.engine import Database, Login
from db.keys import Key, Keyring, State, Use

AT = datetime(2026, 6, 4, 2, tzinfo=UTC)
AINO = "120384-9128"
USES = (Use.IDENTITY_HASH, Use.IDENTITY_ENCRYPTION)


def a_key(use, number):
    made_at = AT - timedelta(days=1_000 - number)
    return Key(f"{use}-{number}", use, State.CURRENT, made_at, bytes([number]) * 32)


FORMER = [a_key(use, 1) for use in USES]
LATEST = [a_key(use, 2) for use in USES]


@pytest.fixture
def opened(database_url):
    databases = []

    def with_keys(keys):
        databases.append(Database(database_url, Login.CONNECTOR, Keyring(keys, development=True)))
        return databases[-1]

    yield with_keys
    for database in databases:
        database.close()


def linked(database, *texts):
    with database.transaction() as tx:
        outcome = link(tx, told_by="te", hetus=pl.Series(list(texts), dtype=pl.String), links=(), at=AT)
    return dict(outcome.people.iter_rows())


def test_a_person_is_found_while_a_key_rotates_and_after_the_former_is_gone(opened):
    before = linked(opened(FORMER), AINO)
    both = opened(LATEST + FORMER)
    assert linked(both, AINO) == before

    with both.transaction() as tx:
        assert rekey(tx) == 1
    with both.transaction() as tx:
        assert rekey(tx) == 0

    latest = opened(LATEST)
    assert linked(latest, AINO) == before
    with latest.read() as read:
        ((person, hetu),) = hetus(read, [before[AINO]])
    assert (str(person), hetu.reveal()) == (before[AINO], AINO)
