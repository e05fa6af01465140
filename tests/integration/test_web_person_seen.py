"""Who may see what of a person, on their own page: the gate's own answer, decided the same way and logged as a look of their own."""

import json
import re

import pytest

from publish import changes_of_will
from schemas.vocabulary import Category, Purpose
from schemas.words import CATEGORIES
from tests.calls import NEED, PLAN, a_system, view
from tests.logs import entries
from tests.pages import a_browser
from tests.published import HETU, MIKKELI, SAVONLINNA

SHOWN = f"/me/seen-by?recipient={SAVONLINNA}&purpose=TYO-380-2023"


@pytest.fixture
def person(world):
    """Aino, of whom the employment services know a plan and the county her need for services, which she lets be seen."""
    known = world.person()
    world.sections(known, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(known, "sote.palvelutarve", through=changes_of_will)
    return known


@pytest.fixture
def aino(person, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        yield browser


def cells(page):
    """The picture: what each kind of data shows for the one recipient."""
    return dict(re.findall(r'<tr><th scope="row">([^<]+)</th>\s*<td>\s*<(?:a|span) class="tag (\w*)"', page))


def sections(page):
    """The kinds of data on the page, in order."""
    return re.findall(r'<h2 id="s\d+"><span class="source \w+"></span>([^<]+)</h2>', page)


def named(code):
    return CATEGORIES[Category(code)].fi


def test_the_picture_tells_what_is_seen_by_law_and_what_by_consent_with_the_mark_of_a_doubted_reading(aino):
    page = aino.get("/me/seen-by?purpose=TYO-380-2023").text

    assert cells(page)[named("te.suunnitelma")] == "law"
    assert cells(page)[named("sote.palvelutarve")] == "good"
    assert cells(page)[named("sote.kuntouttava-tyotoiminta")] == ""
    assert "(tulkinta vahvistamatta)" in page
    assert "Viranomainen ei ole vielä vahvistanut" in page


def test_what_a_recipient_would_be_shown_is_what_its_system_is_shown(aino, world, person, http):
    answer = view(a_system(world, http), world.ref(person)).json()

    page = aino.get(SHOWN).text

    assert sections(page) == [named(each["category"]) for each in answer["sections"]]
    assert len(answer["sections"]) == 2
    assert "lain nojalla: 381/2023" in page
    assert "suostumuksesi nojalla" in page


def test_a_withdrawal_is_seen_at_once(aino, world, person):
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)

    assert sections(aino.get(SHOWN).text) == [named("te.suunnitelma")]
    assert cells(aino.get("/me/seen-by?purpose=TYO-380-2023").text)[named("sote.palvelutarve")] == "no"


def test_without_a_choice_the_first_purpose_for_which_anybody_sees_anything_is_shown(aino):
    assert aino.get("/me/seen-by").text == aino.get("/me/seen-by?purpose=TYO-380-2023").text.replace(
        "%3Fpurpose%3DTYO-380-2023", ""
    )


def test_a_purpose_that_nobody_is_granted_is_not_among_those_to_choose(aino, world):
    world.recipient(SAVONLINNA, purposes=(Purpose.TYO,))

    page = aino.get("/me/seen-by?purpose=TYM-381-2023").text

    assert "purpose=TYM-381-2023" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
    assert cells(page)[named("te.suunnitelma")] == "law"


@pytest.mark.parametrize("recipient", [MIKKELI, "x", ""])
def test_who_has_nothing_to_do_with_the_person_has_no_page(aino, recipient):
    assert aino.get(f"/me/seen-by?recipient={recipient}").status_code == 404


def test_a_protected_person_is_shown_to_nobodys_system_and_reads_why(world, web_login, keyring):
    known = world.person(protected=True)
    world.sections(known, {"te.suunnitelma": PLAN})
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")

        assert "Ei mitään näytettävää." in browser.get(SHOWN).text
        assert "Turvakielto rajaa tiedot nimetylle valmentajalle." in browser.get("/me/seen-by").text


def test_each_look_is_the_persons_own_event_and_tells_of_no_disclosure(aino, owner, log):
    for address in ("/me/seen-by", SHOWN):
        aino.get(address)
    log.settle(owner)

    told = [row for row in entries(owner) if row.role == "person"][-2:]
    assert [row.type for row in told] == ["person.viewed", "person.viewed"]
    assert {json.loads(row.entry)["request"]["route"] for row in told} == {"GET /me/seen-by"}


def test_nobody_sees_another_and_who_is_unknown_is_seen_by_nobody(aino, world, web_login, keyring):
    with a_browser(web_login, keyring) as stranger:
        stranger.sign_in("stranger")
        empty, shown = stranger.get("/me/seen-by"), stranger.get(SHOWN)

    assert "Kukaan ei nyt saa nähdä tietojasi" in empty.text
    assert shown.status_code == 200
    assert sections(shown.text) == []
    assert HETU not in aino.get(SHOWN).text
