"""Two pairs of eyes that were both lately proved to be theirs: what is asked, what comes back, and what does not help an attacker."""

import re
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from consent.tables import confirmation, invalidation, proposal
from db.clock import now
from publish import changes_of_will
from tests.integration.test_web_steward import NEED, opened, recorded, rows, types
from tests.pages import a_browser, a_provider, from_now
from web.tables import draft, session

ANEW = re.compile(r'href="(/sign-in/anew\?back=[^"]+)"')
LATE = timedelta(minutes=5, seconds=1)
SAID = {
    "fi": "Viimeisestä tunnistautumisesta on yli viisi minuuttia. Mitään ei vielä tehty.",
    "sv": "Det har gått över fem minuter sedan den senaste identifieringen. Ingenting har gjorts ännu.",
    "en": "More than five minutes have passed since you last identified yourself. Nothing has been done yet.",
}


@pytest.fixture
def idp():
    return a_provider()


@pytest.fixture
def browser(world, web_login, keyring, idp):
    with a_browser(web_login, keyring, idp=idp) as browser:
        browser.sign_in("steward-1")
        browser.world = world
        yield browser


def wait(owner, passed=LATE):
    """Let time pass since everybody signed in."""
    with owner.transaction() as tx:
        tx.execute(update(session).values(signed_in_at=now() - passed))


def waiting(browser):
    """A record that waits for a second steward, who is signed in; the address where they confirm it."""
    browser.world.person()
    recorded(browser, browser.world)
    browser.sign_in("steward-2")
    return re.search(r'href="(/confirm/[^"]+)"', browser.get("/").text)[1]


def refused(browser):
    """The page that asks what was wrong with a no."""
    no = browser.world.withdraw(browser.world.person(), NEED, through=changes_of_will)
    return f"{opened(browser)}/acts/{no.act_id}/invalidate"


def anew(browser, page):
    """Where the link to sign in anew leads back to."""
    return parse_qs(urlsplit(ANEW.search(page)[1]).query)["back"][0]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("word", ["accept", "reject"])
def test_a_confirmation_six_minutes_after_signing_in_asks_for_a_fresh_one_and_goes_on_on_the_same_page(
    browser, owner, language, word
):
    address = waiting(browser)
    browser.get(f"/language/{language}?back=/")
    wait(owner)

    sent = browser.post(address, {"word": word})

    assert sent.status_code == 403
    assert SAID[language] in sent.text
    assert 'name="word"' not in browser.get(address).text
    assert rows(owner, confirmation) == []
    assert anew(browser, sent.text) == address
    assert browser.sign_in_anew("steward-2", back=address).headers["location"] == address
    assert 'name="word"' in browser.get(address).text
    assert browser.post(address, {"word": word}).status_code == 303
    assert [row.accepted for row in rows(owner, confirmation)] == [word == "accept"]


def test_what_was_chosen_in_a_proposal_is_there_again_after_signing_in_anew(browser, owner):
    address = refused(browser)
    wait(owner)

    sent = browser.post(address, {"cause": "wrong_text"})
    back = anew(browser, sent.text)
    browser.sign_in_anew("steward-1", back=back)

    assert sent.status_code == 403
    assert rows(owner, proposal) == []
    assert 'value="wrong_text" checked' in browser.get(back).text
    assert browser.post(address, {"cause": "wrong_text"}).status_code == 303
    assert len(rows(owner, proposal)) == 1


def test_a_proposal_is_decided_and_an_ending_proposed_only_by_who_signed_in_lately(browser, owner):
    sent = browser.post(refused(browser), {"cause": "wrong_answer"}).headers["location"]
    ending = f"/agreements/{browser.world.agreement_id}/ending"
    browser.sign_in("steward-2")
    wait(owner)

    for address, fields in ((sent, {"word": "accept"}), (sent, {"word": "reject"}), (ending, {})):
        answer = browser.post(address, fields)
        assert (answer.status_code, anew(browser, answer.text)) == (403, address)
        assert ANEW.search(browser.get(address).text)

    assert len(rows(owner, proposal)) == 1
    assert rows(owner, invalidation) == []


def test_five_minutes_are_lately_and_what_never_waits_needs_no_second_sign_in(browser, owner):
    address = waiting(browser)
    wait(owner, timedelta(minutes=4, seconds=50))
    assert browser.post(address, {"word": "accept"}).status_code == 303

    wait(owner, timedelta(hours=1))
    withdraw = f"{opened(browser)}/consents/{browser.world.agreement_id}/withdraw"
    assert browser.post(withdraw).status_code == 303
    deny = browser.post(f"{opened(browser)}/deny", {"what": "sote", "whom": "anybody"}).headers["location"]
    assert browser.post(deny).status_code == 303


