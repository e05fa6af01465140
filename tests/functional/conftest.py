"""A site in a real Chromium, for whoever reads its pages."""

import pytest

from connectors.store import open_store
from tests.chromium import Reader, a_chromium, a_site


@pytest.fixture(scope="module")
def chromium():
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def origin(world, web_login, keyring, tmp_path):
    with a_site(web_login, keyring, store=open_store(str(tmp_path / "store"))) as origin:
        yield origin


@pytest.fixture
def reader(chromium, origin):
    with chromium.new_context(locale="fi-FI") as context:
        yield Reader(context.new_page(), origin)
