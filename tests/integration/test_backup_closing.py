"""Sharing by consent closed after a restore: reads by consent are refused, reads by law go on, and a steward opens it again."""

import pytest

from audit.queries.decided import decided
from consent import closing
from consent.errors import ConsentError
from consent.queries import closings
from db.clock import now
from publish.replay import Verdict, replay
from tests.calls import NEED, PLAN, a_system, categories, the_app, view
from tests.logs import entries
from tests.published import MIKKELI, SAVONLINNA, STEWARD

CATEGORY = "sote.palvelutarve"


@pytest.fixture
def http(web_login, keyring, log):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as client:
        yield client


@pytest.fixture
def person(world):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, CATEGORY: NEED})
    world.grant(person, CATEGORY)
    return person


def closed(owner):
    with owner.transaction() as tx:
        return closing.close(tx, log=2026, first=100, last=119, at=now())


def newest_decision(owner):
    last = [row for row in entries(owner) if row.type == "disclosure.read"][-1]
    with owner.read() as read:
        return decided(read, decision_id=last.decision_id)


def opened(web_login, closing_id, *, recipient=SAVONLINNA, why="All papers since the copy were gone through."):
    with web_login.transaction() as tx:
        closing.reopen(tx, closing_id, recipient=recipient, by=STEWARD, why=why, at=now())


def test_while_closed_nothing_is_shared_by_consent_and_what_the_law_gives_is(world, http, owner, person, web_login):
    system = a_system(world, http)
    before = categories(view(system, world.ref(person)))

    closing_id = closed(owner)
    meanwhile = categories(view(system, world.ref(person)))
    opened(web_login, closing_id)
    after = categories(view(system, world.ref(person)))

    assert before == after == ["te.suunnitelma", CATEGORY]
    assert meanwhile == ["te.suunnitelma"]


def test_who_opens_opens_for_their_own_office_alone(world, http, owner, person, web_login):
    system = a_system(world, http)
    closing_id = closed(owner)

    opened(web_login, closing_id, recipient=MIKKELI)

    assert categories(view(system, world.ref(person))) == ["te.suunnitelma"]
    with owner.read() as read:
        assert closings.waiting(read, recipient=MIKKELI) == []
        (lost,) = closings.waiting(read, recipient=SAVONLINNA)
    assert (lost.log, lost.first, lost.last) == (2026, 100, 119)


@pytest.mark.parametrize("why", ["", "  "])
def test_nothing_is_opened_without_words_on_what_was_done(owner, web_login, world, why):
    closing_id = closed(owner)

    with pytest.raises(ConsentError):
        opened(web_login, closing_id, why=why)

    with owner.read() as read:
        assert len(closings.waiting(read, recipient=SAVONLINNA)) == 1


def test_opening_is_done_once_and_stands_in_the_log(owner, web_login, world, log):
    closing_id = closed(owner)
    opened(web_login, closing_id)

    with pytest.raises(ConsentError):
        opened(web_login, closing_id)

    log.settle(owner)
    assert [row.type for row in entries(owner)].count("config.changed") >= 1


def test_a_consent_given_while_closed_opens_nothing_yet(world, http, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, CATEGORY: NEED})
    closed(owner)
    world.grant(person, CATEGORY)

    assert categories(view(a_system(world, http), world.ref(person))) == ["te.suunnitelma"]


def test_a_decision_made_while_closed_is_replayed_as_it_was_made(world, http, owner, person, web_login):
    system = a_system(world, http)
    closing_id = closed(owner)
    view(system, world.ref(person))
    opened(web_login, closing_id)

    made = newest_decision(owner)
    with owner.read() as read:
        assert [result["reason"] for result in made.results if result["category"] == CATEGORY] == ["suspended"]
        assert replay(read, made).verdict is Verdict.SAME
