"""An auditor at work, in a real Chromium: every page in three languages and at three widths, and no finding anywhere."""

import pytest

from db.clock import now
from db.ids import uuid7
from tests.chromium import Reader, a_chromium, a_site
from tests.logs import a_disclosure, a_log
from tests.published import HETU, a_world

AUDITOR = "Auditor"
LANGUAGES = ("fi", "sv", "en")
NEIGHBOUR = "w-17"

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def chromium():
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def world(owner, connector):
    return a_world(owner, connector)


@pytest.fixture
def log(database_url, keyring):
    with a_log(database_url, keyring) as made:
        yield made.start()


@pytest.fixture
def origin(world, web_login, keyring):
    with a_site(web_login, keyring) as origin:
        yield origin


@pytest.fixture
def reader(chromium, origin):
    with chromium.new_context(locale="fi-FI") as context:
        yield Reader(context.new_page(), origin)


def looked(log, person, times=1):
    """A worker's system reads the view of a person, half of it withheld."""
    with log.sealer() as sealer:
        for _ in range(times):
            at = now()
            sealer.seal(a_disclosure(person_id=person, id=uuid7(at), at=at))


def search(reader, hetu=HETU):
    reader.open("/")
    reader.page.fill("#hetu", hetu)
    reader.page.check("#why")
    reader.page.fill("#case", "TARK-2026-14")
    reader.page.click("main form button")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_auditor_sees_who_looked_at_a_person(world, log, owner, reader, language):
    person = world.person()
    looked(log, person)
    reader.sign_in(AUDITOR, language)
    reader.look(f"audit-search-{language}")

    search(reader)

    reader.look(f"audit-found-{language}")
    assert reader.page.locator("table.looks tbody tr").count() == 1
    assert HETU not in reader.page.url + reader.page.content()
