"""A person says no beforehand on their own page and lifts it again: what it stops is told first, and the decision follows at once."""

import re

import pytest
from sqlalchemy import select

from consent.queries import facts
from consent.tables import denial, denial_lift
from db.clock import now
from publish import changes_of_will
from tests.logs import entries
from tests.pages import a_browser
from tests.published import HETU, MIKKELI, SAVONLINNA

NEED = "sote.palvelutarve"
TO_ALL = {"what": "sote", "whom": "anybody"}


@pytest.fixture
def person(world):
    """Aino, who consents to her need for services being seen."""
    known = world.person()
    world.grant(known, NEED, through=changes_of_will)
    return known


@pytest.fixture
def aino(person, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        yield browser


@pytest.fixture
def denied(web_login, person):
    """How many noes stand in the way of a decision now."""

    def count():
        with web_login.read() as read:
            known = facts(read, person_id=person, recipient=SAVONLINNA)
        return sum(each.during.holds(now()) for each in known.denials)

    return count


def rows(owner, table):
    """Every row of a table."""
    with owner.read() as read:
        return read.execute(select(table)).all()


def checked(browser, answers=None):
    """Answer the form; the address of the page that says what the no will stop."""
    return browser.post("/me/no/new", answers or TO_ALL).headers["location"]


def said(browser, answers=None):
    """Say no; the address of the page that confirms it."""
    return browser.post(checked(browser, answers)).headers["location"]


def test_a_no_tells_first_what_it_stops_and_changes_nothing_until_it_is_said(aino, owner, denied):
    page = aino.get(checked(aino)).text

    assert re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', page) == [("Palvelutarve", "Savonlinna")]
    assert rows(owner, denial) == []
    assert denied() == 0


def test_a_no_is_said_in_three_steps_and_holds_at_once_and_is_the_persons_own(aino, owner, log, denied):
    confirmed = said(aino)
    log.settle(owner)

    (row,) = rows(owner, denial)
    assert (row.channel, row.office, row.voice, row.source) == ("online", None, None, "sote")
    assert denied() == 1
    assert str(row.denial_id) in aino.get(confirmed).text
    assert "Kielto on kirjattu" in aino.get(confirmed).text
    assert [(each.type, each.role) for each in entries(owner) if each.type == "denial.recorded"] == [
        ("denial.recorded", "person")
    ]


def test_a_form_sent_twice_says_one_no(aino, owner):
    address = checked(aino)

    first, second = (aino.post(address).headers["location"] for _ in range(2))

    assert first == second
    assert len(rows(owner, denial)) == 1


def test_what_the_law_opens_all_the_same_is_told_with_the_mark_of_a_reading_nobody_has_confirmed(aino):
    page = aino.get(checked(aino, {"what": "te", "whom": SAVONLINNA})).text

    assert "näkyy kiellosta huolimatta" in page
    assert "(tulkinta vahvistamatta)" in page
    assert "Kielto on silti voimassa jatkossa" in page


def test_a_recipient_who_has_nothing_to_do_with_the_person_can_be_named_beforehand(aino, owner):
    page = aino.get("/me/no/new").text
    said(aino, {"what": NEED, "whom": MIKKELI, "emergency": "yes"})

    assert page.index(f'value="{SAVONLINNA}"') < page.index('label="Muut"') < page.index(f'value="{MIKKELI}"')
    (row,) = rows(owner, denial)
    assert (row.category, row.recipient, row.allow_emergency) == (NEED, MIKKELI, True)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"what", "whom"}),
        ({"what": "all", "whom": "1234567-1"}, {"whom"}),
        ({"what": "x", "whom": "anybody"}, {"what"}),
    ],
)
def test_a_form_with_mistakes_names_the_fields_and_keeps_the_rest(aino, owner, answers, wrong):
    answer = aino.post("/me/no/new", answers)

    assert answer.status_code == 422
    assert set(re.findall(r'id="(\w+)-error"', answer.text)) == wrong
    assert rows(owner, denial) == []


def test_a_no_is_lifted_after_it_is_told_what_that_opens_and_stays_readable(aino, owner, denied):
    address = said(aino).partition("?")[0]

    asked = aino.get(f"{address}/lift").text
    confirmed = aino.post(f"{address}/lift").headers["location"]

    assert "alkavat taas vaikuttaa" in asked
    assert "Kielto on poistettu" in aino.get(confirmed).text
    assert denied() == 0
    assert len(rows(owner, denial_lift)) == 1
    assert aino.get(f"{address}/lift").status_code == aino.post(f"{address}/lift").status_code == 404
    kept = re.findall(r'href="(/me/receipts/[0-9a-f-]{36})"', aino.get(address).text)
    assert [aino.get(each).status_code for each in kept] == [200, 200]


def test_nobody_reads_or_lifts_the_no_of_another(aino, world, owner, web_login, keyring):
    address = said(aino).partition("?")[0]
    draft = checked(aino)
    world.person("100190-999P")

    with a_browser(web_login, keyring) as eero:
        eero.sign_in("eero")
        seen = [eero.get(each).status_code for each in (address, f"{address}/lift", draft)]
        done = [eero.post(each).status_code for each in (f"{address}/lift", draft)]
        own = eero.get("/me/no").text

    assert seen == [404, 404, 404]
    assert done == [404, 404]
    assert "Et ole kieltänyt mitään." in own
    assert (len(rows(owner, denial)), len(rows(owner, denial_lift))) == (1, 0)


def test_who_is_unknown_gets_the_page_empty_and_may_say_nothing(world, web_login, keyring):
    with a_browser(web_login, keyring) as stranger:
        stranger.sign_in("stranger")

        assert "/me/no/new" not in re.sub(r"<nav.*?</nav>", "", stranger.get("/me/no").text, flags=re.DOTALL)
        assert stranger.get("/me/no/new").status_code == stranger.post("/me/no/new", TO_ALL).status_code == 404


def test_a_no_that_was_taken_at_a_desk_stands_on_the_persons_page(aino, web_login, keyring):
    with a_browser(web_login, keyring) as steward:
        steward.sign_in("steward-1")
        found = steward.post("/people", {"hetu": HETU, "reason": "desk"}).headers["location"].partition("?")[0]
        steward.post(
            steward.post(f"{found}/deny", {"what": "te", "whom": "anybody", "who": "self"}).headers["location"]
        )

    page = aino.get("/me/no").text

    assert "Työllisyyspalvelut &rarr; Kaikki vastaanottajat" in page
    assert "palvelupisteessä" in page
    assert "/lift" in page
    assert HETU not in page
