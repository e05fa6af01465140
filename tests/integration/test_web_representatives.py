"""Representatives at the desk: the register of mandates is asked at once, its yes counts and its no leaves nothing behind."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from connectors.tables import identity
from consent import registry
from consent.tables import act, denial, denial_lift, representation, representation_check
from db.clock import now
from db.errors import StatementRefused
from publish import changes_of_will
from simulators.mandates import Kind
from tests.integration.test_web_steward import NEED, opened, rows, types
from tests.logs import entries
from tests.mandates import Told, a_register, no_register
from tests.pages import a_browser
from tests.published import HETU, STEWARD, a_hetu

CANNOT = {
    "fi": "Vastaaja: Tekijällä ei ole oikeutta antaa tätä suostumusta.",
    "sv": "Den som svarar: Personen har inte rätt att ge detta samtycke.",
    "en": "Who answers: The one who acts may not give this consent.",
}
OTHER_RIGHT = {
    "fi": "Millä oikeudella: valtuusrekisteri tuntee edustajan, mutta toisella oikeudella.",
    "sv": "Med vilken rätt: fullmaktsregistret känner företrädaren, men med en annan rätt.",
    "en": "By what right: the register of mandates knows the representative, but by another right.",
}
AWAY = "Valtuusrekisteri ei vastaa nyt"
HOLDER, OTHER, STRANGER, NEIGHBOUR = (a_hetu("010160", f"{number}") for number in (955, 956, 957, 958))
CHILD = "2012-03-12"


@pytest.fixture
def told():
    found = Told()
    found.lets(HETU, HOLDER)
    return found


@pytest.fixture
def seen():
    return []


@pytest.fixture
def register(web_login, told, seen):
    return a_register(web_login, told, seen=seen)


@pytest.fixture
def browser(world, web_login, keyring, register):
    with a_browser(web_login, keyring, register=register) as browser:
        browser.sign_in("steward-1")
        yield browser


@pytest.fixture
def cut_off(world, web_login, keyring):
    with a_browser(web_login, keyring, register=no_register(web_login)) as browser:
        browser.sign_in("steward-1")
        yield browser


def how_page(browser, world, answer="all"):
    """The address of the step that asks who answers."""
    base = f"{opened(browser)}/record/{world.agreement_id}"
    sha256 = browser.get(base).text.partition('name="sha256" value="')[2][:64]
    return browser.post(base, {"answer": answer, "language": "fi", "sha256": sha256}).headers["location"]


def a_newcomer(hetu=HOLDER, kind="mandate"):
    return {"who": "new", "kind": kind, "hetu": hetu}


def answered(browser, world, speaker, answer="all"):
    """Answer by somebody, and give what the last step says."""
    check = browser.post(how_page(browser, world, answer), {"channel": "counter"} | speaker)
    assert check.status_code == 303, check.text
    done = browser.post(check.headers["location"])
    assert done.status_code == 303, done.text
    return browser.get(done.headers["location"]).text


def voices(owner):
    return [(row.kind, row.representative) for row in rows(owner, representation)]


def voices_row(owner):
    """The one voice there is."""
    (row,) = rows(owner, representation)
    return row.representation_id


def nothing_made(owner):
    return (rows(owner, act), rows(owner, representation), rows(owner, representation_check)) == ([], [], [])


def confirmed(browser, owner):
    """A second steward accepts what waits."""
    browser.sign_in("steward-2")
    for row in rows(owner, act):
        browser.post(f"/confirm/{row.act_id}", {"word": "accept"})
    browser.sign_in("steward-1")


def test_the_holder_of_a_mandate_consents_for_the_client_and_every_page_says_who_did(world, browser, owner, log):
    world.person()
    holder = world.person(HOLDER)

    done = answered(browser, world, a_newcomer())

    ((row,), (check,)) = rows(owner, representation), rows(owner, representation_check)
    assert (row.kind, row.representative, check.allowed) == ("mandate", holder, True)
    assert rows(owner, act)[0].voice == row.representation_id
    assert "valtuutettu" in done
    page = browser.get(opened(browser)).text
    assert "saa vastata" in page
    assert "valtuutettu" in page
    assert types(owner, log).count("representation.checked") == 1


def test_the_event_of_a_representation_is_in_its_own_transaction(world, owner, monkeypatch):
    person = world.person()
    monkeypatch.setattr("consent.registry.recording.record", lambda *_: 1 / 0)
    told = {"kind": "mandate", "allowed": True, "by": STEWARD, "at": now()}

    with pytest.raises(ZeroDivisionError), owner.transaction() as tx:
        changes_of_will.represent(tx, person_id=person, representative=person, **told)

    assert nothing_made(owner)


def test_somebody_who_is_nobodys_client_may_act_and_is_known_from_then_on(world, browser, owner, told):
    world.person()

    answered(browser, world, a_newcomer())
    answered(browser, world, a_newcomer())

    assert len(voices(owner)) == 1
    made = [row for row in rows(owner, identity) if row.told_by == "mandates"]
    assert [row.person_id for row in made] == [rows(owner, representation)[0].representative]


def test_a_known_representative_is_offered_and_not_asked_about_again_while_the_answer_holds(
    world, browser, owner, seen
):
    world.person()
    answered(browser, world, a_newcomer())
    (voice,) = rows(owner, representation)

    page = browser.get(how_page(browser, world)).text
    answered(browser, world, {"who": str(voice.representation_id)}, answer="no")

    assert f'value="{voice.representation_id}"' in page
    assert len(seen) == 1
    assert [row.voice for row in rows(owner, act)] == [voice.representation_id] * 2


@pytest.mark.parametrize("language", CANNOT)
@pytest.mark.parametrize("whose", [STRANGER, HETU, NEIGHBOUR])
def test_who_may_not_is_refused_alike_in_words_of_the_field_and_nothing_is_made(world, browser, owner, language, whose):
    """A stranger nobody knows, the client themself, another office's client."""
    world.person()
    world.person(NEIGHBOUR, municipality="491")
    how = how_page(browser, world)
    browser.get(f"/language/{language}?back=/")

    answer = browser.post(how, {"channel": "counter"} | a_newcomer(whose))

    assert answer.status_code == 422
    assert f'<a href="#hetu">{CANNOT[language]}' in answer.text
    assert nothing_made(owner)
    assert len(rows(owner, identity)) == 2


