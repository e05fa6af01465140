"""The steward's pages over the real database: what they show, what they record, what leaves no trace, what the log is told."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from audit.events import EventType
from connectors.store import open_store
from connectors.tables import batch
from consent import terms
from consent.model import Change
from consent.model.will import Step
from consent.tables import act, confirmation, current, denial, denial_lift, invalidation
from consent.terms import NoticeText, Party
from db.clock import now
from db.errors import SerializationFailure
from publish import changes_of_will
from schemas.vocabulary import Category, PartyKind, Text
from tests.logs import entries
from tests.pages import a_browser
from tests.published import BEFORE, COUNTY, HETU, MIKKELI, STEWARD, TWO, a_hetu
from tests.quarantined import a_batch
from web.sessions import Role
from web.site import pages_of
from web.steward.pages import PAGES

NEED = "sote.palvelutarve"
PAPER = b"%PDF-1.7 a signed paper"
OTHER = a_hetu("010190", "903")


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path))


@pytest.fixture
def browser(world, web_login, keyring, store):
    with a_browser(web_login, keyring, store=store) as browser:
        yield browser


@pytest.fixture
def steward(browser):
    browser.sign_in("steward-1")
    return browser


def find(browser, hetu=HETU, reason="desk"):
    return browser.post("/people", {"hetu": hetu, "reason": reason})


def opened(browser, hetu=HETU):
    """The address of a client's page."""
    return find(browser, hetu).headers["location"].partition("?")[0]


def rows(owner, table):
    with owner.read() as read:
        return read.execute(select(table)).all()


def types(owner, log):
    log.settle(owner)
    return [json.loads(row.entry)["type"] for row in entries(owner)]


def recorded(browser, world, *, answer="all", channel="counter", **fields):
    """Go through the four steps, and give what the last one answers."""
    base = f"{opened(browser)}/record/{world.agreement_id}"
    text = hashlib.sha256(b"Annan luvan.").hexdigest()
    how = browser.post(base, {"answer": answer, "language": "fi", "sha256": text}).headers["location"]
    check = browser.post(how, {"channel": channel, **fields})
    assert check.status_code == 303, check.text
    if channel == "paper":
        return browser.upload(check.headers["location"], "scan", PAPER)
    return browser.post(check.headers["location"])


def test_a_search_leads_to_the_client_under_a_reference_of_the_office(world, steward):
    person = world.person()

    answer = find(steward)

    assert re.fullmatch(r"/people/pr_[0-9a-z]{26}\?reason=desk", answer.headers["location"])
    assert answer.headers["location"].startswith(f"/people/{world.ref(person)}")
    assert steward.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("text", ["120384-9128", " 120384-9128 ", "290200a900b"])
def test_a_hetu_is_read_as_people_write_it(world, steward, text):
    world.person(text.strip().upper())

    assert find(steward, text).status_code == 303


def test_nobody_another_offices_client_and_a_protected_one_look_alike(world, steward):
    world.person("100190-999P", municipality="491")
    world.person("010594Y9032", protected=True)

    said = {find(steward, hetu).text for hetu in ("010180-9026", "100190-999P", "010594Y9032")}

    assert len({re.sub("[0-9a-f]{64}", "", each) for each in said}) == 1
    assert "Toimistollasi ei ole asiakasta" in said.pop()


def test_every_search_and_every_look_is_told_to_the_log_with_no_identity_code(world, steward, owner, log):
    world.person()
    steward.get(opened(steward))
    find(steward, "010180-9026")

    told = types(owner, log)
    assert told.count("person.searched") == 2
    assert told.count("person.viewed") == 1
    with owner.read() as read:
        written = b"".join(bytes(row.entry) for row in entries(owner))
    assert read is not None
    assert HETU.encode() not in written


def test_a_reference_of_another_office_opens_nothing(world, browser):
    person = world.person()
    world.sections(person, {})
    browser.sign_in("steward-1")
    ours, theirs = world.ref(person), world.ref(person, MIKKELI)

    assert browser.get(f"/people/{ours}").status_code == 200
    nothing = browser.get("/people/pr_0000000000000000000000000")
    assert browser.get(f"/people/{theirs}").status_code == nothing.status_code == 404
    assert browser.get(f"/people/{theirs}").text == nothing.text


def test_a_client_who_moves_away_is_not_there_any_more(world, steward):
    person = world.person()
    address = opened(steward)
    world.moves(person, "491")

    assert steward.get(address).status_code == 404


