"""Whether identity codes of real people are let in is decided by the keys: under those for trying out none is, under others each."""

import pytest
from sqlalchemy import update

from connectors.layout import hetu_context
from connectors.persons import hetus
from connectors.tables import identity
from db.clock import now
from db.keys import Use
from publish.importing import COLUMNS, Outcome, PaperFile, take_papers
from schemas.identifiers import HETU_CHECK
from tests.integration.test_web_steward import NEED, opened
from tests.pages import a_browser
from tests.published import STEWARD

UNBORN = "311299A123"
REAL = UNBORN + HETU_CHECK[int(UNBORN[:6] + UNBORN[7:]) % len(HETU_CHECK)]
"""A code in the form of a real person's, of a day on which nobody has been born."""


@pytest.fixture(params=["for trying out", "in real use"])
def real(request, keyring):
    """Whether the keys are in real use; the same keys, marked as the file of an instance marks its own."""
    keyring._held.development = request.param == "for trying out"
    return not keyring.development


@pytest.fixture
def browser(real, world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.world = world
        yield browser


def test_a_steward_finds_a_real_person_under_keys_in_real_use_alone(real, browser):
    browser.world.person(REAL)
    browser.sign_in("steward-1")

    found = browser.post("/people", {"hetu": REAL.lower(), "reason": "desk"})

    assert found.status_code == (303 if real else 422)
    assert REAL not in found.text


def test_an_auditor_too(real, browser):
    browser.world.person(REAL)
    browser.sign_in("auditor-1")

    found = browser.post("/audit", {"hetu": REAL, "why": "supervision", "case": "TARK-1"})

    assert found.status_code == (303 if real else 422)


def test_a_paper_of_a_real_person_is_taken_under_keys_in_real_use_alone(real, browser, web_login):
    browser.world.person(REAL)
    row = f"a1;{REAL};{browser.world.agreement_id};given;{NEED};2026-02-01;fi;"

    with web_login.transaction() as tx:
        (answer,) = take_papers(tx, PaperFile(body=f"{';'.join(COLUMNS)}\n{row}".encode()), by=STEWARD, at=now())

    assert (answer.outcome is not Outcome.REFUSED) is real


def test_a_code_that_rests_with_us_is_read_back_whatever_the_keys(real, browser, owner, connector, keyring):
    person = browser.world.person(REAL)
    box = keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, REAL.encode(), context=hetu_context(str(person)))
    with owner.transaction() as tx:
        tx.execute(update(identity).values(hetu=box))

    with connector.read() as read:
        assert [(who, code.reveal()) for who, code in hetus(read, [person])] == [(person, REAL)]


def test_artificial_people_are_found_under_either(browser):
    browser.world.person()
    browser.sign_in("steward-1")

    assert opened(browser).startswith("/people/")
