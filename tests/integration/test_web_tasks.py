"""The steward's list of what waits: whose text has changed, and whose representative has to be asked about."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from consent import registry
from consent.model import Change, RepresentationKind
from consent.queries.terms import Shown
from consent.registry import Channel, Consent, Expressed, Given
from consent.tables import person
from db.clock import now
from publish import changes_of_will, outbox
from schemas.vocabulary import PartyKind, Purpose
from tests.integration.test_web_feed import published, withdrawn
from tests.pages import a_browser
from tests.published import HETU, STEWARD, a_hetu
from web.steward import tasks
from web.steward.clients import number_of

NEED, ABILITY = "sote.palvelutarve", "sote.tyokyvyn-arvio"
ANEW, AUTHORITY = "Teksti on muuttunut", "Edustajan valtuus on tarkistettava"
ENDING, LATE = "Sopimus tai laki lakkaa pian", "Päättymistä ei ole kuitattu"


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


def test_who_is_asked_anew_is_asked_in_their_own_language(world, steward, owner):
    someone = world.person()
    world.grant(someone, NEED, through=changes_of_will)
    world.announce(2, Change.MATERIAL, "Annan luvan nyt.")
    with owner.transaction() as tx:
        tx.execute(update(person).values(language="sv"))

    assert "Kysy ruotsiksi." in steward.get("/").text


@pytest.mark.parametrize(("days", "task"), [(59, True), (61, False)])
def test_an_agreement_that_ends_within_sixty_days_is_a_task_and_a_later_one_is_not(world, steward, owner, days, task):
    ending = world.agree(categories=(ABILITY,), valid_until=now() + timedelta(days=days))

    page = steward.get("/").text

    assert (ENDING in page, f'href="/agreements/{ending}"' in page) == (task, task)


def test_a_law_that_ends_soon_is_a_task(world, steward):
    world.enact(
        key="STATUTE_TRIAL",
        law_ref="1/2026",
        verified=False,
        controller_kind=PartyKind.KEHA,
        categories=("te.suunnitelma",),
        purpose=Purpose.HANKINTA,
        valid_until=now() + timedelta(days=30),
    )

    page = steward.get("/").text

    assert ENDING in page
    assert "Laki: 1/2026" in page
    assert "Viranomainen ei ole vielä vahvistanut" in page


def test_an_ending_not_reported_names_who_has_not_answered_and_leads_to_its_own_page(
    world, steward, web_login, monkeypatch
):
    person_id = published(world)
    act_id = withdrawn(world, person_id)
    before = steward.get("/").text
    monkeypatch.setattr(outbox, "IN_TIME", timedelta(0))

    page = steward.get("/").text

    assert LATE not in before
    assert f'href="/people/{world.ref(person_id)}/acts/{act_id}"' in page
    assert "Savonlinna: kerrottu" in page


def test_a_list_says_how_many_more_wait_than_it_shows(world, steward, monkeypatch):
    for number in ("911", "912", "913"):
        world.grant(world.person(a_hetu("010180", number)), NEED, through=changes_of_will)
    world.announce(2, Change.MATERIAL, "Annan luvan nyt.")
    monkeypatch.setattr(tasks, "MOST_SHOWN", 1)

    page = steward.get("/").text

    assert page.count("aiempi suostumus ei avaa") == 1
    assert "Lisäksi odottaa 2." in page


def test_a_client_with_two_tasks_of_a_list_has_one_card_with_a_link_to_each(world, steward, owner):
    ability = world.agree(categories=(ABILITY,), valid_until=now() + timedelta(days=400))
    world.announce(1, Change.FIRST, "Annan luvan.", agreement_id=ability)
    someone = world.person()
    both = {world.agreement_id: NEED, ability: ABILITY}
    for agreement_id, category in both.items():
        replace(world, agreement_id=agreement_id).grant(someone, category, through=changes_of_will)
        world.announce(2, Change.MATERIAL, "Annan luvan nyt.", agreement_id=agreement_id)

    page = steward.get("/").text

    ref = world.ref(someone)
    assert page.count(f"<h3>Asiakas {number_of(ref)}</h3>") == 1
    assert all(page.count(f'href="/people/{ref}/consents/{agreement_id}/renew"') == 1 for agreement_id in both)


def test_where_several_lists_wait_each_is_named_at_the_top_with_how_much_is_in_it(world, steward, monkeypatch):
    world.grant(world.person(a_hetu("010180", "911")), NEED, through=changes_of_will)
    withdrawn(world, published(world))
    monkeypatch.setattr(outbox, "IN_TIME", timedelta(0))
    before = steward.get("/").text

    world.announce(2, Change.MATERIAL, "Annan luvan nyt.")
    page = steward.get("/").text

    assert 'href="#late"' not in before
    assert '<a href="#late">Päättymistä ei ole kuitattu: 1</a>' in page
    assert '<a href="#anew">Teksti on muuttunut: suostumus pyydettävä uudelleen: 1</a>' in page
