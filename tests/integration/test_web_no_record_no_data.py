"""No record, no data, on the pages too: while the log cannot be written not a byte of anybody's data is shown (ACCESS-LOG 1)."""

import re

import pytest

from audit import tables
from db.engine import Database
from publish import changes_of_will
from tests.calls import NEED, PLAN, TYO, a_system, the_app, view
from tests.logs import entries
from tests.pages import a_browser
from tests.published import HETU, SAVONLINNA

CASE = {"why": "complaint", "case": "TARK-2026-14"}
NOTHING_SHOWN = "Mitään ei näytetty"


@pytest.fixture
def person(world, log, owner, web_login, keyring):
    """Somebody at whom the municipality looked, by the consent of theirs."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        assert view(a_system(world, http, user="w-17"), world.ref(person)).status_code == 200
    log.settle(owner)
    return person


@pytest.fixture
def browser(person, log, web_login, keyring):
    """Somebody at the pages, whose looks go to the log itself."""
    with log.sealer(patience_s=0.3) as sealer, a_browser(web_login, keyring, sealer) as browser:
        yield browser


def of_the_person(browser, world):
    browser.sign_in("aino")
    look = re.findall(r"/me/log/[0-9a-f-]{36}", browser.get("/me/log").text)[0]
    receipt = re.findall(r"/me/receipts/[0-9a-f-]{36}", browser.get(f"/me/consents/{world.agreement_id}").text)[0]
    seen = f"/me/seen-by?recipient={SAVONLINNA}&purpose={TYO}"
    return (
        "/",
        "/me/log",
        look,
        f"{look}/proof",
        "/me/data",
        "/me/data/file",
        "/me/correction",
        "/me/seen-by",
        seen,
        receipt,
    )


def of_the_auditor(browser, world):
    browser.sign_in("auditor-1")
    found = browser.post("/audit", {"hetu": HETU} | CASE).headers["location"]
    event = re.findall(rf"{re.escape(found)}/[0-9a-f-]{{36}}", browser.get(found).text)[0]
    drawn = f"{found}/sample?seed=0123456789abcdef&amount=10"
    return (found, event, f"{event}/proof", f"{found}/rhythm", drawn)


def of_the_steward(browser, world):
    browser.sign_in("steward-1")
    client = browser.post("/people", {"hetu": HETU, "reason": "desk"}).headers["location"]
    ref, given = client.partition("?")[0], re.findall(r"/acts/[0-9a-f-]{36}", browser.get(client).text)[0]
    consent = f"{ref}/consents/{world.agreement_id}"
    return (
        client,
        f"{ref}{given}",
        f"{ref}{given}/receipt",
        f"{ref}/why/{SAVONLINNA}/sote.palvelutarve",
        f"{consent}/withdraw",
    )


@pytest.mark.parametrize("whose", [of_the_person, of_the_auditor, of_the_steward])
def test_while_the_log_is_down_no_page_shows_anything_and_each_comes_back_by_itself(whose, browser, world, log):
    addresses = whose(browser, world)

    log.stop()
    refused = {address: browser.get(address) for address in addresses}

    assert {address: answer.status_code for address, answer in refused.items()} == dict.fromkeys(addresses, 503)
    assert all(NOTHING_SHOWN in answer.text for answer in refused.values())
    log.start()
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_an_export_leaves_when_its_event_is_sealed_and_a_search_by_an_identity_code_is_answered_so_too(
    browser, log, owner
):
    browser.sign_in("auditor-1")
    export = f"{browser.post('/audit', {'hetu': HETU} | CASE).headers['location']}/export?kind=all"

    log.stop()
    before = len(entries(owner))
    exported = browser.post(export, {"as": "csv"})
    browser.sign_in("steward-1")
    searched = browser.post("/people", {"hetu": HETU, "reason": "desk"})

    assert (exported.status_code, searched.status_code) == (503, 503)
    assert len(entries(owner)) == before


def test_what_is_shown_stands_sealed_in_the_log_before_it_is_shown(browser, owner):
    browser.sign_in("aino")

    assert browser.get("/me/data").status_code == 200

    assert [row.type for row in entries(owner)][-1] == "person.viewed"
    assert waiting(owner) == []


def waiting(owner: Database) -> list:
    with owner.read() as read:
        return [row.body for row in read.execute(tables.inbox.select()) if b"person.viewed" in row.body]
