"""What tests of the machine API are given: the app over a test's database and sequencer, and Savonlinna's system before it."""

import pytest

from tests.calls import ALL, a_system, the_app


@pytest.fixture
def http(web_login, keyring, log):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as client:
        yield client


@pytest.fixture
def savonlinna(world, http, log, owner):
    system = a_system(world, http, scopes=ALL)
    log.settle(owner)
    return system