@pytest.mark.parametrize("account", ["auditor-1", "case-worker-1", "aino"])
def test_a_page_for_stewards_is_not_there_for_others(world, browser, account):
    world.person()
    browser.sign_in(account)

    assert {browser.get(page.path).status_code for page in PAGES if page.method == "GET"} == {404}
    assert browser.get("/").status_code == 200


def test_the_coverage_tells_by_what_right_and_that_the_reading_of_a_law_is_unconfirmed(world, steward):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)

    page = steward.get(opened(steward)).text

    assert page.count("lain nojalla") == 6
    assert page.count("(tulkinta vahvistamatta)") == 6
    assert page.count("✓</span> lupa ") >= 1
    assert "Viranomainen ei ole vielä vahvistanut" in page


def test_the_life_line_is_a_picture_and_the_same_as_a_table(world, steward):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    world.withdraw(person, NEED, through=changes_of_will)
    address = opened(steward)
    steward.post(steward.post(f"{address}/deny", {"what": "te", "whom": "anybody"}).headers["location"])

    page = steward.get(address).text
    picture, table = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0], page.partition('class="life-table"')[2]

    drawn = re.findall(r'<text class="sign"[^>]*>(.)</text><text class="place"[^>]*>(\d+)</text>', picture)
    told = re.findall(r'<th scope="row" class="number">(\d+)</th>.*?aria-hidden="true">(.)</span>', table)
    assert [(sign, place) for place, sign in told] == drawn == [("✓", "1"), ("✕", "2"), ("✕", "3")]
    assert "Savonlinna" in picture
    assert "Kaikki vastaanottajat" in picture
    assert re.search(r"<title id=.*?</title>\s*<desc id=", picture)


def test_a_long_life_is_folded_after_ten_steps_and_a_short_one_is_not(world, steward):
    person = world.person()
    for _ in range(5):
        world.grant(person, NEED, through=changes_of_will)
        world.withdraw(person, NEED, through=changes_of_will)
    short = steward.get(opened(steward)).text
    world.grant(person, NEED, through=changes_of_will)

    long = steward.get(opened(steward)).text

    assert "Näytä vanhemmat" not in short
    assert long.partition("Näytä vanhemmat (1)")[2].partition("</details>")[0].count("<li>") == 1


def test_each_cell_of_the_coverage_says_why(world, steward):
    person = world.person()
    world.withdraw(person, NEED, through=changes_of_will)
    cells = re.findall(r'<a class="tag [a-z]*" href="([^"]+)"', steward.get(opened(steward)).text)

    by_law = steward.get(next(each for each in cells if "te.perustiedot" in each)).text
    withdrawn = steward.get(next(each for each in cells if NEED in each)).text

    assert len(cells) == len(Category)
    assert "381/2023 (tulkinta vahvistamatta)" in by_law
    assert "Suostumus on peruutettu." in withdrawn
    assert str(world.agreement_id) in withdrawn
    assert steward.get(cells[0].replace("0166906-4", MIKKELI)).status_code == 404
    assert steward.get(cells[0].replace("te.perustiedot", "te.muuta")).status_code == 404


def test_no_page_about_a_client_shows_what_is_held_of_them(world, steward):
    person = world.person()
    world.sections(person, {"te.suunnitelma": '[{"plan_type":"05","signed":"2026-01-15"}]'})
    with_data = steward.get(opened(steward)).text
    world.hide(person, "te.suunnitelma")

    assert steward.get(opened(steward)).text == with_data


def test_an_answer_is_recorded_with_the_text_it_answers_and_waits_for_a_second_steward(world, steward, owner):
    world.person()

    answer = recorded(steward, world)

    (row,) = rows(owner, act)
    assert answer.headers["location"].endswith(f"/acts/{row.act_id}")
    assert (row.channel, row.recorded_by, row.office) == ("counter", "idp-steward-1", "0166906-4")
    assert (row.notice_n, row.notice_language, row.notice_sha256) == (1, "fi", hashlib.sha256(b"Annan luvan.").digest())
    assert row.needs_second
    assert "Toinen tietovastaava vahvistaa" in steward.get(answer.headers["location"]).text


def test_the_same_form_sent_twice_records_once(world, steward, owner):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    text = hashlib.sha256(b"Annan luvan.").hexdigest()
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": text}).headers["location"]
    check = steward.post(how, {"channel": "counter"}).headers["location"]

    first, second = steward.post(check), steward.post(check)

    assert first.headers["location"] == second.headers["location"]
    assert len(rows(owner, act)) == 1


