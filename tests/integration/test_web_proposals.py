"""Four eyes on the pages: a no annulled, an agreement ended; what a no will stop is counted for the person it is about."""

import re

import pytest

from consent.tables import agreement, denial, invalidation
from publish import changes_of_will
from tests.integration.test_web_steward import NEED, opened, rows, types
from tests.pages import a_browser

OWN = {
    "fi": "Vahvistaja: Toisen henkilön on vahvistettava kirjaus.",
    "sv": "Den som bekräftar: En annan person ska bekräfta anteckningen.",
    "en": "Who confirms: Somebody else must confirm the record.",
}


@pytest.fixture
def browser(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        browser.world = world
        yield browser


def denied(browser, what="sote"):
    """Record a standing no, and give the client's address and the no's own."""
    address = opened(browser)
    browser.post(browser.post(f"{address}/deny", {"what": what, "whom": "anybody"}).headers["location"])
    found = re.search(r"/denials/([0-9a-f-]{36})/invalidate", browser.get(address).text)
    return address, f"{address}/denials/{found[1]}"


def refused(browser):
    """A client whose withdrawal was recorded, and the page that asks what was wrong with it."""
    person = browser.world.person()
    no = browser.world.withdraw(person, NEED, through=changes_of_will)
    return f"{opened(browser)}/acts/{no.act_id}/invalidate"


def test_a_no_recorded_in_error_is_proposed_by_one_and_annulled_by_another(browser, owner, log):
    address = refused(browser)
    page = browser.get(address).text

    sent = browser.post(address, {"cause": "wrong_answer"}).headers["location"]
    mine = browser.get(sent).text
    assert "Esitä mitätöintiä" in page
    assert "Esitit tämän itse" in mine
    assert 'name="word"' not in mine
    assert rows(owner, invalidation) == []

    browser.sign_in("steward-2")
    assert f'href="{sent}"' in browser.get("/").text
    theirs = browser.get(sent).text
    assert "Väärä vastaus" in theirs
    done = browser.post(sent, {"word": "accept"})

    assert browser.get(done.headers["location"]).status_code == 200
    (row,) = rows(owner, invalidation)
    assert (row.recorded_by, row.confirmed_by) == ("idp-steward-1", "idp-steward-2")
    assert browser.get(sent).status_code == 404
    assert f'href="{sent}"' not in browser.get("/").text
    assert "consent.invalidated" in types(owner, log)


def test_a_standing_no_recorded_in_error_is_annulled_by_two(browser, owner):
    browser.world.person()
    address, no = denied(browser)

    sent = browser.post(f"{no}/invalidate", {"cause": "wrong_person"}).headers["location"]
    browser.sign_in("steward-2")
    browser.post(sent, {"word": "accept"})

    (row,) = rows(owner, invalidation)
    assert row.denial_id == rows(owner, denial)[0].denial_id
    assert "/invalidate" not in browser.get(address).text.partition('aria-labelledby="denials"')[2]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nobody_accepts_their_own_proposal(browser, owner, language):
    sent = browser.post(refused(browser), {"cause": "wrong_answer"}).headers["location"]
    browser.get(f"/language/{language}?back=/")

    answer = browser.post(sent, {"word": "accept"})

    assert answer.status_code == 422
    assert OWN[language] in answer.text
    assert rows(owner, invalidation) == []


def test_a_proposal_rejected_changes_nothing_and_another_offices_is_not_there(browser, owner):
    sent = browser.post(refused(browser), {"cause": "wrong_answer"}).headers["location"]

    browser.sign_in("steward-3")
    assert browser.get(sent).status_code == 404
    assert browser.post(sent, {"word": "accept"}).status_code == 404
    browser.sign_in("steward-2")
    assert browser.post(sent, {"word": "perhaps"}).status_code == 422
    assert browser.post(sent, {"word": "reject"}).headers["location"] == "/"

    assert rows(owner, invalidation) == []
    assert browser.get("/proposals/x").status_code == 404


def test_an_agreement_is_ended_after_its_preview_by_two(browser, owner, log):
    world = browser.world
    world.grant(world.person(), NEED, through=changes_of_will)
    address = f"/agreements/{world.agreement_id}/ending"
    assert "<5" in browser.get(address).text.replace("&lt;", "<")

    sent = browser.post(address).headers["location"]
    assert f'href="{sent}"' in browser.get(address).text
    browser.sign_in("steward-2")
    assert "Palvelutarve" in browser.get(sent).text
    done = browser.post(sent, {"word": "accept"}).headers["location"]

    assert "päättynyt" in browser.get(done).text
    assert {row.version: row.approved_by for row in rows(owner, agreement)}[2] == ["idp-steward-1", "idp-steward-2"]
    assert browser.get(address).status_code == 404
    assert "✓</span> lupa" not in browser.get(opened(browser)).text
    assert types(owner, log).count("agreement.changed") == 2


def test_what_a_no_will_stop_is_simulated_for_the_person_and_each_purpose_and_nothing_is_written(browser, owner):
    world = browser.world
    person = world.person(tym=True)
    world.grant(person, NEED, through=changes_of_will)
    address = opened(browser)
    stops, by_law = "Tämän kielto lopettaa", "Tästä laki määrää"

    sote = browser.get(browser.post(f"{address}/deny", {"what": "sote", "whom": "anybody"}).headers["location"]).text
    te = browser.get(browser.post(f"{address}/deny", {"what": "te", "whom": "anybody"}).headers["location"]).text

    assert '<th scope="row">Palvelutarve</th><td>Savonlinna</td>' in sote.partition(stops)[2]
    assert by_law not in sote
    assert "Nyt ei luovuteta mitään" in te
    assert te.partition(by_law)[2].count("(tulkinta vahvistamatta)") == 13
    assert "Viranomainen ei ole vielä vahvistanut" in te
    assert rows(owner, denial) == []
