"""Signing in by OpenID Connect: who gets in, who does not and why, and how long a session lasts (PAGES.md 2, RFC 9700)."""

import json
import re
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text

from db.errors import Unavailable
from simulators.municipality import Key
from tests.logs import entries
from tests.pages import ISSUER, SAME_ORIGIN, a_browser, a_provider, from_now
from tests.published import HETU
from web.tables import draft, session, sign_in


@pytest.fixture
def idp():
    return a_provider()


@pytest.fixture
def browser(world, web_login, keyring, idp, clock):
    with a_browser(web_login, keyring, idp=idp, clock=clock) as browser:
        yield browser


def rows(owner, table):
    with owner.read() as read:
        return read.execute(select(table)).all()


def claimed(changed):
    """Name a test by the claims it changes: both processes that collect it know it by the same name, whatever the time."""
    return "-".join(
        f"{claim}={told.args[0]:+} s" if callable(told) else f"{claim}={told}" for claim, told in changed.items()
    )


def cookies(answer):
    return {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}


def told(owner, log):
    log.settle(owner)
    return [json.loads(row.entry) for row in entries(owner)]


def test_a_steward_gets_in_under_a_cookie_that_no_script_and_no_other_site_can_use(browser, owner):
    answer = browser.sign_in("steward-1")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert re.fullmatch(
        r"__Host-sid=[0-9a-f]{64}; HttpOnly; Path=/; SameSite=lax; Secure", cookies(answer)["__Host-sid"]
    )
    (row,) = rows(owner, session)
    assert (row.role, row.subject, row.office) == ("steward", "idp-steward-1", "0166906-4")
    assert browser.get("/").status_code == 200


def test_a_session_is_kept_as_a_hash_and_begins_anew_at_each_sign_in(browser, owner):
    first = browser.sign_in("steward-1")
    secret = re.search("[0-9a-f]{64}", cookies(first)["__Host-sid"])[0]
    browser.sign_in("steward-1")

    (row,) = rows(owner, session)
    assert secret.encode() not in row.session_hash
    assert bytes.fromhex(secret) != row.session_hash
    assert browser.site.get("/", headers={"Cookie": f"__Host-sid={secret}"}, follow_redirects=False).status_code == 303


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(browser):
    sent = browser.get("/people?x=1")

    assert sent.headers["location"] == "/sign-in?back=/people%3Fx%3D1"
    assert browser.sign_in("steward-1", back="/people%3Fx%3D1").headers["location"] == "/people?x=1"


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a%0d%0ab"])
def test_the_way_back_leads_to_no_other_site(browser, back):
    assert browser.sign_in("steward-1", back=back).headers["location"] == "/"


def test_an_answer_of_the_provider_is_taken_once(browser):
    address = browser.go("steward-1")
    browser.come_back(address)
    browser.site.cookies.delete("__Host-sid")

    again = browser.come_back(address)

    assert again.status_code == 403
    assert "__Host-sid" not in cookies(again)


def test_an_answer_is_taken_in_the_browser_it_was_asked_from_only(browser):
    address = browser.go("steward-1")
    browser.site.cookies.clear()

    assert browser.come_back(address).status_code == 403
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("iss", ["", "&iss=https://other.example"])
def test_an_answer_without_the_providers_own_name_is_refused(browser, iss):
    address = browser.go("steward-1").partition("&iss=")[0]

    assert browser.come_back(address + iss).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": ["luukku", "somebody-else"]},
        {"iss": "https://other.example"},
        {"exp": partial(from_now, -60)},
        {"exp": None},
        {"iat": partial(from_now, 3600)},
        {"acr": "http://eidas.europa.eu/LoA/low"},
        {"acr": None},
        {"luukku_office": "0166906-5"},
        {"luukku_office": None},
        {"luukku_roles": ["steward", "auditor"]},
        {"luukku_roles": ["person"]},
        {"luukku_roles": []},
    ],
    ids=claimed,
)
def test_a_token_that_breaks_one_rule_lets_nobody_in(browser, idp, owner, changed):
    idp.changed = {claim: told() if callable(told) else told for claim, told in changed.items()}

    answer = browser.sign_in("steward-1")

    assert answer.status_code == 403
    assert rows(owner, session) == []


def test_a_token_under_another_key_lets_nobody_in(browser, idp, owner):
    browser.sign_in("steward-1")
    browser.post("/sign-out")
    name = idp.key.thumbprint

    class Impostor(Key):
        thumbprint = name

    idp.key = Impostor(Key.make().jwk)

    assert browser.sign_in("steward-1").status_code == 403
    assert rows(owner, session) == []


def test_a_key_that_the_provider_has_changed_is_read_anew(browser, idp):
    browser.sign_in("steward-1")
    idp.key = Key.make()

    assert browser.sign_in("steward-1").status_code == 303


def test_one_who_is_steward_and_auditor_is_told_so(browser):
    answer = browser.sign_in("both")

    assert answer.status_code == 403
    assert "kaksi tehtävää" in answer.text


def test_who_gives_up_at_the_provider_comes_back_to_a_page(browser):
    answer = browser.sign_in("")

    assert answer.status_code == 403
    assert "keskeytettiin" in answer.text