def test_refusals_of_strangers_and_other_offices_clients_are_the_same_page(world, browser):
    world.person()
    world.person(NEIGHBOUR, municipality="491")
    how = how_page(browser, world)

    said = {browser.post(how, {"channel": "counter"} | a_newcomer(whose)).text for whose in (STRANGER, HETU, NEIGHBOUR)}

    assert len(said) == 1


@pytest.mark.parametrize(
    "sent", [{"hetu": "010160-955"}, {"hetu": ""}, {"kind": ""}, {"kind": "guardian"}, {"who": "x"}]
)
def test_what_is_missing_or_out_of_form_is_named_before_anybody_is_asked(world, browser, owner, seen, sent):
    world.person()

    answer = browser.post(how_page(browser, world), {"channel": "counter"} | a_newcomer() | sent)

    assert answer.status_code == 422
    assert re.search(r'<a href="#(hetu|kind|who)">', answer.text)
    assert (seen, nothing_made(owner)) == ([], True)


def test_the_identity_code_stays_in_no_page_no_address_and_no_entry(world, browser, owner, log, seen):
    world.person()
    how = how_page(browser, world)

    check = browser.post(how, {"channel": "counter"} | a_newcomer())
    wrong = browser.post(how, {} | a_newcomer())

    assert HOLDER not in check.headers["location"] + browser.get(check.headers["location"]).text + wrong.text
    assert HOLDER not in str(seen[0].url)
    log.settle(owner)
    assert HOLDER.encode() not in b"".join(bytes(row.entry) for row in entries(owner))


def test_each_question_about_a_representative_is_told_to_the_log_whatever_the_answer(world, browser, owner, log):
    world.person()
    how = how_page(browser, world)
    before = types(owner, log).count("person.searched")

    browser.post(how, {"channel": "counter"} | a_newcomer(STRANGER))

    assert types(owner, log).count("person.searched") == before + 1


def test_without_the_register_nothing_is_half_made(world, cut_off, owner):
    world.person()

    answer = cut_off.post(how_page(cut_off, world), {"channel": "counter"} | a_newcomer())

    assert answer.status_code == 422
    assert AWAY in answer.text
    assert nothing_made(owner)


