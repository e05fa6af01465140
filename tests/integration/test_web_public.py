"""The pages for everybody, signed in or not: texts with hashes and differences, laws with their marks, what a recipient gets."""

import hashlib
import re
from datetime import timedelta

import pytest

from consent.model import Change
from consent.terms import State
from db.clock import now
from db.ids import uuid7
from schemas.vocabulary import Category, Purpose, Text
from schemas.words import CATEGORIES
from tests.integration.test_web_agreements import agreed
from tests.pages import a_browser
from tests.published import BEFORE, COUNTY, KEHA, MIKKELI, SAVONLINNA, STEWARD, TWO

OLD, NEW = "Annan luvan.", "Annan luvan nyt."
DAY = timedelta(days=1)


@pytest.fixture
def anybody(world, web_login, keyring):
    """Somebody who has not signed in."""
    with a_browser(web_login, keyring) as browser:
        yield browser


@pytest.fixture
def address(world):
    return f"/notices/{world.agreement_id}"


def panels(page):
    """The panels of a page, by their headings."""
    found = re.findall(
        r'<div class="panel">\s*<h2>([^<:]*)[^<]*</h2>(.*?)(?=<div class="panel">|</main>)', page, re.DOTALL
    )
    return dict(found)


def test_every_text_that_is_out_stands_in_three_languages_with_its_hash_the_newest_first(anybody, world, address):
    world.announce(2, Change.MATERIAL, NEW)

    page = anybody.get(address).text

    assert address in anybody.get("/notices").text
    assert all(page.count(hashlib.sha256(text.encode()).hexdigest()) == 3 for text in (OLD, NEW))
    assert page.index(NEW) < page.index(OLD)
    assert "sisältö muuttui" in page
    assert not any(each in page for each in (*TWO, STEWARD.user)), "who approved it is not for everybody"


def test_a_text_that_is_not_out_yet_leaves_no_trace(anybody, world, address):
    before = anybody.get(address).text, anybody.get("/notices").text
    world.announce(2, Change.EDITORIAL, NEW, published_at=now() + DAY)

    assert (anybody.get(address).text, anybody.get("/notices").text) == before
    assert anybody.get(f"{address}/compare").status_code == 404
    assert anybody.get(f"{address}/compare?older=1&newer=2").status_code == 404


def test_a_draft_and_an_agreement_without_a_text_leave_no_trace(anybody, world):
    draft = agreed(world, SAVONLINNA, state=State.DRAFT).rpartition("/")[2]
    wordless = agreed(world, SAVONLINNA).rpartition("/")[2]
    world.announce(1, Change.FIRST, OLD, agreement_id=draft)

    listed = anybody.get("/notices").text
    received = anybody.get(f"/recipients/{SAVONLINNA}").text

    assert draft not in listed
    assert wordless not in listed
    assert draft not in received
    assert [anybody.get(f"/notices/{each}").status_code for each in (draft, wordless, "x")] == [404, 404, 404]


def test_two_texts_are_compared_in_words_and_signs_and_not_by_colour_alone(anybody, address, world):
    world.announce(2, Change.EDITORIAL, NEW)

    page = anybody.get(f"{address}/compare").text

    assert "<del>luvan.</del>" in page
    assert "<ins>luvan nyt.</ins>" in page
    assert page.count("poistettu</span>") == page.count("<del>") > 0
    assert page.count("lisätty</span>") == page.count("<ins>") > 0


def test_texts_named_the_wrong_way_round_are_compared_from_old_to_new(anybody, address, world):
    world.announce(2, Change.EDITORIAL, NEW)

    assert "<ins>luvan nyt.</ins>" in anybody.get(f"{address}/compare?older=2&newer=1").text


@pytest.mark.parametrize("asked", ["", "?older=1&newer=9", "?older=x&newer=1", "?newer=1"])
def test_texts_that_are_not_there_cannot_be_compared(anybody, address, asked):
    assert anybody.get(f"{address}/compare{asked}").status_code == 404


def test_a_law_says_what_it_gives_to_whom_and_whether_anybody_has_confirmed_our_reading(anybody, world):
    world.enact(overrides_denial=False)

    found = panels(anybody.get("/statutes").text)

    assert "tulkinta vahvistamatta" in found["381/2023"]
    assert "tulkinta vahvistamatta" not in found["Laki 1 §"]
    assert "Laki sanoo." in found["Laki 1 §"]
    assert "kielto estää luovutuksen" in found["Laki 1 §"]
    assert CATEGORIES[Category("sote.palvelutarve")].fi in found["Laki 1 §"]
    assert f'href="/recipients/{SAVONLINNA}"' in found["Laki 1 §"]


def test_a_version_that_took_over_is_read_and_the_earlier_one_is_kept(anybody, world):
    first = uuid7(BEFORE)
    world.enact(statute_id=first)
    world.enact(statute_id=first, version=2, valid_from=BEFORE + DAY, text=Text("Uusi.", "Ny.", "New."))

    panel = panels(anybody.get("/statutes").text)["Laki 1 §"]

    assert panel.index("Uusi.") < panel.index("Muut versiot (1)") < panel.index("Laki sanoo.")


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "Laki sanoo."), ("sv", "Lagen säger."), ("en", "The law says.")]
)
def test_a_law_is_read_in_the_language_of_the_page(anybody, world, language, words):
    world.enact()

    assert words in anybody.get("/statutes", headers={"Accept-Language": language}).text


def test_a_recipient_receives_by_the_laws_and_agreements_in_force_and_for_its_own_purposes_alone(anybody, world):
    ended = agreed(world, SAVONLINNA, valid_until=BEFORE + DAY).rpartition("/")[2]
    theirs = agreed(world, MIKKELI).rpartition("/")[2]
    world.recipient(SAVONLINNA, purposes=(Purpose.TYO,))

    page = anybody.get(f"/recipients/{SAVONLINNA}").text

    assert f"/notices/{world.agreement_id}" in page
    assert ended not in page
    assert theirs not in page
    assert CATEGORIES[Category("te.suunnitelma")].fi in page
    assert CATEGORIES[Category("te.arkaluonteiset")].fi not in page, (
        "that is for joint support, which it was not granted"
    )
    assert "(tulkinta vahvistamatta)" in page


@pytest.mark.parametrize("party", [KEHA, COUNTY, "1234567-1", "x"])
def test_who_receives_nothing_has_no_page_of_a_recipient(anybody, party):
    assert anybody.get(f"/recipients/{party}").status_code == 404


def test_a_recipient_that_was_stopped_is_not_there(anybody, world):
    world.stop("", "recipient")

    assert anybody.get(f"/recipients/{SAVONLINNA}").status_code == 404


def test_signed_in_the_same_pages_are_read(world, web_login, keyring, address):
    with a_browser(web_login, keyring) as browser:
        for who in ("steward-1", "auditor-1", "aino"):
            browser.sign_in(who)
            assert {browser.get(each).status_code for each in ("/notices", address, "/statutes")} == {200}, who
