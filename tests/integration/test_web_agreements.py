"""The steward's pages of agreements and texts: whose are listed, what two texts differ in, and the form to print."""

import hashlib
import re
from datetime import timedelta

import pytest

from consent.model import Change
from db.clock import now
from publish import changes_of_will
from schemas.vocabulary import Category
from schemas.words import CATEGORIES
from tests.pages import a_browser
from tests.published import BEFORE, MIKKELI, SAVONLINNA, a_hetu

OLD = "Annan luvan."
NEW = "Annan luvan nyt."
NEED, REHAB = "sote.palvelutarve", "sote.kuntouttava-tyotoiminta"


@pytest.fixture
def steward(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        yield browser


@pytest.fixture
def address(world):
    return f"/agreements/{world.agreement_id}"


def agreed(world, recipient, **changes):
    """A further agreement is made with a recipient; returns its page."""
    return f"/agreements/{world.agree(**{'recipient': recipient, 'categories': (NEED,)} | changes)}"


def test_an_office_sees_its_own_agreements_and_no_others(steward, address, world):
    theirs = agreed(world, MIKKELI)

    page = steward.get("/agreements").text

    assert address in page
    assert theirs not in page
    assert {steward.get(theirs + rest).status_code for rest in ("", "/form", "/ending", "/preview")} == {404}


def test_an_ended_agreement_says_so_and_has_no_form_and_nothing_to_end(steward, world):
    ended = agreed(world, SAVONLINNA, valid_until=BEFORE + timedelta(days=30))

    assert "päättynyt" in steward.get(ended).text
    assert {steward.get(ended + rest).status_code for rest in ("/form", "/ending")} == {404}


def test_each_text_stands_in_three_languages_with_its_hash_and_what_it_means(steward, address, world):
    world.announce(2, Change.MATERIAL, NEW)

    page = steward.get(address).text

    assert all(hashlib.sha256(text.encode()).hexdigest() in page for text in (OLD, NEW))
    assert "sisältö muuttui" in page
    assert "Aiemmat suostumukset on pyydettävä uudelleen" in page
    assert page.index(NEW) < page.index(OLD)


def test_a_blank_form_carries_the_text_in_the_language_of_the_page_and_what_binds_it(steward, address):
    page = steward.get(f"{address}/form", headers={"Accept-Language": "sv"}).text

    assert hashlib.sha256(OLD.encode()).hexdigest() in page
    assert "Personbeteckning" in page
    assert "Dataombudsmannens byrå" in page
    assert "/me/consents" in page


def test_a_text_is_seen_as_a_client_will_see_it_in_three_languages_before_it_is_out(steward, address, world):
    world.announce(2, Change.MATERIAL, NEW, published_at=now() + timedelta(days=1))

    page, now_out = steward.get(f"{address}/preview").text, steward.get(f"{address}/preview?n=1").text

    assert page.count(NEW) == page.count(hashlib.sha256(NEW.encode()).hexdigest()) == 3
    assert "julkaistaan" in page
    assert ("julkaistu" in now_out, NEW in now_out) == (True, False)
    assert all(f'lang="{code}"' in page for code in ("fi", "sv", "en"))
    assert all(
        words in page for words in ("Sinulta pyydetään suostumusta", "Du ombeds om samtycke", "You are asked for")
    )
    assert page.count("disabled") == 12, "nothing can be answered here"
    assert steward.get(f"{address}/preview?n=3").status_code == 404


@pytest.mark.parametrize("name", ["x", "00000000-0000-7000-8000-000000000000"])
def test_an_agreement_that_is_not_there_is_not_there(steward, name):
    assert steward.get(f"/agreements/{name}").status_code == 404


def test_what_ending_an_agreement_would_close_is_counted_and_few_are_not_told_apart(steward, address, world):
    for number in range(901, 906):
        world.grant(world.person(a_hetu("010180", str(number))), NEED, through=changes_of_will)
    world.grant(world.person(), REHAB, through=changes_of_will)
    page = steward.get(f"{address}/ending").text

    counted = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="number">([^<]+)</td>', page))
    assert counted == {CATEGORIES[Category(NEED)].fi: "5", CATEGORIES[Category(REHAB)].fi: "&lt;5"}


def test_an_agreement_under_which_nothing_is_open_closes_nothing(steward, address):
    assert "ei sulkisi keneltäkään mitään" in steward.get(f"{address}/ending").text


@pytest.mark.parametrize(
    ("language", "county"),
    [
        ("fi", "Etelä-Savon hyvinvointialue"),
        ("sv", "Södra Savolax välfärdsområde"),
        ("en", "South Savo wellbeing services county"),
    ],
)
def test_a_county_is_called_as_it_is_called_in_the_language_of_the_page(steward, language, county):
    assert county in steward.get("/agreements", headers={"Accept-Language": language}).text


@pytest.mark.parametrize(
    ("language", "mark"),
    [("fi", "(yhteystieto vahvistamatta)"), ("sv", "(kontaktuppgiften är obekräftad)"), ("en", "(contact unverified)")],
)
def test_the_form_marks_an_address_of_the_ombudsman_that_nobody_has_confirmed(steward, address, language, mark):
    steward.get(f"/language/{language}?back=/")

    page = steward.get(f"{address}/form").text

    assert "tietosuoja@om.fi" in page
    assert mark in page
