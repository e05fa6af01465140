"""Who has looked at a person: on their own page and for a portal that has identified them, by the form of Estonia's Data Tracker."""

import json
import re
from datetime import timedelta

import pytest

from publish import looked
from tests.integration.test_web_feed import began, chosen, page, published, withdrawn
from tests.logs import entries
from tests.pages import a_browser

SEEN = r"/me/log/([0-9a-f-]{36})"


@pytest.fixture
def aino(web_login, keyring):
    """Her own pages; she is who the tests of the feed publish first."""
    with a_browser(web_login, keyring) as browser:
        yield browser


def pages_in(browser, owner):
    """The pages of the feed in a person's list, by the numbers that they span, the oldest first."""
    by_id = {str(row.id): json.loads(row.entry) for row in entries(owner) if row.type == "disclosure.page"}
    browser.sign_in("aino")
    listed = re.findall(SEEN, browser.get("/me/log").text)
    return [(by_id[id_]["result"]["from"], by_id[id_]["result"]["to"]) for id_ in listed[::-1] if id_ in by_id]


def test_a_page_of_the_feed_that_named_a_person_stands_in_their_list(world, savonlinna, aino, owner):
    token = began(savonlinna)
    published(world, 1)
    before = page(savonlinna, token).json()["token"]
    published(world)
    page(savonlinna, before)

    assert pages_in(aino, owner) == [(2, 2)]


def test_a_page_read_again_stands_there_again_and_a_page_behind_does_not(world, savonlinna, aino, owner):
    token = began(savonlinna)
    published(world)
    page(savonlinna, token)
    behind = page(savonlinna, token).json()["token"]
    published(world, 1)
    page(savonlinna, behind)

    assert pages_in(aino, owner) == [(1, 1), (1, 1)]


def test_a_page_of_chosen_people_stands_in_their_lists_alone(world, savonlinna, aino, owner):
    token = began(savonlinna)
    first, person, last = (published(world, number) for number in (1, 0, 2))

    chosen(savonlinna, token, world.ref(first), world.ref(last))
    chosen(savonlinna, token, world.ref(first), world.ref(person))

    assert pages_in(aino, owner) == [(1, 2)]


def test_a_page_that_spans_an_entry_after_a_newer_took_its_place_did_not_tell_of_the_person(
    world, savonlinna, aino, owner, monkeypatch
):
    monkeypatch.setattr(looked, "LONGEST_CHANGE", timedelta(0))
    token = began(savonlinna)
    published(world, 1)
    person = published(world)
    published(world, 2)
    withdrawn(world, person)
    spanning = page(savonlinna, token, limit=2).json()["token"]
    page(savonlinna, spanning)

    assert pages_in(aino, owner) == [(4, 4)]


def test_a_page_is_looked_at_proved_and_asked_about_like_any_look(world, savonlinna, aino, owner, log):
    token = began(savonlinna)
    published(world)
    page(savonlinna, token)
    aino.sign_in("aino")
    [event] = [id_ for id_ in re.findall(SEEN, aino.get("/me/log").text) if id_ == newest_page(owner)]

    look, proof = aino.get(f"/me/log/{event}"), aino.get(f"/me/log/{event}/proof")
    aino.post(f"/me/log/{event}/question", {"words": "Miksi?"})
    log.settle(owner)

    assert (look.status_code, proof.text.partition("\n")[0]) == (200, "c2sp.org/tlog-proof@v1")
    assert "Savonlinna" in look.text
    assert f'href="/me/log/{event}"' in aino.get("/me/questions").text


def newest_page(owner):
    return [str(row.id) for row in entries(owner) if row.type == "disclosure.page"][-1]
