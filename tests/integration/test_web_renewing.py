"""A consent renewed at the desk, and the controller's ending of one: what is kept, what is refused, who may."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from consent import terms
from consent.model import Change
from consent.tables import act, act_item
from db.clock import now
from db.ids import uuid7
from publish import changes_of_will
from schemas.vocabulary import TaskGround
from tests.integration.test_web_steward import NEED, opened, rows, types
from tests.pages import a_browser
from tests.published import MIKKELI, STEWARD, _agreement, _notice

OF_DATA_SINCE = now() - timedelta(days=100)


@pytest.fixture
def person(world):
    """Aino, who consents to one thing, of data since a day."""
    known = world.person()
    world.grant(known, NEED, data_from=OF_DATA_SINCE, through=changes_of_will)
    return known


@pytest.fixture
def browser(person, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        yield browser


def renewal(browser, world):
    return f"{opened(browser)}/consents/{world.agreement_id}/renew"


def answered(browser, address):
    """Say on the page of a renewal that it is given again, and give what that answers."""
    page = browser.get(address).text
    sha256 = page.partition('name="sha256" value="')[2][:64]
    return browser.post(address, {"language": "fi", "sha256": sha256})


def renewed(browser, address):
    """Go through the steps to the last one, and give its address."""
    how = answered(browser, address).headers["location"]
    check = browser.post(how, {"channel": "phone", "until": f"{now() + timedelta(days=90):%-d.%-m.%Y}"})
    assert check.status_code == 303, check.text
    return check.headers["location"]


def steps(owner):
    """What was done to which category, oldest first."""
    kinds = {row.act_id: row for row in rows(owner, act_item)}
    return [kinds[row.act_id].kind for row in sorted(rows(owner, act), key=lambda row: row.seq)]


def test_what_a_new_text_asks_anew_is_renewed_from_the_tasks_with_its_scope_kept(world, browser, owner, log):
    world.announce(2, Change.MATERIAL, "Annan luvan uudelleen.")
    tasks = browser.get("/").text
    task = re.search(r'href="(/people/[^"]+/renew)"', tasks)[1]
    page = browser.get(task).text

    check = renewed(browser, task)
    done = browser.get(browser.post(check).headers["location"]).text

    assert "aiempi suostumus ei avaa enää tietoja" in tasks
    assert "<ins>" in page
    assert "uudelleen." in page
    assert "uusii suostumuksen" in browser.get(check).text
    assert "Suostumus on uusittu" in done
    assert "Aiempi suostumus on sillä välin voimassa" in done
    first, second = sorted(rows(owner, act), key=lambda row: row.seq)
    items = {row.act_id: row for row in rows(owner, act_item)}
    assert (second.notice_n, second.channel, second.needs_second) == (2, "phone", True)
    assert items[second.act_id].kind == "renewed"
    kept = [(items[each.act_id].category, items[each.act_id].data_from) for each in (first, second)]
    assert kept == [(NEED, OF_DATA_SINCE)] * 2
    assert items[second.act_id].valid_until < items[first.act_id].valid_until
    assert "consent.renewed" in types(owner, log)
    assert "odottaa toista tietovastaavaa" in browser.get(task).text
    client = browser.get(opened(browser)).text
    assert "uusi vastaus odottaa toista tietovastaavaa" in client
    assert "/renew" not in client


def test_a_consent_that_a_new_text_has_ended_is_not_shown_as_one_that_opens_data(world, browser):
    before = browser.get(opened(browser)).text

    world.announce(2, Change.MATERIAL, "Annan luvan uudelleen.")

    assert "lupa" in before
    assert "ei avaa tietoja ennen uusimista" not in before
    assert "ei avaa tietoja ennen uusimista" in browser.get(opened(browser)).text
    browser.sign_in("aino")
    assert "ei avaa tietoja ennen uutta vastaustasi" in browser.get("/me/consents").text


def test_what_was_withdrawn_meanwhile_does_not_return_by_a_renewal(world, person, browser, owner):
    check = renewed(browser, renewal(browser, world))
    world.withdraw(person, NEED, through=changes_of_will)

    answer = browser.post(check)

    assert answer.status_code == 422
    assert "Tiedot: Suostumusta ei voi antaa" in answer.text
    assert steps(owner) == ["given", "withdrawn"]
    assert "Päättynyt suostumus ei palaa" in browser.get(renewal(browser, world)).text
    assert browser.post(renewal(browser, world)).status_code == 200


def test_a_text_that_has_changed_since_it_was_shown_is_read_anew(world, browser):
    address = renewal(browser, world)
    page = browser.get(address).text
    world.announce(2, Change.EDITORIAL, "Annan luvan edelleen.")

    answer = browser.post(address, {"language": "fi", "sha256": page.partition('name="sha256" value="')[2][:64]})

    assert answer.status_code == 422
    assert '<a href="#renew">Teksti on muuttunut' in answer.text


def test_a_controllers_ending_names_its_cause_to_the_steward_and_to_the_person(world, browser, owner, log):
    address = f"{opened(browser)}/consents/{world.agreement_id}/revoke"
    page = browser.get(address).text

    nothing = browser.post(address, {"cause": "because"})
    done = browser.post(address, {"cause": "not_needed"})
    seen = browser.get(done.headers["location"]).text
    browser.sign_in("aino")

    assert "ei ole asiakkaan peruutus" in page
    assert nothing.status_code == 422
    assert '<a href="#cause">' in nothing.text
    assert steps(owner) == ["given", "revoked"]
    assert "Tietoja ei enää tarvita" in seen
    assert "Tietoja ei enää tarvita" in browser.get(f"/me/consents/{world.agreement_id}").text
    assert "consent.revoked" in types(owner, log)


def test_what_is_ended_already_is_not_ended_by_the_controller(world, person, browser, owner):
    world.withdraw(person, NEED, through=changes_of_will)
    address = f"{opened(browser)}/consents/{world.agreement_id}/revoke"

    assert "ei ole enää voimassa" in browser.get(address).text
    assert browser.post(address, {"cause": "not_needed"}).status_code == 404
    assert steps(owner) == ["given", "withdrawn"]


def test_an_office_that_is_no_party_ends_and_renews_nothing_of_its_neighbours(world, person, browser, owner):
    """The client is Mikkeli's too: what they agree to with Mikkeli is withdrawn at any office, and ended by its parties alone."""
    theirs = uuid7(now())
    terms_of = replace(_agreement(theirs), recipient=MIKKELI, task_ground=TaskGround.TYM)
    with owner.transaction() as tx:
        terms.agree(tx, terms_of, by=STEWARD, at=now())
        terms.announce(tx, _notice(theirs), by=STEWARD, at=now())
    world._task(person, TaskGround.TYM, "23")
    address = f"{opened(browser)}/consents/{theirs}"

    assert browser.get(f"{address}/withdraw").status_code == 200
    assert {browser.get(f"{address}/{page}").status_code for page in ("revoke", "renew")} == {404}
    assert browser.post(f"{address}/revoke", {"cause": "misuse"}).status_code == 404
