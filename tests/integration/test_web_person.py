"""The person's pages over the real log: all that was done with their data and nothing of anybody else's."""

import json
import re
from datetime import timedelta

import html5lib
import jwt
import pytest

from audit.checkpoint import VerifierKey
from audit.events import Actor, ChangeRef, EventType
from audit.log import record_all
from audit.proof import Proof
from audit.queries import search, sequence
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Wanted
from audit.verify.pieces import Signers, verify_proof
from consent.tables import act
from db.clock import now
from db.errors import StatementRefused
from db.ids import uuid7
from publish import changes_of_will
from tests.calls import NEED, PLAN, a_system, the_app, view
from tests.logs import an_event, entries
from tests.pages import a_browser
from tests.privacy.searched import FREE_TEXT
from tests.published import HETU, a_hetu

OTHER = "100190-999P"
SEEN = r"/me/log/([0-9a-f-]{36})"


@pytest.fixture
def looked(world, log, owner, web_login, keyring):
    """Two people at whom the municipality has looked; gives Aino's id."""
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        system = a_system(world, http, user="w-17")
        for hetu in (HETU, OTHER):
            person = world.person(hetu=hetu)
            world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
            world.grant(person, "sote.palvelutarve", through=changes_of_will)
            view(system, world.ref(person))
    log.settle(owner)
    with owner.read() as read:
        return read.execute(act.select().with_only_columns(act.c.person_id).order_by(act.c.seq)).scalars().first()


