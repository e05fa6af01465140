"""A steward at the desk, in a real Chromium: every page in three languages and at three widths, and no finding anywhere."""

import pytest

from tests.chromium import Reader, a_chromium, a_site
from tests.published import a_world

STEWARD = "Data steward, Savonlinna"
LANGUAGES = ("fi", "sv", "en")

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def chromium():
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def world(owner, connector):
    return a_world(owner, connector)


@pytest.fixture
def reader(chromium, world, web_login, keyring):
    with a_site(web_login, keyring) as origin:
        context = chromium.new_context(java_script_enabled=True, locale="fi-FI")
        yield Reader(context.new_page(), origin)
        context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_steward_signs_in_and_out(reader, language):
    reader.open(f"/language/{language}?back=/sign-in")
    reader.look(f"sign-in-{language}")

    reader.sign_in(STEWARD, language)
    reader.look(f"tasks-empty-{language}")
    reader.click("header button")

    assert reader.page.url.endswith("/signed-out")
    reader.look(f"signed-out-{language}")
    reader.open("/")
    assert "/sign-in" in reader.page.url
