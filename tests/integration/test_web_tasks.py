"""The steward's list of what waits: whose text has changed, and whose representative has to be asked about."""

import hashlib

import pytest

from consent import registry
from consent.model import Change, RepresentationKind
from consent.queries.terms import Shown
from consent.registry import Channel, Consent, Expressed, Given
from db.clock import now
from publish import changes_of_will
from tests.pages import a_browser
from tests.published import HETU, STEWARD, a_hetu

NEED = "sote.palvelutarve"
ANEW, AUTHORITY = "Teksti on muuttunut", "Edustajan valtuus on tarkistettava"


@pytest.fixture
def steward(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        yield browser


def spoken_for(world, person, representative):
    """A representative consents for a person."""
    with world.owner.transaction() as tx:
        said = {"kind": RepresentationKind.MANDATE, "allowed": True, "by": STEWARD, "at": now()}
        voice = registry.represent(tx, person_id=person, representative=representative, **said)
        shown = Shown(n=1, language="fi", sha256=hashlib.sha256(b"Annan luvan.").digest())
        changes_of_will.grant(
            tx,
            person_id=person,
            agreement_id=world.agreement_id,
            consent=Consent(items=[Given(category=NEED)], notice=shown),
            expressed=Expressed(channel=Channel.COUNTER, voice=voice),
            by=STEWARD,
            at=now(),
        )
    return voice


def test_a_material_text_makes_a_task_of_everybody_who_consented_to_the_older_one(world, steward):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    before = steward.get("/").text

    world.announce(2, Change.MATERIAL, "Annan luvan nyt.")

    page = steward.get("/").text
    assert ANEW not in before
    assert ANEW in page
    assert "Etelä-Savon hyvinvointialue: Palvelutarve" in page
    assert str(person) not in page
    assert HETU not in page


def test_an_editorial_text_makes_no_task(world, steward):
    world.grant(world.person(), NEED, through=changes_of_will)

    world.announce(2, Change.EDITORIAL, "Annan luvan nyt.")

    assert ANEW not in steward.get("/").text


def test_a_representative_whose_authority_was_refused_is_a_task(world, steward):
    person = world.person()
    voice = spoken_for(world, person, world.person(a_hetu("010180", "905")))
    before = steward.get("/").text

    with world.owner.transaction() as tx:
        registry.check(tx, representation_id=voice, allowed=False, by=STEWARD, at=now())

    assert AUTHORITY not in before
    assert AUTHORITY in steward.get("/").text


def test_a_client_who_moved_away_is_nobodys_task_any_more(world, steward):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    world.announce(2, Change.MATERIAL, "Annan luvan nyt.")

    world.moves(person, "491")

    assert ANEW not in steward.get("/").text