@pytest.fixture
def aino(looked, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        yield browser


@pytest.fixture
def eero(looked, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("eero")
        yield browser


def test_who_looked_is_told_with_purpose_and_ground_and_what_was_not_given_and_no_workers_name(aino):
    page = aino.get("/me/log").text

    assert "Savonlinna sai nähdä tietojasi" in page
    assert "Suostumus on voimassa." in page
    assert "Ei annettu:" in page
    assert "w-17" not in page


def test_a_law_whose_reading_nobody_has_confirmed_is_marked_wherever_it_is_the_ground(aino):
    address = f"/me/log/{re.findall(SEEN, aino.get('/me/log').text)[0]}"

    for page in ("/", "/me/log", address):
        assert "Laki antaa oikeuden tietoon. (tulkinta vahvistamatta)" in aino.get(page).text, page
    assert "Viranomainen ei ole vielä vahvistanut" in aino.get(address).text


def test_each_sees_looks_at_themselves_alone(aino, eero):
    seen, others = (re.findall(SEEN, each.get("/me/log").text) for each in (aino, eero))

    assert len(seen) == len(others) == 1
    assert set(seen) & set(others) == set()
    for address in (f"/me/log/{others[0]}", f"/me/log/{others[0]}/proof", f"/me/log/{others[0]}/question"):
        assert aino.get(address).status_code == 404


def test_the_persons_role_sees_nothing_without_a_name_and_never_the_whole_log(looked, web_login):
    with web_login.read() as read, reading_as(read, Reader.PERSON):
        assert search.own_events(read, Wanted(), limit=10) == []
    with pytest.raises(StatementRefused), web_login.read() as read, reading_as(read, Reader.PERSON):
        search.events(read, Wanted(), limit=10)


def test_the_web_by_itself_may_not_read_the_log_at_all(looked, web_login):
    with pytest.raises(StatementRefused), web_login.read() as read:
        search.events(read, Wanted(), limit=10)


def test_an_auditors_look_stands_in_the_persons_list(aino, web_login, keyring, log, owner):
    with a_browser(web_login, keyring) as auditor:
        auditor.sign_in("auditor-1")
        asked = {"hetu": HETU, "why": "supervision", "case": "TARK-1"}
        auditor.get(auditor.post("/audit", asked).headers["location"])
    log.settle(owner)

    assert "Tarkastaja. Lokia luettiin" in aino.get("/me/log").text


def test_the_persons_own_look_is_an_event_and_does_not_fill_their_list(aino, log, owner):
    aino.get("/me/log")
    log.settle(owner)

    own = [json.loads(row.entry) for row in entries(owner) if row.role == "person" and row.type == "log.read"]
    assert own[-1]["request"]["route"] == "GET /me/log"
    assert len(re.findall(SEEN, aino.get("/me/log").text)) == 1


def test_looks_older_than_two_years_are_shown_to_who_says_what_for_and_the_reason_is_kept(
    looked, web_login, keyring, log, owner
):
    with a_browser(web_login, keyring, clock=lambda: now() + timedelta(days=800)) as aino:
        aino.sign_in("aino")
        lately, unasked = aino.get("/me/log").text, aino.post("/me/log/older", {"why": ""})
        address = aino.post("/me/log/older", {"why": f"Valitan. {FREE_TEXT}"}).headers["location"]
        (event,) = set(re.findall(SEEN, aino.get(address).text))
        look = aino.get(f"/me/log/{event}")

    log.settle(owner)
    told = [json.loads(row.entry) for row in entries(owner) if row.type == "log.read"]
    assert (unasked.status_code, look.status_code, event in lately) == (422, 200, False)
    assert "GET /me/log/older/{draft}" in [each["request"]["route"] for each in told]
    assert "Valitan" not in json.dumps(told)


def test_the_proof_to_keep_verifies_and_holds_nothing_that_names_anybody(aino, owner, looked):
    event = re.search(SEEN, aino.get("/me/log").text).group(1)

    text = aino.get(f"/me/log/{event}/proof").text

    with owner.read() as read:
        keys = [VerifierKey.parse(key) for key in sequence.signers(read, now().year)]
    shown = Proof.parse(text)
    assert list(verify_proof(shown, Signers(keys))) == []
    assert HETU.encode() not in shown.extra
    assert str(looked).encode() not in shown.extra


def test_a_withdrawal_on_the_page_is_the_persons_own_act_and_governs_the_next_read(aino, world, owner, looked):
    address = re.search(r'href="(/me/consents/[^"]+/withdraw)"', aino.get("/me/consents").text).group(1)

    assert aino.post(address).status_code == 303

    with owner.read() as read:
        last = read.execute(act.select().where(act.c.person_id == looked).order_by(act.c.seq.desc()).limit(1)).one()
    assert (last.channel, last.office) == ("online", None)
    assert aino.post(address).status_code == 404
    assert "Peruit suostumuksen" in aino.get("/me/consents").text


def consent_of(browser):
    """The address of the one consent that a person gave."""
    return re.search(r'href="(/me/consents/[0-9a-f-]{36})"', browser.get("/me/consents").text).group(1)


@pytest.mark.parametrize("page", ["/me/consents", "one"])
def test_what_was_said_is_a_picture_and_the_same_data_are_a_table_below(aino, page):
    address = consent_of(aino)
    assert 'class="picture' not in aino.get(address).text, "one step needs no picture"
    aino.post(f"{address}/withdraw")

    tree = html5lib.parse(aino.get(address if page == "one" else page).text, namespaceHTMLElements=False)

    drawn = [
        ("".join(mark.find("{*}text[@class='sign']").itertext()), mark.find("{*}text[@class='place']").text)
        for mark in tree.iterfind(".//{*}g")
    ]
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row]
        for row in tree.iterfind(".//table[@class='life-table']/tbody/tr")
    ]
    assert drawn == [("✓", "1"), ("✕", "2")]
    assert [(place, what, to) for place, _, what, to in rows] == [
        ("1", "✓ Suostumus annettu", "Savonlinna"),
        ("2", "✕ Suostumus peruttu", "Savonlinna"),
    ]


def test_a_consent_has_a_page_with_its_text_and_its_receipts_in_force_and_after_its_end(aino, owner, log):
    address = consent_of(aino)
    before = aino.get(address).text
    aino.post(f"{address}/withdraw")
    after = aino.get(address).text

    assert "Annan luvan." in before
    assert "Annan luvan." in after
    assert f'href="{address}/withdraw"' in before
    assert f'href="{address}/withdraw"' not in after
    assert "ei ole voimassa" in after
    assert f'href="{address}"' in aino.get("/me/consents").text, "an ended consent is still found"
    kept = re.findall(r'href="(/me/receipts/[0-9a-f-]{36})"', after)
    assert len(kept) == 2
    for receipt in kept:
        answer = aino.get(receipt)
        assert answer.headers["content-disposition"].endswith('.jwt"')
        assert jwt.get_unverified_header(answer.text)["typ"] == "consent-receipt+jwt"
    log.settle(owner)
    issued = [json.loads(row.entry) for row in entries(owner) if row.type == "receipt.issued"]
    assert [f"/me/receipts/{each['change']['id']}" for each in issued] == kept, "once each time one is handed out"
    assert {each["actor"]["role"] for each in issued} == {"person"}


