"""What a restore lost, on the steward's pages: a task of each office, and a page that opens sharing by consent again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from consent import closing
from consent.queries import closings
from consent.tables import opening, proposal
from db.clock import now
from tests.integration.test_web_steward import rows, types
from tests.pages import a_browser
from tests.published import SAVONLINNA
from web.tables import session

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


def test_a_loss_is_a_task_until_two_stewards_have_dealt_with_it(browser, owner, address, log):
    assert f'href="{address}"' in browser.get("/").text
    page = browser.get(address).text
    assert "Lokin 2026 tapahtumat 100–119" in page

    sent = browser.post(address, {"why": WHY, "done": "yes"}).headers["location"]
    mine, meanwhile = browser.get(sent).text, browser.get(address).text
    own = browser.post(sent, {"word": "accept"})
    assert rows(owner, opening) == []
    assert "Esitit tämän itse" in mine
    assert f'href="{sent}"' in meanwhile
    assert own.status_code == 422
    assert all(WHY.encode() not in bytes(row.words) for row in rows(owner, proposal))

    browser.sign_in("steward-2")
    assert f'href="{sent}"' in browser.get("/").text
    theirs = browser.get(sent).text
    done = browser.post(sent, {"word": "accept"})

    assert WHY in theirs
    assert done.headers["location"] == "/"
    assert f'href="{address}"' not in browser.get("/").text
    assert browser.get(address).status_code == 404
    (row,) = rows(owner, opening)
    assert (row.recipient, row.opened_by) == (SAVONLINNA, "idp-steward-1")
    assert "config.changed" in types(owner, log)


def test_a_rejected_opening_leaves_all_closed_and_may_be_proposed_anew(browser, owner, address):
    sent = browser.post(address, {"why": WHY, "done": "yes"}).headers["location"]
    browser.sign_in("steward-2")

    browser.post(sent, {"word": "reject"})

    assert rows(owner, opening) == []
    assert browser.post(address, {"why": WHY, "done": "yes"}).headers["location"] != sent


def test_who_signed_in_long_ago_signs_in_anew_before_proposing(browser, owner, address):
    with owner.transaction() as tx:
        tx.execute(update(session).values(signed_in_at=now() - timedelta(minutes=6)))

    answer = browser.post(address, {"why": WHY, "done": "yes"})

    assert answer.status_code == 403
    assert 'href="#anew"' in answer.text
    assert WHY in answer.text
    assert rows(owner, proposal) == []


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
