"""A person answers what they are asked on their own page, in two clicks, and finds there what they have asked themself."""

import hashlib
import re

import pytest
from sqlalchemy import select

from consent.model import Change
from consent.queries import facts
from consent.registry import Channel, Expressed
from consent.tables import act, act_item
from db.clock import now
from publish import changes_of_will
from tests.pages import a_browser
from tests.published import SAVONLINNA, STEWARD

NEED, REHAB = "sote.palvelutarve", "sote.kuntouttava-tyotoiminta"
NEW = "Annan luvan nyt."


@pytest.fixture
def person(world):
    return world.person()


@pytest.fixture
def aino(person, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        yield browser


@pytest.fixture
def address(world, person):
    """Aino is asked about two kinds of data; the address of the request."""
    with world.owner.transaction() as tx:
        changes_of_will.request(
            tx,
            person_id=person,
            agreement_id=world.agreement_id,
            categories=[NEED, REHAB],
            expressed=Expressed(channel=Channel.COUNTER),
            by=STEWARD,
            at=now(),
        )
    return f"/me/requests/{world.agreement_id}"


@pytest.fixture
def steps(world, web_login, person):
    """What each kind of data comes to now."""

    def found():
        with web_login.read() as read:
            known = facts(read, person_id=person, recipient=SAVONLINNA)
        return [known.holding(world.agreement_id, category, now()).step.reason.value for category in (NEED, REHAB)]

    return found


def kinds(owner):
    """Every act as recorded, in order, with what it does to which data."""
    with owner.read() as read:
        rows = read.execute(
            select(act.c.channel, act_item.c.kind, act_item.c.category)
            .join_from(act, act_item, act_item.c.act_id == act.c.act_id)
            .order_by(act.c.seq, act_item.c.category)
        )
        return [tuple(row) for row in rows]


def answered(browser, address, answer, *, text="Annan luvan."):
    """Answer to a text; where that leads."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return browser.post(address, {"answer": answer, "language": "fi", "sha256": sha256})


def recorded(browser, address, answer, fields=None):
    """Answer, and record the answer; where that leads."""
    return browser.post(answered(browser, address, answer).headers["location"], fields)


def test_a_request_is_found_and_shows_the_exact_text_and_four_answers_of_one_size_none_preset(aino, address):
    page = aino.get(address).text

    assert address in aino.get("/").text
    assert address in aino.get("/me/requests").text
    assert "Annan luvan." in page
    assert hashlib.sha256(b"Annan luvan.").hexdigest() in page
    buttons = re.findall(r'<button class="(\w+)" name="answer" value="(\w+)">', page)
    assert buttons == [("second", each) for each in ("all", "part", "no", "later")]


def test_a_yes_is_recorded_in_two_clicks_with_its_reference_and_waits_no_more(aino, address, owner, steps):
    done = recorded(aino, address, "all").headers["location"]

    page = aino.get(done).text
    assert kinds(owner)[-2:] == [("online", "given", REHAB), ("online", "given", NEED)]
    assert steps() == ["consent", "consent"]
    assert "Suostumuksesi on kirjattu" in page
    assert done.partition("done=")[2] in page
    assert address not in page
    assert aino.get(address).status_code == 404


def test_a_yes_to_a_part_opens_that_alone_and_the_rest_stays_asked(aino, address, steps):
    none = recorded(aino, address, "part")
    recorded(aino, address, "part", {"categories": NEED})

    assert none.status_code == 422
    assert 'id="categories-error"' in none.text
    assert steps() == ["consent", "no_consent"]
    assert address in aino.get("/me/requests").text


def test_a_no_is_as_easy_as_a_yes(aino, address, steps):
    done = recorded(aino, address, "no").headers["location"]

    assert steps() == ["refused", "refused"]
    assert "Kieltäytymisesi on kirjattu" in aino.get(done).text


def test_later_changes_nothing_and_the_request_goes_on_waiting(aino, address, owner, steps):
    done = answered(aino, address, "later").headers["location"]

    assert kinds(owner)[-1] == ("online", "deferred", NEED)
    assert steps() == ["no_consent", "no_consent"]
    assert "lykkäsit vastausta" in aino.get(done).text
    assert aino.get(address).status_code == 200


def test_an_answer_sent_twice_is_one_answer(aino, address, owner):
    check = answered(aino, address, "all").headers["location"]

    first, second = (aino.post(check).headers["location"] for _ in range(2))

    assert first == second
    assert [kind for _, kind, _ in kinds(owner)].count("given") == 2


def test_a_text_that_has_changed_is_shown_anew_before_anything_is_recorded(aino, address, world, owner):
    check = answered(aino, address, "all").headers["location"]
    world.announce(2, Change.MATERIAL, NEW)

    late, again = answered(aino, address, "all"), aino.post(check)

    assert late.status_code == 422
    assert "Teksti on muuttunut" in late.text
    assert NEW in late.text
    assert again.headers["location"] == address
    assert "given" not in [kind for _, kind, _ in kinds(owner)]


def test_a_consent_that_a_changed_text_overtakes_is_asked_anew_and_renewed_within_its_scope(
    aino, person, world, owner, steps
):
    world.grant(person, NEED, data_from=now(), through=changes_of_will)
    assert "Mikään ei odota vastaustasi" in aino.get("/me/requests").text
    world.announce(2, Change.MATERIAL, NEW)
    address = f"/me/requests/{world.agreement_id}"

    asked = aino.get(address).text
    done = aino.post(answered(aino, address, "all", text=NEW).headers["location"]).headers["location"]

    assert "Suostumustasi pyydetään uudelleen" in asked
    assert kinds(owner)[-1] == ("online", "renewed", NEED)
    with owner.read() as read:
        since = read.execute(select(act_item.c.data_from).order_by(act_item.c.act_id)).scalars().all()
    assert since[0] == since[1] is not None
    assert steps() == ["consent", "no_consent"]
    assert "uusittu" in aino.get(done).text
    assert aino.get(address).status_code == 404


def test_what_is_asked_of_another_leaves_no_trace(aino, address, world, web_login, keyring):
    check = answered(aino, address, "all").headers["location"]
    world.person("100190-999P")
    with a_browser(web_login, keyring) as eero:
        eero.sign_in("eero")

        assert [eero.get(each).status_code for each in (address, check)] == [404, 404]
        assert [eero.post(each, {"answer": "all"}).status_code for each in (address, check)] == [404, 404]
        assert address not in eero.get("/me/requests").text


def test_what_was_recorded_of_another_is_not_told_by_its_reference(aino, address, world, web_login, keyring):
    done = recorded(aino, address, "all").headers["location"]
    world.person("100190-999P")
    with a_browser(web_login, keyring) as eero:
        eero.sign_in("eero")

        assert "kirjattu" not in eero.get(done).text


def test_a_person_too_young_to_agree_alone_is_told_so_and_nothing_is_recorded(world, owner, web_login, keyring):
    young = world.person(born="2015-01-01")
    with owner.transaction() as tx:
        changes_of_will.request(
            tx,
            person_id=young,
            agreement_id=world.agreement_id,
            categories=[NEED],
            expressed=Expressed(channel=Channel.COUNTER),
            by=STEWARD,
            at=now(),
        )
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        answer = recorded(browser, f"/me/requests/{world.agreement_id}", "all")

    assert answer.status_code == 422
    assert 'id="record-error"' in answer.text
    assert [kind for _, kind, _ in kinds(owner)] == ["requested"]


def test_corrections_and_pauses_stand_beside_with_their_state(aino, person, world):
    world.grant(person, NEED, through=changes_of_will)
    aino.post("/me/correction", {"words": "Päivä on väärin."})
    aino.post(f"/me/consents/{world.agreement_id}/pause", {"do": "pause"})

    page = aino.get("/me/requests").text

    assert "Korjauspyyntö" in page
    assert "vastaus viimeistään" in page
    assert f'href="/me/consents/{world.agreement_id}/pause"' in page
    assert "keskeytetty" in page
