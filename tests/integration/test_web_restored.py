"""What a restore lost, on the steward's pages: a task of each office, and a page that opens sharing by consent again."""

import pytest

from consent import closing
from consent.queries import closings
from consent.tables import opening
from db.clock import now
from tests.integration.test_web_steward import rows, types
from tests.pages import a_browser
from tests.published import SAVONLINNA

CLOSED = {
    "fi": "Suostumukseen perustuva luovutus on suljettu",
    "sv": "Utlämnande med stöd av samtycke är stängt",
    "en": "Sharing by consent is closed",
}
WHY = "The letters of the week were recorded again."


@pytest.fixture
def browser(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        yield browser


@pytest.fixture
def address(owner):
    with owner.transaction() as tx:
        return f"/restored/{closing.close(tx, log=2026, first=100, last=119, at=now())}"


def test_a_loss_is_a_task_until_it_is_dealt_with(browser, owner, address, log):
    assert f'href="{address}"' in browser.get("/").text
    page = browser.get(address).text
    assert "Lokin 2026 tapahtumat 100–119" in page

    done = browser.post(address, {"why": WHY, "done": "yes"})

    assert done.headers["location"] == "/"
    assert f'href="{address}"' not in browser.get("/").text
    assert browser.get(address).status_code == 404
    (row,) = rows(owner, opening)
    assert (row.recipient, row.opened_by) == (SAVONLINNA, "idp-steward-1")
    assert "config.changed" in types(owner, log)


@pytest.mark.parametrize(
    ("fields", "element"),
    [({"why": WHY}, "done"), ({"done": "yes"}, "why"), ({"done": "yes", "why": "x" * 4_001}, "why")],
)
def test_nothing_opens_without_words_and_a_tick(browser, owner, address, fields, element):
    answer = browser.post(address, fields)

    assert answer.status_code == 422
    assert f'href="#{element}"' in answer.text
    with owner.read() as read:
        assert len(closings.waiting(read, recipient=SAVONLINNA)) == 1


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_page_speaks_the_steward_s_language(browser, address, language):
    browser.get(f"/language/{language}?back=/")

    assert CLOSED[language] in browser.get(address).text


def test_a_loss_that_is_none_is_not_there(browser):
    assert browser.get("/restored/x").status_code == 404