def test_a_part_is_recorded_as_a_part_and_a_no_as_a_no(world, steward, owner):
    world.person()

    recorded(steward, world, answer="part", categories=NEED)
    recorded(steward, world, answer="no")

    with owner.read() as read:
        from consent.queries import life

        lines = life.acts(read, person_id=rows(owner, act)[0].person_id)
    assert [(line.kind, len(line.kinds)) for line in lines] == [("given", 1), ("refused", 3)]


def test_a_paper_is_signed_on_the_day_it_says(world, steward, owner):
    world.person()
    day = (now() - timedelta(days=3)).date()

    recorded(steward, world, channel="paper", signed_on=f"{day.day}.{day.month}.{day.year}")

    (row,) = rows(owner, act)
    assert row.channel == "paper"
    assert row.signed_at.date() == day
    assert row.recorded_at.date() == now().date()


def another_text(owner, world):
    """The agreement's text changes an hour ago."""
    with owner.transaction() as tx:
        newer = NoticeText(
            agreement_id=world.agreement_id,
            n=2,
            text=Text(fi="Annan uuden luvan.", sv="Jag ger ett nytt tillstånd.", en="I give a new permission."),
            change=Change.EDITORIAL,
            published_at=now() - timedelta(hours=1),
            approved_by=TWO,
        )
        terms.announce(tx, newer, by=STEWARD, at=now())


def test_a_paper_answers_the_text_that_was_valid_on_its_day(world, steward, owner):
    world.person()
    another_text(owner, world)
    base = f"{opened(steward)}/record/{world.agreement_id}"
    shown = re.search(r'name="sha256" value="([0-9a-f]+)"', steward.get(base).text)[1]
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": shown}).headers["location"]
    day = (now() - timedelta(days=3)).date()

    check = steward.post(how, {"channel": "paper", "signed_on": day.isoformat()}).headers["location"]

    assert "Annan luvan." in steward.get(check).text
    assert "Vertaa sitä paperiin" in steward.get(check).text
    steward.upload(check, "scan", PAPER)
    (row,) = rows(owner, act)
    assert (row.notice_n, row.notice_sha256) == (1, hashlib.sha256(b"Annan luvan.").digest())


def test_a_text_that_changes_between_the_steps_is_not_recorded_under_the_old_answer(world, steward, owner):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    text = hashlib.sha256(b"Annan luvan.").hexdigest()
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": text}).headers["location"]
    another_text(owner, world)

    answer = steward.post(steward.post(how, {"channel": "counter"}).headers["location"])

    assert answer.status_code == 409
    assert "Näytetty teksti ei ollut voimassa allekirjoitettaessa." in answer.text
    assert rows(owner, act) == []


@pytest.mark.parametrize("signed_on", ["", "31.2.2026", "tomorrow", "1.1.2199", "1.1.2020"])
def test_a_day_that_is_none_or_has_not_been_is_named_and_changes_nothing(world, steward, owner, signed_on):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    text = hashlib.sha256(b"Annan luvan.").hexdigest()
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": text}).headers["location"]

    answer = steward.post(how, {"channel": "paper", "signed_on": signed_on})

    assert answer.status_code == 422
    assert 'href="#signed_on"' in answer.text
    assert rows(owner, act) == []


def test_a_text_that_has_changed_meanwhile_is_read_anew(world, steward, owner):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"

    answer = steward.post(base, {"answer": "all", "language": "fi", "sha256": "0" * 64})

    assert answer.status_code == 422
    assert "Teksti on muuttunut" in answer.text
    assert rows(owner, act) == []


def test_a_refusal_of_the_rule_is_shown_as_it_is_written(world, steward, owner):
    world.learns(world.person(), "deceased", "true", BEFORE)

    answer = recorded(steward, world)

    assert answer.status_code == 422
    assert "Suostumusta ei voi antaa tämän sopimuksen nojalla." in answer.text
    assert rows(owner, act) == []


def test_a_colleague_confirms_and_nobody_their_own(world, steward, owner):
    world.person()
    recorded(steward, world)
    (row,) = rows(owner, act)

    own = steward.post(f"/confirm/{row.act_id}", {"word": "accept"})
    assert own.status_code == 422
    assert "Toisen henkilön on vahvistettava" in own.text
    steward.sign_in("steward-2")
    assert steward.post(f"/confirm/{row.act_id}", {"word": "accept"}).status_code == 303

    (confirmed,) = rows(owner, confirmation)
    assert (confirmed.confirmed_by, confirmed.accepted) == ("idp-steward-2", True)


def test_another_offices_steward_does_not_find_what_waits(world, steward, owner):
    world.person()
    recorded(steward, world)
    (row,) = rows(owner, act)
    with owner.transaction() as tx:
        party = Party(recipient="9504910-5", kind=PartyKind.EMPLOYMENT_AUTHORITY, area="23")
        terms.enrol(tx, party, by=STEWARD, at=BEFORE)
    steward.sign_in("steward-3")

    assert steward.get(f"/confirm/{row.act_id}").status_code == 404


