"""The shape of what a search found: its hours over the week, and a sample that nobody chose and anybody can draw again."""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from audit.events import Actor
from db.ids import uuid7
from tests.logs import a_disclosure, entries
from tests.pages import a_browser
from tests.published import SAVONLINNA
from web.auditor.rhythm import drawn

CASE = {"why": "supervision", "case": "TARK-2026-14"}
MONDAY_NOON = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
SEED = "kevat-2026"
SUPERVISED = {"org": SAVONLINNA, "system": "sln", "since": "2026-06-01", "until": "2026-06-30", **CASE}


@pytest.fixture
def auditor(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


@pytest.fixture
def looks(log, owner):
    """Thirty looks at noon on a Monday, two in the night after."""
    actor = Actor(org=SAVONLINNA, system="sln", user="w-17", role="case_worker")
    moments = [MONDAY_NOON + timedelta(seconds=n) for n in range(30)]
    moments += [MONDAY_NOON + timedelta(hours=14, seconds=n) for n in range(2)]
    with log.sealer() as sealer:
        for at in moments:
            sealer.seal(a_disclosure(id=uuid7(at), at=at, actor=actor, person_id=uuid7(at), decided=False))
    log.settle(owner)


def found(auditor):
    return auditor.post("/audit/doers", SUPERVISED).headers["location"]


def sampled(auditor, address, **asked):
    asked = {"seed": SEED, "amount": "10"} | asked
    page = auditor.get(f"{address}/sample?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    return re.findall(r'href="/audit/found/[0-9a-f]+/([0-9a-f-]{36})"', page.text)


def test_the_hours_of_the_week_are_counted_in_finnish_time(auditor, looks):
    page = auditor.get(f"{found(auditor)}/rhythm").text

    noon = re.search(r'<th scope="row">12&ndash;13</th>(.*?)</tr>', page).group(1)
    night = re.search(r'<th scope="row">2&ndash;3</th>(.*?)</tr>', page).group(1)
    assert re.findall(r"<td[^>]*>(.*?)</td>", noon) == ["30", *[""] * 6]
    assert re.findall(r"<td[^>]*>(.*?)</td>", night) == ["", "2", *[""] * 5]


def test_the_busiest_hour_is_darkest_and_the_rarest_is_not_white():
    cells = drawn({(1, 12): 1_000, (2, 2): 1, (3, 3): 400})

    assert [cells[place].step for place in ((1, 12), (2, 2), (3, 3), (7, 23))] == [5, 1, 2, 0]
    assert len(cells) == 168


def test_a_sample_is_the_lowest_hashes_of_seed_and_leaf_whoever_draws(auditor, looks, owner):
    address = found(auditor)
    reads = [row for row in entries(owner) if row.type == "disclosure.read" and row.system == "sln"]
    lowest = sorted(reads, key=lambda row: sha256(SEED.encode() + row.leaf).digest())[:10]

    drawn_once, drawn_again = sampled(auditor, address), sampled(auditor, found(auditor))

    assert drawn_once == drawn_again == [str(row.id) for row in lowest]
    assert sampled(auditor, address, seed="another-1") != drawn_once


def test_a_sample_named_by_a_size_is_the_same_after_the_log_has_grown(auditor, looks, log, owner):
    address = found(auditor)
    at = re.search(r'name="at" value="([0-9.-]+)"', auditor.get(f"{address}/sample").text).group(1)
    before = sampled(auditor, address, at=at)

    moment = MONDAY_NOON + timedelta(days=2)
    actor = Actor(org=SAVONLINNA, system="sln", user="w-18", role="case_worker")
    with log.sealer() as sealer:
        for n in range(30):
            sealer.seal(a_disclosure(id=uuid7(moment), at=moment + timedelta(seconds=n), actor=actor, decided=False))

    assert sampled(auditor, address, at=at) == before
    assert sampled(auditor, address) != before


def test_both_are_told_to_the_log_and_the_sample_with_its_seed(auditor, looks, log, owner):
    address = found(auditor)
    auditor.get(f"{address}/rhythm")
    sampled(auditor, address)
    log.settle(owner)

    told = [json.loads(row.entry) for row in entries(owner) if row.type == "log.read"]

    assert [each["request"]["route"].rpartition("/")[2] for each in told[-2:]] == ["rhythm", "sample"]
    assert [each["result"]["count"] for each in told[-2:]] == [32, 10]
    assert all(each["request"]["params"] and each["detail"] for each in told[-2:])


@pytest.mark.parametrize("asked", [{"seed": "short"}, {"seed": "' OR 1=1 --"}, {"amount": "100000"}, {"amount": ""}])
def test_a_sample_that_cannot_be_drawn_again_is_refused(auditor, looks, asked):
    query = "&".join(f"{name}={value}" for name, value in ({"seed": SEED, "amount": "10"} | asked).items())

    answer = auditor.get(f"{found(auditor)}/sample?{query}")

    assert answer.status_code == 422
    assert 'href="#seed"' in answer.text
