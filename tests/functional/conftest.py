"""A site in a real Chromium, for whoever reads its pages."""

import shutil

import pytest

from cli.test import CHROMIUM
from connectors.store import open_store
from tests.chromium import Reader, a_chromium, a_site
from tests.lacking import leave_out


@pytest.fixture(scope="module")
def chromium():
    with a_chromium(shutil.which(CHROMIUM) or leave_out("Chromium is not installed")) as browser:
        yield browser


@pytest.fixture
def origin(world, web_login, keyring, tmp_path):
    with a_site(web_login, keyring, store=open_store(str(tmp_path / "store"))) as origin:
        yield origin


@pytest.fixture
def reader(chromium, origin):
    with chromium.new_context(locale="fi-FI") as context:
        yield Reader(context.new_page(), origin)
