"""A person pauses what they agreed to, on their own page or at a desk, and lifts it again; the decision follows at once."""

import pytest

from consent.queries import facts
from db.clock import now
from publish import changes_of_will
from tests.integration.test_web_steward import NEED, opened, types
from tests.pages import a_browser
from tests.published import SAVONLINNA, a_hetu


@pytest.fixture
def person(world):
    """Aino, who consents."""
    known = world.person()
    world.grant(known, NEED, through=changes_of_will)
    return known


@pytest.fixture
def browser(person, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        yield browser


@pytest.fixture
def reason(world, web_login, person):
    """What the consent comes to now."""

    def step():
        with web_login.read() as read:
            known = facts(read, person_id=person, recipient=SAVONLINNA)
        return known.holding(world.agreement_id, NEED, now()).step.reason

    return step


def test_a_steward_pauses_at_the_clients_wish_and_lifts_it_again(world, browser, reason, owner, log):
    browser.sign_in("steward-1")
    client = opened(browser)
    address = f"{client}/consents/{world.agreement_id}/pause"

    asked = browser.get(address).text
    browser.post(address, {"do": "pause"})
    browser.post(address, {"do": "pause"})
    paused, during = reason(), browser.get(client).text
    browser.post(address, {"do": "lift"})

    assert "näkyvät edelleen" in asked
    assert paused == "suspended"
    assert "suostumus ei avaa näitä tietoja" in during
    assert reason() == "consent"
    assert "suostumus ei avaa näitä tietoja" not in browser.get(client).text
    told = types(owner, log)
    assert (told.count("consent.suspended"), told.count("consent.resumed")) == (1, 1)


def test_a_person_pauses_on_their_own_page_in_two_clicks_and_lifts_it_again(world, browser, reason):
    browser.sign_in("aino")
    mine = f"/me/consents/{world.agreement_id}"

    before = browser.get(mine).text
    done = browser.post(f"{mine}/pause", {"do": "pause"})
    paused, during, again = reason(), browser.get(mine).text, browser.get(f"{mine}/pause").text
    lists = [browser.get(address).text for address in ("/", "/me/consents")]
    browser.post(f"{mine}/pause", {"do": "lift"})

    assert f'href="{mine}/pause"' in before
    assert done.headers["location"] == mine
    assert paused == "suspended"
    assert "Keskeytetty" in during
    assert ["keskeytetty: ei avaa tietoja nyt" in each for each in lists] == [True, True]
    assert "keskeytetty" not in browser.get("/me/consents").text
    assert "Lopeta keskeytys" in again
    assert reason() == "consent"


def test_nobody_pauses_under_an_agreement_of_which_they_said_nothing(world, browser):
    browser.sign_in("eero")

    assert browser.get(f"/me/consents/{world.agreement_id}/pause").status_code == 404
    assert browser.post(f"/me/consents/{world.agreement_id}/pause", {"do": "pause"}).status_code == 404


@pytest.mark.parametrize("who", ["aino", "steward-1"])
def test_what_is_paused_can_be_withdrawn_all_the_same(world, browser, reason, who):
    browser.sign_in("aino")
    mine = f"/me/consents/{world.agreement_id}"
    browser.post(f"{mine}/pause", {"do": "pause"})
    address = f"{mine}/withdraw"
    if who != "aino":
        browser.sign_in(who)
        address = f"{opened(browser)}/consents/{world.agreement_id}/withdraw"

    asked = browser.get(address)
    browser.post(address, {"how": "desk", "voice": "self"} if who != "aino" else {})

    assert asked.status_code == 200
    assert reason() == "withdrawn"


@pytest.mark.parametrize("who", ["aino", "steward-1"])
@pytest.mark.parametrize("what", ["all", "sote"])
def test_all_or_one_source_is_paused_at_once_and_lifted_as_easily(browser, reason, who, what):
    browser.sign_in(who)
    home = "/me" if who == "aino" else opened(browser)
    listed = browser.get("/me/consents" if who == "aino" else home).text

    done = browser.post(f"{home}/pause", {"what": what, "do": "pause"})
    paused, page = reason(), browser.get(f"{home}/pause").text
    browser.post(f"{home}/pause", {"what": "sote", "do": "lift"})

    assert f'href="{home}/pause"' in listed
    assert done.status_code == 303
    assert paused == "suspended"
    assert 'value="lift"' in page
    assert reason() == "consent"


@pytest.mark.parametrize("who", ["aino", "steward-1"])
@pytest.mark.parametrize("fields", [{"what": "kela", "do": "pause"}, {"do": "pause"}, {"what": "all", "do": "end"}])
def test_a_pause_of_what_there_is_nothing_of_names_the_field_and_pauses_nothing(browser, reason, who, fields):
    browser.sign_in(who)
    home = "/me" if who == "aino" else opened(browser)

    answer = browser.post(f"{home}/pause", fields)

    assert answer.status_code == 422
    assert '<a href="#what">' in answer.text
    assert reason() == "consent"


def test_what_was_withdrawn_is_not_among_what_can_be_paused(world, person, browser):
    world.withdraw(person, NEED, through=changes_of_will)
    browser.sign_in("aino")

    assert "Keskeytettävää ei ole" in browser.get("/me/pause").text


def test_who_said_nothing_has_nothing_to_pause(world, browser):
    world.person(a_hetu())
    browser.sign_in("steward-1")

    page = browser.get(f"{opened(browser, a_hetu())}/pause").text

    assert "Keskeytettävää ei ole" in page
    assert "<form" not in page.partition("<main")[2]
