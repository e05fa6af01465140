"""A form that came after its session had ended: kept for a quarter of an hour, offered back to the same person, sent once."""

import re
from datetime import timedelta

import pytest

from consent.tables import act, denial
from publish import changes_of_will
from tests.integration.test_web_steward import NEED, opened, rows
from tests.pages import SAME_ORIGIN, a_browser
from tests.published import HETU
from web.tables import draft

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def browser(world, web_login, keyring, clock):
    with a_browser(web_login, keyring, clock=clock) as browser:
        browser.sign_in("steward-1")
        yield browser


def late(browser, clock, address, fields):
    """Send a form an hour after its page was opened, and give where the sign-in would lead back to."""
    token = browser.token()
    clock.passed += HOUR
    sent = browser.post(address, fields, token=token)
    return re.fullmatch(r"/sign-in(?:\?back=(/late/[0-9a-f]{64}))?", sent.headers["location"])[1]


def offered(browser, address):
    """The form that is offered back: where it is sent, and with which fields."""
    page = browser.get(address).text.partition("<main")[2]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    action = re.search(r'action="([^"]+)"', page)
    return action[1] if action else None, fields


def test_a_withdrawal_sent_too_late_is_offered_back_after_signing_in_and_done_once(world, browser, owner, clock):
    world.grant(world.person(), NEED, through=changes_of_will)
    address = f"{opened(browser)}/consents/{world.agreement_id}/withdraw"

    back = late(browser, clock, address, {"who": "self"})
    nothing_yet = len(rows(owner, act))
    browser.sign_in("steward-1", back=back)
    action, fields = offered(browser, back)
    done = browser.post(action, fields)
    again = browser.post(action, fields)

    assert nothing_yet == 1
    assert (action, fields["who"]) == (address, "self")
    assert "/acts/" in done.headers["location"]
    assert again.headers["location"] == back
    assert "Mitään ei lähetetty toista kertaa" in browser.get(back).text
    assert len(rows(owner, act)) == 2


def test_the_last_step_of_a_form_finds_what_its_first_steps_were_answered(world, browser, owner, clock):
    world.person()
    check = browser.post(f"{opened(browser)}/deny", {"what": "sote", "whom": "anybody"}).headers["location"]

    clock.passed -= HOUR - timedelta(minutes=40)
    back = late(browser, clock, check, {})
    browser.sign_in("steward-1", back=back)
    action, fields = offered(browser, back)
    browser.post(action, fields)

    assert action == check
    assert len(rows(owner, denial)) == 1


@pytest.mark.parametrize(("account", "passed"), [("steward-2", timedelta()), ("steward-1", QUARTER)])
def test_it_is_offered_to_nobody_else_and_no_longer(world, browser, clock, account, passed):
    world.person()
    back = late(browser, clock, f"{opened(browser)}/deny", {"what": "sote", "whom": "anybody"})

    clock.passed += passed
    browser.sign_in(account)

    assert offered(browser, back) == (None, {})
    assert browser.post(f"{opened(browser)}/deny", {"what": "x", "late": back[6:]}).headers["location"] == back


def test_no_identity_code_is_kept_and_it_is_asked_again(browser, owner, clock):
    back = late(browser, clock, "/people", {"hetu": HETU, "reason": "desk"})
    browser.sign_in("steward-1", back=back)

    page, (_, fields) = browser.get(back).text, offered(browser, back)

    assert HETU not in page
    assert "hetu" not in fields
    assert fields["reason"] == "desk"
    assert 'id="hetu"' in page
    assert all(HETU.encode() not in bytes(row.box) for row in rows(owner, draft))


def test_a_form_with_a_file_begins_again_at_its_own_page(browser, clock):
    browser.token()
    clock.passed += HOUR

    assert browser.upload("/imports", "file", b"a;b").headers["location"] == "/sign-in?back=/imports"


def test_what_no_page_of_ours_sent_is_not_kept(world, browser, owner, clock):
    world.person()
    address = f"{opened(browser)}/deny"
    token = browser.token()
    clock.passed += HOUR

    foreign = browser.post(address, {"what": "sote"}, token=token, headers={"Sec-Fetch-Site": "cross-site"})
    forged = browser.post(address, {"what": "sote"}, token="0" * 64, headers=SAME_ORIGIN)

    assert {foreign.headers["location"], forged.headers["location"]} == {"/sign-in"}
    assert rows(owner, draft) == []


def test_who_signed_out_left_nothing_behind(world, browser, owner):
    world.person()
    address, token = f"{opened(browser)}/deny", browser.token()
    secret = browser.site.cookies["__Host-sid"]
    browser.post("/sign-out")
    browser.site.cookies.set("__Host-sid", secret)

    assert browser.post(address, {"what": "sote"}, token=token).headers["location"] == "/sign-in"
    assert rows(owner, draft) == []


def test_a_form_that_is_offered_is_for_who_is_signed_in(browser):
    browser.post("/sign-out")

    assert browser.get("/late/x").headers["location"] == "/sign-in?back=/late/x"