def test_an_office_that_no_register_names_is_called_by_its_business_id(steward):
    steward.sign_in("steward-3")

    page = steward.get("/agreements")

    assert page.status_code == 200
    assert "9504910-5" in page.text


def test_a_withdrawal_holds_at_once_and_needs_no_second_steward(world, steward, owner, log):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    address = opened(steward)

    page = steward.get(f"{address}/consents/{world.agreement_id}/withdraw").text
    done = steward.post(f"{address}/consents/{world.agreement_id}/withdraw")

    assert "Savonlinna saa tiedon heti, jos" in page
    assert "Suostumus on peruttu" in steward.get(done.headers["location"]).text
    assert "Ei vielä suostumuksia" in steward.get(address).text
    assert "consent.withdrawn" in types(owner, log)


def test_a_withdrawal_that_a_publishing_crosses_is_repeated_and_recorded_once(world, steward, owner, monkeypatch):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    address, withdraw, crossed = opened(steward), changes_of_will.withdraw, []

    def crossing(tx, **given):
        done = withdraw(tx, **given)
        if not crossed:
            crossed.append(done)
            raise SerializationFailure("Another transaction changed the same rows first; repeat this one.")
        return done

    monkeypatch.setattr(changes_of_will, "withdraw", crossing)
    answer = steward.post(f"{address}/consents/{world.agreement_id}/withdraw")

    assert answer.status_code == 303
    assert len(rows(owner, act)) == 2


def test_a_no_tells_what_it_stops_is_recorded_once_and_a_clients_own_is_lifted(world, steward, owner):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    address = opened(steward)

    check = steward.post(f"{address}/deny", {"what": "sote", "whom": "anybody"}).headers["location"]
    said = steward.get(check).text
    steward.post(check)
    steward.post(check)

    assert '<th scope="row">Palvelutarve</th><td>Savonlinna</td>' in said
    assert "kielto estää luovutuksen" in steward.get(address).text
    (row,) = rows(owner, denial)
    assert (row.source, row.category, row.recipient, row.allow_emergency) == ("sote", None, None, False)
    assert steward.post(f"{address}/denials/{row.denial_id}/lift").status_code == 303
    assert len(rows(owner, denial_lift)) == 1
    assert "kielto estää luovutuksen" not in steward.get(address).text


def test_a_yes_recorded_in_error_is_annulled_with_its_cause(world, steward, owner):
    world.person()
    recorded(steward, world)
    (row,) = rows(owner, act)
    address = f"{opened(steward)}/acts/{row.act_id}/invalidate"

    assert steward.post(address, {"cause": ""}).status_code == 422
    assert steward.post(address, {"cause": "wrong_answer"}).status_code == 303

    (annulled,) = rows(owner, invalidation)
    assert (annulled.act_id, annulled.cause) == (row.act_id, "wrong_answer")


def test_what_was_begun_in_one_session_is_not_there_in_another(world, steward):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    text = hashlib.sha256(b"Annan luvan.").hexdigest()
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": text}).headers["location"]
    assert steward.get(how).status_code == 200

    steward.sign_in("steward-2")

    assert steward.get(how).status_code == 404


def test_what_was_begun_rests_encrypted(world, steward, owner):
    from web.tables import draft

    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    text = hashlib.sha256(b"Annan luvan.").hexdigest()
    steward.post(base, {"answer": "no", "language": "fi", "sha256": text})

    (row,) = rows(owner, draft)
    assert b"answer" not in row.box


def test_rows_in_quarantine_are_told_by_place_and_reason_and_discarded_with_one(world, steward, owner, log):
    batch_id = a_batch(owner)
    address = f"/quarantine/{batch_id}"

    page = steward.get(address).text
    first, second = re.findall(r'name="rows" value="(\d+)"', page)
    assert "part 0, row 17" in page
    assert "Pakollinen kenttä alku_pvm puuttuu." in page
    assert "Jakso menee päällekkäin toisen kanssa." in page
    assert steward.post(address, {"rows": first, "why": ""}).status_code == 422
    assert steward.post(address, {"rows": first, "why": "not_ours"}).status_code == 303

    assert re.findall(r'name="rows" value="(\d+)"', steward.get(address).text) == [second]
    assert "quarantine.discarded" in types(owner, log)


