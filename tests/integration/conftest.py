"""What tests of the machine API and of pages are given: the app over a test's database and sequencer, Savonlinna's system, a time."""

from datetime import timedelta

import pytest

from db.clock import now
from tests.calls import ALL, a_system, the_app
from tests.pages import Clock


@pytest.fixture
def http(web_login, keyring, log):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as client:
        yield client


@pytest.fixture
def clock():
    """The site's time, which a test lets pass."""
    return Clock()


@pytest.fixture
def sealed_at(monkeypatch):
    """The sequencer's moment, however far off, in a list of one: now, until a test sets it."""
    moment = [now()]
    monkeypatch.setattr("audit.sequencer.now", lambda: moment[0])
    monkeypatch.setattr("audit.sequencer.MOST_OFF", timedelta.max)
    return moment


@pytest.fixture
def savonlinna(world, http, log, owner):
    system = a_system(world, http, scopes=ALL)
    log.settle(owner)
    return system
