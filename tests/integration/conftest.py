"""What tests of the machine API and of pages are given: the app over a test's database and sequencer, Savonlinna's system, a time."""

import pytest

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
def savonlinna(world, http, log, owner):
    system = a_system(world, http, scopes=ALL)
    log.settle(owner)
    return system