def test_a_stopped_batch_tells_why_and_is_given_up_or_taken_as_it_is(world, steward, owner):
    batch_id = a_batch(owner, state="held", held=["tiedot.uusi is new, 12000 rows"])

    assert "tiedot.uusi is new" in steward.get(f"/sources/{batch_id}").text
    assert steward.post(f"/sources/{batch_id}", {"word": "reject"}).status_code == 303

    (row,) = rows(owner, batch)
    assert row.state == "failed"
    assert steward.post(f"/sources/{batch_id}", {"word": "reject"}).status_code == 404


def test_what_another_offices_source_sent_is_not_there(world, steward, owner):
    world.connects("te", COUNTY, "23")
    batch_id = a_batch(owner, connection_id="te-23", state="held")

    assert steward.get(f"/quarantine/{batch_id}").status_code == 404
    assert steward.get(f"/sources/{batch_id}").status_code == 404
    assert str(batch_id) not in steward.get("/").text


def test_tasks_name_what_waits_and_a_client_by_a_short_number_alone(world, steward, owner):
    person = world.person()
    recorded(steward, world)
    a_batch(owner, state="held")

    page = steward.get("/").text

    assert "oma kirjauksesi" in page
    assert "Pysäytetyt erät" in page
    assert HETU not in page
    assert str(person) not in page


def test_the_page_of_a_withdrawal_proves_who_was_told_and_when(world, steward):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    address = opened(steward)

    page = steward.get(steward.post(f"{address}/consents/{world.agreement_id}/withdraw").headers["location"]).text

    assert "Kuka lopetti ja milloin" in page
    assert '<th scope="row">Savonlinna</th>' in page
    assert "ei vielä" in page


def test_the_receipt_handed_over_is_the_signed_one_and_verifies_and_the_log_is_told_once(
    world, steward, keyring, owner, log
):
    from consent.receipts import jwks, verify

    world.person()
    done = recorded(steward, world).headers["location"]
    before = types(owner, log).count("person.viewed")

    answer = steward.get(f"{done}/receipt")

    assert types(owner, log).count("person.viewed") == before
    (issued,) = [json.loads(row.entry) for row in entries(owner) if row.type == "receipt.issued"]
    assert issued["change"]["digest"] == hashlib.sha256(answer.content).hexdigest()
    assert issued["actor"]["role"] == "steward"
    assert answer.headers["content-type"].startswith("application/jwt")
    assert re.fullmatch(r'attachment; filename="receipt-[0-9a-f-]{36}.jwt"', answer.headers["content-disposition"])
    finding = verify(answer.text, jwks(keyring)["keys"])
    assert (finding.verdict, finding.wrong) == ("verified", ())
    assert HETU not in str(finding.claims)


def test_consents_that_end_soon_and_voices_that_differ_are_tasks(world, steward, owner):
    world.person()
    recorded(steward, world, until=f"{now() + timedelta(days=20):%-d.%-m.%Y}")
    steward.sign_in("steward-2")
    steward.post(f"/confirm/{rows(owner, act)[0].act_id}", {"word": "accept"})

    assert "Suostumus päättyy pian" in steward.get("/").text
    with owner.transaction() as tx:
        tx.execute(update(current).values(step=Step.CONFLICT))

    assert "Tahdonilmaisut ovat ristiriidassa" in steward.get("/").text


def test_each_page_that_shows_what_a_client_has_said_is_a_look(world, steward, owner, log):
    person = world.person()
    world.grant(person, NEED, through=changes_of_will)
    (row,) = rows(owner, act)
    address = opened(steward)

    for page in (
        f"/acts/{row.act_id}",
        f"/consents/{world.agreement_id}/withdraw",
        f"/consents/{world.agreement_id}/renew",
        f"/consents/{world.agreement_id}/revoke",
    ):
        before = types(owner, log).count("person.viewed")
        assert steward.get(address + page).status_code == 200
        assert types(owner, log).count("person.viewed") == before + 1, page


def test_every_page_says_for_whom_it_is_and_what_it_may_log():
    for page in PAGES:
        assert page.role is Role.STEWARD
        assert page.method == "GET" or page.logged or page.path.endswith(("/how", "{agreement}", "/deny", "/renew")), (
            page.path
        )
    assert {event for page in PAGES for event in page.logged} >= {EventType.PERSON_SEARCHED, EventType.PERSON_VIEWED}


def test_no_page_opens_to_who_is_not_signed_in(browser):
    for page in pages_of(None):
        if page.role is None:
            continue
        answer = browser.get(page.path) if page.method == "GET" else browser.post(page.path)
        assert answer.status_code == 303, page.path
        assert answer.headers["location"].startswith("/sign-in"), page.path