def test_a_session_ends_after_thirty_idle_minutes(browser, clock):
    browser.sign_in("steward-1")
    clock.passed = timedelta(minutes=29)
    assert browser.get("/").status_code == 200
    clock.passed = timedelta(minutes=58)
    assert browser.get("/").status_code == 200

    clock.passed = timedelta(minutes=89)

    assert browser.get("/").status_code == 303


def test_more_time_can_be_chosen_at_sign_in_and_eight_hours_are_the_end(browser, clock):
    browser.sign_in("steward-1", query="&long=1")
    clock.passed = timedelta(hours=7, minutes=59)
    assert browser.get("/").status_code == 200

    clock.passed = timedelta(hours=8, seconds=1)

    assert browser.get("/").status_code == 303


def test_signing_out_ends_the_session_on_our_side_too(browser, owner):
    secret = re.search("[0-9a-f]{64}", cookies(browser.sign_in("steward-1"))["__Host-sid"])[0]

    answer = browser.post("/sign-out")

    assert answer.headers["location"] == "/signed-out"
    assert rows(owner, session) == []
    assert browser.site.get("/", headers={"Cookie": f"__Host-sid={secret}"}, follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
    ids=str,
)
def test_a_form_of_another_site_changes_nothing(browser, owner, headers):
    browser.sign_in("steward-1")

    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert len(rows(owner, session)) == 1


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_sessions_token_changes_nothing(browser, owner, token):
    browser.sign_in("steward-1")

    assert browser.post("/sign-out", token=token).status_code == 403
    assert len(rows(owner, session)) == 1


def test_a_browser_that_tells_only_its_origin_is_believed(browser):
    browser.sign_in("steward-1")

    assert browser.post("/sign-out", headers={"Origin": "https://luukku.example"}).status_code == 303


def test_a_persons_identity_code_is_dropped_and_a_person_id_stands_for_it(world, browser, owner):
    person = world.person()

    browser.sign_in("aino")

    (row,) = rows(owner, session)
    assert (row.role, row.person_id, row.office) == ("person", person, None)
    with owner.read() as read:
        dumped = read.execute(text("SELECT s::text FROM web.session s")).scalars().all()
    assert HETU not in "".join(dumped)


def test_a_person_whom_no_source_knows_gets_in_all_the_same(browser, owner):
    browser.sign_in("stranger")

    (row,) = rows(owner, session)
    assert (row.role, row.person_id) == ("person", None)


def test_a_session_opened_and_a_refusal_are_told_to_the_log(browser, owner, log):
    browser.sign_in("steward-1")
    browser.sign_in("both")

    kinds = [each["type"] for each in told(owner, log)]
    assert kinds.count("session.opened") == 1
    assert kinds.count("access.failed") == 1
    assert HETU not in json.dumps(told(owner, log))


def test_what_has_ended_is_taken_away_at_the_next_sign_in(browser, owner, clock):
    browser.go("steward-1")
    browser.sign_in("steward-1")
    clock.passed = timedelta(hours=9)

    browser.sign_in("steward-2")

    assert [row.subject for row in rows(owner, session)] == ["idp-steward-2"]
    assert rows(owner, sign_in) == rows(owner, draft) == []


def test_a_provider_that_does_not_answer_is_told_as_such(browser, idp):
    idp.issuer = f"{ISSUER}/elsewhere"

    answer = browser.get("/sign-in/go")

    assert answer.status_code == 503
    assert "ei vastaa" in answer.text


def test_every_page_carries_the_headers_that_keep_it_from_others(browser):
    for answer in (
        browser.get("/sign-in"),
        browser.get("/nothing"),
        browser.get("/"),
        browser.post("/people", headers=SAME_ORIGIN),
    ):
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/people/120384-9128", "/people?x=120384-9128", "/people?x=120384%2D9128"])
def test_an_identity_code_in_an_address_is_refused_on_a_page_that_does_not_repeat_it(browser, address):
    answer = browser.get(address)

    assert answer.status_code == 400
    assert "Pyyntöä ei voitu käsitellä" in answer.text
    assert HETU not in answer.text


def test_a_database_that_is_down_is_told_on_a_page(browser, web_login, monkeypatch):
    browser.sign_in("steward-1")

    def down(*_, **__):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(web_login, "read", down)
    answer = browser.get("/")

    assert answer.status_code == 503
    assert "Mitään ei näytetty, mitään ei tallennettu." in answer.text


def test_the_language_is_the_saved_one_then_the_browsers_then_finnish(browser):
    assert 'lang="fi"' in browser.get("/sign-in").text.partition("<head>")[0]
    assert (
        'lang="sv"'
        in browser.get("/sign-in", headers={"Accept-Language": "de, sv;q=0.9, en;q=0.8"}).text.partition("<head>")[0]
    )

    switched = browser.get("/language/en?back=/sign-in%3Fback=/people")

    assert switched.headers["location"] == "/sign-in?back=/people"
    assert 'lang="en"' in browser.get("/sign-in", headers={"Accept-Language": "sv"}).text.partition("<head>")[0]
    assert browser.get("/language/de").status_code == 404
