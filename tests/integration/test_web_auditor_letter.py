"""The daily letter: an office's steward takes the day's signed checkpoint, the findings and the own counts home, and nobody else's."""

import json
from datetime import timedelta

import pytest

from audit.checkpoint import VerifierKey
from audit.queries import sequence
from audit.verify.pieces import Signers, verify_note
from db.clock import now
from tests.logs import a_disclosure, entries
from tests.looking import DAY, looks, people
from tests.pages import a_browser, today
from tests.published import MIKKELI

LETTERS = "/letters/yesterday"


@pytest.fixture
def tomorrow(world, log, web_login, keyring):
    """A steward of Savonlinna, a day after a colleague looked at three people and Mikkeli at one."""
    at = now()
    looks(log, people(3), at=at, apart=timedelta())
    event = a_disclosure(decided=False).event
    looks(log, people(1), at=at, actor=type(event.actor)(org=MIKKELI, user="m-1"))
    with a_browser(web_login, keyring, clock=lambda: now() + DAY) as browser:
        browser.sign_in("steward-1")
        yield browser


def test_the_letter_holds_the_signed_checkpoint_and_the_own_counts_alone(tomorrow, owner):
    answer = tomorrow.get(LETTERS)

    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert "Savonlinna (0166906-4)" in answer.text
    assert "Tietoja katsottiin, osa annettu: 3" in answer.text
    assert "Poikkeamia havaittu: 0, selvitetty: 0." in answer.text
    note = answer.text.partition("tila:\n")[2].partition("\nOman")[0]
    with owner.read() as read:
        keys = sequence.signers(read, now().year)
    assert list(verify_note(note, Signers([VerifierKey.parse(key) for key in keys]))) == []


def test_to_fetch_it_is_an_event(tomorrow, owner, log):
    tomorrow.get(LETTERS)
    log.settle(owner)

    told = [json.loads(row.entry) for row in entries(owner) if row.type == "log.read"][-1]
    assert told["actor"]["role"] == "steward"
    assert told["request"]["route"] == "GET /letters/{day}"


@pytest.mark.parametrize("days", [0, -1])
def test_a_day_that_is_not_over_has_no_letter(tomorrow, days):
    day = today() + DAY - timedelta(days=days)

    assert tomorrow.get(f"/letters/{day.isoformat()}").status_code == 404
    assert tomorrow.get("/letters/never").status_code == 404


def test_no_other_role_gets_a_letter(world, web_login, keyring):
    with a_browser(web_login, keyring) as auditor:
        auditor.sign_in("auditor-1")
        assert auditor.get(LETTERS).status_code == 404
