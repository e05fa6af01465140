"""What is kept of consents against what was said: nothing differs until somebody writes past the verbs, and rebuilding mends it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from consent.registry import refresh
from consent.registry.drifted import drifted
from consent.tables import current
from tests.integration.test_consent_registry import NOON, grant, withdraw
from tests.spec import live, world

DAY = timedelta(days=1)


@pytest.fixture
def people(examples, owner):
    """Two people who consented, of whom one withdrew, and one who said nothing."""
    with owner.transaction() as tx:
        some = [live.live(tx, ()) for _ in range(3)]
        for person in some[:2]:
            grant(tx, person)
        withdraw(tx, some[1], at=NOON + DAY)
        return sorted(some[:2])


def found(database, *, night=0, people=10):
    with database.read(snapshot=True) as read:
        return list(drifted(read, night=night, people=people))


def test_what_the_verbs_keep_is_what_was_said(owner, people):
    assert found(owner) == []


def test_a_stretch_written_past_the_verbs_is_named_by_its_act_until_it_is_rebuilt(owner, people):
    with owner.transaction() as tx:
        act = grant(tx, people[0], at=NOON + 2 * DAY).act_id
        tx.execute(update(current).where(current.c.act_id == act).values(until_at=NOON + 900 * DAY))

    named = found(owner)
    with owner.transaction() as tx:
        refresh(tx, people[0])

    assert len(named) == 1
    assert found(owner) == []


def test_a_key_that_is_kept_and_was_never_spoken_of_is_named_by_its_agreement_or_act(owner, people):
    with owner.transaction() as tx:
        tx.execute(update(current).where(current.c.person_id == people[0]).values(category="kela.etuusjakso"))

    assert len(found(owner)) == 2


def test_each_night_takes_up_where_the_last_ended_and_begins_again(owner, people):
    with owner.transaction() as tx:
        tx.execute(update(current).where(current.c.person_id == people[1]).values(agreement_id=world.S_AGREEMENT))

    assert [bool(found(owner, night=night, people=1)) for night in (0, 1, 2, 3)] == [False, True, False, True]


def test_what_was_said_and_is_not_kept_is_named(owner, people):
    with owner.transaction() as tx:
        tx.execute(delete(current))

    assert len(found(owner)) == 2
