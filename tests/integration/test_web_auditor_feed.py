"""Both doors of the auditor lead to the pages of the feed: who was told of a person, and of whom a municipality was told."""

import json
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest

from audit import naming
from audit.checkpoint import HOST
from audit.manifest import exporter
from cli.verify.given import Given
from cli.verify.pieces import export
from db.keys import Use
from tests.integration.test_web_auditor import CASE, exported, keys_of
from tests.integration.test_web_feed import began, chosen, page, published, withdrawn
from tests.logs import entries
from tests.pages import a_browser, today
from tests.published import HETU, SAVONLINNA, a_hetu

ROW = r'href="/audit/found/[0-9a-f]+/([0-9a-f-]{36})"'


@pytest.fixture
def auditor(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


@pytest.fixture
def told(world, savonlinna, log, owner):
    """A page with two people, then one of chosen people that spans both and told of the second alone; gives both events and people."""
    token = began(savonlinna)
    people = [published(world, number) for number in (0, 1)]
    page(savonlinna, token)
    chosen(savonlinna, token, world.ref(people[1]))
    log.settle(owner)
    return [str(row.id) for row in entries(owner) if row.type == "disclosure.page"][-2:], people


def by_person(auditor, hetu):
    return auditor.post("/audit", {"hetu": hetu, **CASE}).headers["location"]


def pages_in(auditor, address, known):
    return [each for each in re.findall(ROW, auditor.get(address).text)[::-1] if each in known]


def test_who_looked_at_a_person_names_the_pages_that_told_of_them_and_no_others(auditor, told):
    events, _ = told

    assert pages_in(auditor, by_person(auditor, HETU), events) == events[:1]
    assert pages_in(auditor, by_person(auditor, a_hetu("010180", "901")), events) == events


def test_at_whom_a_municipality_looked_names_everybody_on_a_page(auditor, told, keyring, owner):
    events, people = told
    asked = {"org": SAVONLINNA, "since": str(today() - timedelta(days=1)), "until": str(today()), **CASE}
    address = auditor.post("/audit/doers", asked).headers["location"]

    assert pages_in(auditor, address, events) == events
    by_id = {str(row.id): row for row in entries(owner)}
    for event, expected in zip(events, (people, people[1:]), strict=True):
        row = by_id[event]
        names = [naming.in_event(keyring, row._mapping["t"], row._mapping["class"], each) for each in expected]
        shown = re.findall(r'<span class="reference">([0-9a-f]{32})</span>', auditor.get(f"{address}/{event}").text)
        assert shown == names
    assert f"Henkilöitä {len(people)}" in auditor.get(address).text


def test_of_whom_a_newer_entry_told_since_the_page_did_not(world, auditor, savonlinna, log, monkeypatch):
    monkeypatch.setattr("publish.looked.LONGEST_CHANGE", timedelta(0))
    token = began(savonlinna)
    person = published(world)
    published(world, 2)
    withdrawn(world, person)
    page(savonlinna, token, limit=1)
    log.settle(world.owner)
    [event] = [str(row.id) for row in entries(world.owner) if row.type == "disclosure.page"][-1:]

    assert pages_in(auditor, by_person(auditor, HETU), [event]) == []


def test_an_export_of_all_about_a_person_holds_the_pages_and_verifies(auditor, told, owner, keyring, tmp_path):
    events, _ = told
    _, answer = exported(auditor, by_person(auditor, HETU))
    path = tmp_path / "export.zip"
    path.write_bytes(answer.content)

    keys = [*keys_of(owner), exporter(HOST, keyring.public_key(Use.EXPORT))]

    assert export(path, Given(keyring=tmp_path / "none", keys=[str(key) for key in keys])) == 0
    with ZipFile(path) as packed:
        assert json.loads(packed.read("query.json"))["pages"] == events[:1]