def test_that_a_source_heard_of_them_and_that_a_receipt_of_theirs_was_handed_over_is_told(aino, looked, owner, log):
    given = {"at": now(), "person_id": looked, "change": ChangeRef(table="staging.batch", id="1", digest="00" * 32)}
    asked = an_event(id=uuid7(now()), type=EventType.PERSON_ASKED, actor=Actor(system="connectors"), **given)
    handed = an_event(id=uuid7(now()), type=EventType.RECEIPT_ISSUED, **given)
    with owner.transaction() as tx:
        record_all(tx, [asked, handed])
    log.settle(owner)

    page = aino.get("/me/log").text

    assert "Tietoja kysyttiin lähteestä" in page
    assert "Kuitti annettiin" in page
    assert "connectors" in aino.get(f"/me/log/{asked.id}").text


def test_nobody_reads_a_consent_they_did_not_give_nor_anothers_receipt(aino, eero, web_login, keyring):
    address = consent_of(aino)
    receipt = re.search(r"/me/receipts/[0-9a-f-]{36}", aino.get(address).text).group(0)

    assert eero.get(receipt).status_code == 404
    with a_browser(web_login, keyring) as stranger:
        stranger.sign_in("stranger")
        assert [stranger.get(each).status_code for each in (address, receipt)] == [404, 404]
    with a_browser(web_login, keyring) as steward:
        steward.sign_in("steward-1")
        assert [steward.get(each).status_code for each in (address, receipt)] == [404, 404]
    assert aino.get("/me/consents/x").status_code == aino.get("/me/receipts/x").status_code == 404


def test_a_standing_no_stands_among_what_was_said(aino, web_login, keyring):
    with a_browser(web_login, keyring) as steward:
        steward.sign_in("steward-1")
        found = steward.post("/people", {"hetu": HETU, "reason": "desk"}).headers["location"].partition("?")[0]
        steward.post(steward.post(f"{found}/deny", {"what": "sote", "whom": "anybody"}).headers["location"])

    page = aino.get("/me/consents").text

    assert "Kielsit luovuttamisen" in page
    assert "Kaikki vastaanottajat" in page


@pytest.mark.parametrize(
    ("language", "county"), [("fi", "Etelä-Savon hyvinvointialue"), ("sv", "Södra Savolax välfärdsområde")]
)
def test_a_county_is_called_as_the_reader_calls_it(aino, language, county):
    aino.get(f"/language/{language}?back=/")

    assert county in aino.get("/me/consents").text


def test_another_persons_consent_cannot_be_withdrawn_by_its_address(aino, eero):
    address = re.search(r'href="(/me/consents/[^"]+/withdraw)"', aino.get("/me/consents").text).group(1)

    eero.post(address)

    assert "voimassa" in aino.get("/me/consents").text


def test_own_data_leave_as_held_and_the_look_is_logged(aino, log, owner):
    told = json.loads(aino.get("/me/data/file").text)
    log.settle(owner)

    assert [each["category"] for each in told["sections"]] == ["te.suunnitelma", "sote.palvelutarve"]
    assert told["sections"][0]["rows"] == json.loads(PLAN)
    assert [row.type for row in entries(owner)].count("person.viewed") == 1


def test_who_is_unknown_gets_the_same_pages_empty_and_may_not_ask(world, web_login, keyring):
    with a_browser(web_login, keyring) as stranger:
        stranger.sign_in("stranger")

        for address in ("/", "/me/log", "/me/consents", "/me/data", "/me/requests"):
            assert stranger.get(address).status_code == 200, address
        assert stranger.get("/me/correction").status_code == 404
        assert stranger.get("/me/data/file").status_code == 404


def test_a_hetu_of_tests_is_never_on_a_persons_page(aino):
    for address in ("/", "/me/log", "/me/consents", "/me/data", "/me/requests", "/me/correction"):
        assert HETU not in aino.get(address).text
        assert a_hetu() not in aino.get(address).text
