"""Saved searches: asked again for a new reason, of one auditor alone, and never for a person."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from db.clock import now
from db.engine import Database, Login
from db.ids import uuid7
from publish.queries import keeping
from tests.logs import a_disclosure
from tests.pages import a_browser, today
from tests.published import HETU, SAVONLINNA
from web.tables import saved_search

REASON = {"why": "supervision", "case": "VALV-2026-3"}
WEEK = {"since": (today() - timedelta(days=6)).isoformat(), "until": today().isoformat()}
SEARCH = {"org": SAVONLINNA, "user": "", "system": "", **WEEK, **REASON}
FILTER = "outcome=deny&reason=no_task"


@pytest.fixture
def auditor(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


def found(auditor, **given):
    return auditor.post("/audit/doers", SEARCH | given).headers["location"]


def saved(auditor, name="Estot", **given):
    address = found(auditor, **given)
    return auditor.post(f"{address}/save?{FILTER}", {"name": name})


def searches(owner):
    with owner.read() as read:
        return read.execute(select(saved_search)).all()


def link(page):
    return re.search(r'href="(/audit/doers\?saved=[0-9a-f-]{36})"', page).group(1)


def forget_of(page):
    return re.search(r'action="(/audit/saved/[0-9a-f-]{36}/forget)"', page).group(1)


def test_a_search_is_named_opened_again_for_a_new_reason_and_forgotten(auditor, owner):
    assert saved(auditor).status_code == 303

    form = auditor.get(link(auditor.get("/audit/doers").text)).text
    assert "Estot" in form
    assert f'value="{SAVONLINNA}" selected' in form
    again = re.search(r'name="saved" value="([0-9a-f-]{36})"', form).group(1)
    assert auditor.post("/audit/doers", SEARCH | {"saved": again, "why": ""}).status_code == 422
    assert found(auditor, saved=again).endswith(f"?{FILTER}")

    assert auditor.post(forget_of(auditor.get("/audit/doers").text)).status_code == 303
    assert searches(owner) == []


def test_what_was_saved_narrows_what_is_found(auditor, log):
    saved(auditor)
    with log.sealer() as sealer:
        at = now() - timedelta(minutes=5)
        sealer.seal(a_disclosure(id=uuid7(at), at=at, decided=False))
    again = link(auditor.get("/audit/doers").text).partition("=")[2]

    assert "Tietoja katsottiin</a>" in auditor.get(found(auditor)).text
    assert "Lokissa ei ole tapahtumia" in auditor.get(found(auditor, saved=again)).text


def test_it_holds_codes_and_a_number_of_days_and_moves_with_the_calendar(auditor, owner, web_login, keyring):
    saved(auditor)

    (row,) = searches(owner)
    assert row.asked == {"org": SAVONLINNA, "outcome": "deny", "reason": "no_task", "days": "7"}
    with a_browser(web_login, keyring, clock=lambda: now() + timedelta(days=10)) as later:
        later.sign_in("auditor-1")
        form = later.get(link(later.get("/audit/doers").text)).text
    assert re.search(r'id="since"[^>]* value="([0-9-]{10})"', form).group(1) > WEEK["until"]


def test_a_search_for_a_person_or_a_worker_is_not_savable(auditor, world, owner):
    world.person()
    at_person = auditor.post("/audit", {"hetu": HETU, **REASON}).headers["location"]
    of_worker = found(auditor, user="w-17")

    for address in (at_person, of_worker):
        assert f"{address}/save" not in auditor.get(address).text
        assert auditor.get(f"{address}/save").status_code == 404
        assert auditor.post(f"{address}/save", {"name": "Oma"}).status_code == 404
    assert searches(owner) == []


@pytest.mark.parametrize("name", ["", "x" * 61, f"Asiakas {HETU}", "aino@esimerkki.fi"])
def test_a_name_that_is_none_or_names_somebody_is_refused_and_not_shown_again(auditor, owner, name):
    refused = saved(auditor, name)

    assert refused.status_code == 422
    assert 'href="#name"' in refused.text
    assert HETU not in refused.text
    assert searches(owner) == []


def test_the_same_name_replaces_and_the_fifty_first_is_refused(auditor, owner):
    for number in range(50):
        assert saved(auditor, f"Haku {number}").status_code == 303

    assert saved(auditor, "Haku 7", system="sln").status_code == 303
    assert saved(auditor, "Yksi liikaa").status_code == 422
    assert len(searches(owner)) == 50


def test_another_auditors_search_is_neither_listed_nor_opened_nor_forgotten(auditor, owner):
    saved(auditor)
    page = auditor.get("/audit/doers").text
    with owner.transaction() as tx:
        tx.execute(update(saved_search).values(subject="another"))

    assert "Estot" not in auditor.get("/audit/doers").text
    assert auditor.get(link(page)).status_code == 404
    assert auditor.post(forget_of(page)).status_code == 404
    assert auditor.get(f"/audit/doers?saved={uuid4()}").status_code == 404
    assert auditor.get("/audit/doers?saved=x").status_code == 404
    assert len(searches(owner)) == 1


def test_a_search_that_nobody_used_for_a_year_ends(auditor, database_url, keyring, owner):
    saved(auditor)
    with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
        assert keeping.forget_saved_searches(tx, before=now() - timedelta(days=365)) == 0
        assert keeping.forget_saved_searches(tx, before=now() + timedelta(days=1)) == 1

    assert searches(owner) == []