@pytest.mark.parametrize("language", OTHER_RIGHT)
def test_a_right_that_the_register_does_not_know_is_named_and_nothing_is_made(world, browser, owner, told, language):
    world.person()
    told.lets(HETU, HOLDER, kind=Kind.MANDATE)
    how = how_page(browser, world)
    browser.get(f"/language/{language}?back=/")

    answer = browser.post(how, {"channel": "counter"} | a_newcomer(kind="legal_guardian"))

    assert answer.status_code == 422
    assert f'<a href="#kind">{OTHER_RIGHT[language]}' in answer.text
    assert nothing_made(owner)


def test_a_right_that_became_another_one_no_longer_carries_the_voice_of_the_first(world, browser, owner, told):
    world.person()
    answered(browser, world, a_newcomer())
    told.lets(HETU, HOLDER, kind=Kind.GUARDIAN)
    voice = voices_row(owner)
    with owner.transaction() as tx:
        registry.check(tx, representation_id=voice, allowed=False, by=STEWARD, at=now())

    answer = browser.post(how_page(browser, world), {"channel": "counter", "who": str(voice)})

    assert answer.status_code == 422
    assert [row.allowed for row in rows(owner, representation_check)] == [True, False, False]


def test_the_client_alone_is_recorded_without_the_register(world, cut_off, owner):
    world.person()

    answered(cut_off, world, {"who": "self"})

    assert rows(owner, act)[0].voice is None


def test_a_mandate_that_ended_is_found_out_when_its_holder_comes_again(world, browser, owner, told):
    world.person()
    answered(browser, world, a_newcomer())
    told.lets(HETU)

    answer = browser.post(how_page(browser, world), {"channel": "counter"} | a_newcomer())
    page = browser.get(opened(browser)).text

    assert answer.status_code == 422
    assert [row.allowed for row in rows(owner, representation_check)] == [True, False]
    assert "ei oikeutta nyt" in page
    assert "Edustajan valtuus on tarkistettava" in browser.get("/").text


def test_a_representative_withdraws_and_says_no_beforehand(world, browser, owner):
    world.person()
    answered(browser, world, a_newcomer())
    confirmed(browser, owner)
    address = opened(browser)
    (voice,) = rows(owner, representation)

    withdrawn = browser.post(f"{address}/consents/{world.agreement_id}/withdraw", a_newcomer())
    check = browser.post(f"{address}/deny", {"what": "sote", "whom": "anybody", "who": str(voice.representation_id)})
    browser.post(check.headers["location"])

    assert "valtuutettu" in browser.get(withdrawn.headers["location"]).text
    assert [row.voice for row in rows(owner, act)] == [voice.representation_id] * 2
    assert [row.voice for row in rows(owner, denial)] == [voice.representation_id]


def test_a_representatives_no_is_lifted_by_their_own_word_and_by_no_other_representatives(world, browser, owner, told):
    world.person()
    told.lets(HETU, HOLDER, OTHER)
    said = {"what": "sote", "whom": "anybody"} | a_newcomer()
    browser.post(browser.post(f"{opened(browser)}/deny", said).headers["location"])
    lift = f"{opened(browser)}/denials/{rows(owner, denial)[0].denial_id}/lift"

    page = browser.get(lift).text
    nobody = browser.post(lift, {"who": "x"})
    others = browser.post(lift, a_newcomer(OTHER))
    before = rows(owner, denial_lift)
    done = browser.post(lift, a_newcomer())

    assert "Kiellon sanoi valtuutettu" in page
    assert [each.status_code for each in (nobody, others)] == [422, 422]
    assert '<a href="#who">Vastaaja: tätä kieltoa hän ei voi poistaa' in others.text
    assert before == []
    assert done.status_code == 303
    assert [row.voice for row in rows(owner, denial_lift)] == [rows(owner, denial)[0].voice]


def test_the_clients_own_no_is_lifted_by_their_word_whatever_the_form_says(world, browser, owner):
    world.person()
    browser.post(browser.post(f"{opened(browser)}/deny", {"what": "sote", "whom": "anybody"}).headers["location"])
    lift = f"{opened(browser)}/denials/{rows(owner, denial)[0].denial_id}/lift"

    page = browser.get(lift).text

    assert 'name="who"' not in page
    assert "vain asiakas itse" in page
    assert browser.post(lift, a_newcomer()).status_code == 303
    assert [row.voice for row in rows(owner, denial_lift)] == [None]