def test_a_yes_recorded_in_error_is_annulled_by_one_whenever_they_signed_in(browser, owner):
    browser.world.person()
    recorded(browser, browser.world)
    address = re.search(r'href="([^"]+/invalidate)"', browser.get(opened(browser)).text)[1]
    wait(owner)

    assert browser.post(address, {"cause": "wrong_text"}).status_code == 303


def test_the_provider_is_told_to_ask_again_and_to_say_when_it_did(browser):
    sent = browser.get("/sign-in/anew?back=/people").headers["location"]

    asked = parse_qs(urlsplit(sent).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert "prompt" not in parse_qs(urlsplit(browser.get("/sign-in/go").headers["location"]).query)


def test_a_fresh_sign_in_keeps_the_session_and_the_forms_begun_in_it_under_a_new_secret(browser, owner, log):
    browser.world.person()
    kept = browser.post(f"{opened(browser)}/deny", {"what": "sote", "whom": "anybody"}).headers["location"]
    (before,), old = rows(owner, session), browser.site.cookies.get("__Host-sid")
    wait(owner)

    browser.sign_in_anew("steward-1")

    (after,) = rows(owner, session)
    assert after.session_hash != before.session_hash
    assert (after.opened_at, after.ends_at, after.subject) == (before.opened_at, before.ends_at, before.subject)
    assert len(rows(owner, draft)) == 1
    assert browser.get(kept).status_code == 200
    assert types(owner, log).count("session.opened") == 2
    browser.site.cookies.clear()
    assert browser.get("/", headers={"Cookie": f"__Host-sid={old}"}).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    "told",
    [partial(from_now, -3600), partial(from_now, -60), None, 0, -1, True, "now", 1e10, partial(from_now, 3600)],
    ids=["an hour ago", "a minute ago", "unsaid", "0", "-1", "True", "now", "1e10", "in an hour"],
)
def test_a_provider_that_asked_nothing_or_says_nothing_of_use_freshens_nobody(browser, owner, idp, told):
    address = waiting(browser)
    wait(owner)
    idp.changed = {"auth_time": told() if callable(told) else told}

    answer = browser.sign_in_anew("steward-2", back=address)

    assert answer.status_code == 403
    assert browser.post(address, {"word": "accept"}).status_code == 403
    assert rows(owner, confirmation) == []


@pytest.mark.parametrize("told", [partial(from_now, -3600), None], ids=["an hour ago", "unsaid"])
def test_who_comes_in_without_having_been_asked_lately_is_in_but_not_one_of_two(browser, owner, idp, told):
    waiting(browser)
    idp.changed = {"auth_time": told() if callable(told) else told}

    browser.sign_in("steward-2")

    address = re.search(r'href="(/confirm/[^"]+)"', browser.get("/").text)[1]
    assert browser.post(address, {"word": "accept"}).status_code == 403
    assert rows(owner, confirmation) == []


@pytest.mark.parametrize("account", ["steward-1", "steward-3", "auditor-1", "aino", "both", "nobody", ""])
def test_somebody_else_freshens_nobodys_session_and_gets_nothing_of_it(browser, owner, account):
    address = waiting(browser)
    wait(owner)
    before = rows(owner, session)

    answer = browser.sign_in_anew(account, back=address)

    assert answer.status_code == 403
    assert rows(owner, session) == before
    assert browser.post(address, {"word": "accept"}).status_code == 403
    assert rows(owner, confirmation) == []


def test_the_same_account_in_another_role_or_office_freshens_nothing(browser, owner, idp):
    address = waiting(browser)
    wait(owner)

    for changed in ({"luukku_roles": ["auditor"]}, {"luukku_office": "9504910-5"}):
        idp.changed = changed
        assert browser.sign_in_anew("steward-2", back=address).status_code == 403

    assert browser.post(address, {"word": "accept"}).status_code == 403


def test_an_answer_that_freshened_once_does_so_never_again(browser, owner):
    address = waiting(browser)
    answer = browser.go("steward-2", back=address, way="anew")
    browser.come_back(answer)
    wait(owner)

    assert browser.come_back(answer).status_code == 403
    assert browser.post(address, {"word": "accept"}).status_code == 403


def test_an_answer_freshens_the_session_it_was_asked_for_and_no_later_one(browser, owner):
    address = waiting(browser)
    answer = browser.go("steward-2", back=address, way="anew")
    cookie = browser.site.cookies.get("__Host-sign-in")
    browser.post("/sign-out")
    browser.sign_in("steward-2")
    wait(owner)
    browser.site.cookies.set("__Host-sign-in", cookie, domain="luukku.example", path="/")

    assert browser.come_back(answer).status_code == 403
    assert browser.post(address, {"word": "accept"}).status_code == 403


def test_who_is_not_signed_in_signs_in_as_ever(browser):
    browser.post("/sign-out")

    assert browser.get("/sign-in/anew?back=/people").headers["location"] == "/sign-in?back=/people"
    assert browser.get("/sign-in/anew?back=//evil.example").headers["location"] == "/sign-in?back=/"