@pytest.mark.parametrize("page", ["withdraw", "deny"])
def test_a_no_by_somebody_without_a_right_is_refused_and_records_nothing(world, browser, owner, page):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    address = opened(browser)
    where = {"withdraw": f"{address}/consents/{world.agreement_id}/withdraw", "deny": f"{address}/deny"}[page]

    answer = browser.post(where, {"what": "sote", "whom": "anybody"} | a_newcomer(STRANGER))

    assert answer.status_code == 422
    assert CANNOT["fi"] in answer.text
    assert (len(rows(owner, act)), rows(owner, denial)) == (1, [])


def test_guardians_who_differ_make_a_conflict_a_task_and_no_disclosure(world, browser, owner, told):
    world.person(born=CHILD)
    told.lets(HETU, HOLDER, OTHER, kind=Kind.CUSTODIAN)
    answered(browser, world, a_newcomer(kind="guardian"))
    confirmed(browser, owner)
    given = browser.get(opened(browser)).text
    before = browser.get("/").text

    answered(browser, world, a_newcomer(OTHER, kind="guardian"), answer="no")

    page, tasks = browser.get(opened(browser)).text, browser.get("/").text
    assert "lupa" in given
    assert "Ristiriita" not in given + before
    assert "Tahdonilmaisut ovat ristiriidassa." in page
    assert "Palvelutarve" in tasks.partition("ristirii")[2]
    assert "Peru suostumus" in browser.get(f"{opened(browser)}/consents/{world.agreement_id}/withdraw").text


def test_a_guardians_consent_holds_until_the_18th_birthday_and_is_withdrawn_at_the_desk(world, browser, owner, told):
    born = date(now().year - 17, 1, 31)
    world.person(born=born.isoformat())
    told.lets(HETU, HOLDER, kind=Kind.CUSTODIAN)
    answered(browser, world, a_newcomer(kind="guardian"))
    confirmed(browser, owner)

    page = browser.get(opened(browser)).text

    assert f"päättyy 18-vuotispäivänä 31.1.{now().year + 1}" in page
    assert "huoltaja" in page
    (voice,) = rows(owner, representation)
    done = browser.post(
        f"{opened(browser)}/consents/{world.agreement_id}/withdraw", {"who": str(voice.representation_id)}
    )
    assert done.status_code == 303


def test_a_representatives_consent_ends_by_its_own_time_and_not_with_the_next_question_about_them(
    world, browser, owner, told
):
    world.person(born=CHILD)
    told.lets(HETU, HOLDER, kind=Kind.CUSTODIAN)
    answered(browser, world, a_newcomer(kind="guardian"))
    confirmed(browser, owner)

    page, tasks = browser.get(opened(browser)).text, browser.get("/").text

    assert "lupa" in page
    assert "lupa päättyy" not in page
    assert "Suostumus päättyy pian" not in tasks


def test_of_a_minor_nobody_is_chosen_beforehand_and_their_own_yes_needs_a_note(world, browser, owner, log):
    world.person(born=CHILD)
    how = how_page(browser, world)

    unchosen = browser.post(how, {"channel": "counter"})
    bare = browser.post(how, {"channel": "counter", "who": "self"})
    noted = browser.post(how, {"channel": "counter", "who": "self", "note": "Understood it all."})
    done = browser.post(noted.headers["location"])

    assert "Valitse, kuka vastaa" in unchosen.text
    assert "Miksi asiakas voi päättää itse: kirjoita arviosi" in bare.text
    assert "Understood it all." in browser.get(noted.headers["location"]).text
    assert done.status_code == 303
    log.settle(owner)
    told = [json.loads(row.entry) for row in entries(owner)]
    assert "consent.given" in {each["type"] for each in told}
    assert "Understood" not in str(told)


def test_a_no_of_a_minor_needs_no_note(world, browser, owner):
    world.person(born=CHILD)

    answered(browser, world, {"who": "self"}, answer="no")

    assert [row.voice for row in rows(owner, act)] == [None]


def test_a_guardian_is_not_offered_for_somebody_of_age(world, browser):
    world.person()

    page = browser.get(how_page(browser, world)).text

    assert 'value="guardian"' not in page
    assert 'value="mandate"' in page


def test_another_offices_steward_asks_about_nobodys_representative(world, browser, owner, seen):
    world.person()
    how = how_page(browser, world)
    browser.sign_in("steward-3")

    assert browser.post(how, {"channel": "counter"} | a_newcomer()).status_code == 404
    assert seen == []


def test_who_answers_the_network_reads_no_table_of_identities(web_login):
    with web_login.read() as read, pytest.raises(StatementRefused):
        read.execute(select(identity.c.hetu))
