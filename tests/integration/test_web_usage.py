"""Who has looked at a person: on their own page and for a portal that has identified them, by the form of Estonia's Data Tracker."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator.readers import read_from_filename
from sqlalchemy import event

from audit.disclosure import Disclosure
from audit.events import EventType, RetentionClass
from consent import registry
from consent.model import RepresentationKind
from db.clock import now
from publish import changes_of_will, looked
from tests.calls import NEED, PLAN, a_system, fits, kind, sealed, view
from tests.integration.test_web_feed import began, chosen, page, published, withdrawn
from tests.logs import an_event, entries
from tests.pages import a_browser
from tests.published import HETU, MIKKELI, SAVONLINNA, STEWARD, a_hetu
from tests.tampering import tamper

SEEN = r"/me/log/([0-9a-f-]{36})"


@pytest.fixture
def aino(web_login, keyring):
    """Her own pages; she is who the tests of the feed publish first."""
    with a_browser(web_login, keyring) as browser:
        yield browser


def pages_in(browser, owner):
    """The pages of the feed in a person's list, by the numbers that they span, the oldest first."""
    by_id = {str(row.id): json.loads(row.entry) for row in entries(owner) if row.type == "disclosure.page"}
    browser.sign_in("aino")
    listed = re.findall(SEEN, browser.get("/me/log").text)
    return [(by_id[id_]["result"]["from"], by_id[id_]["result"]["to"]) for id_ in listed[::-1] if id_ in by_id]


def test_a_page_of_the_feed_that_named_a_person_stands_in_their_list(world, savonlinna, aino, owner):
    token = began(savonlinna)
    published(world, 1)
    before = page(savonlinna, token).json()["token"]
    published(world)
    page(savonlinna, before)

    assert pages_in(aino, owner) == [(2, 2)]


def test_a_page_read_again_stands_there_again_and_a_page_behind_does_not(world, savonlinna, aino, owner):
    token = began(savonlinna)
    published(world)
    page(savonlinna, token)
    behind = page(savonlinna, token).json()["token"]
    published(world, 1)
    page(savonlinna, behind)

    assert pages_in(aino, owner) == [(1, 1), (1, 1)]


def test_a_page_of_chosen_people_stands_in_their_lists_alone(world, savonlinna, aino, owner):
    token = began(savonlinna)
    first, person, last = (published(world, number) for number in (1, 0, 2))

    chosen(savonlinna, token, world.ref(first), world.ref(last))
    chosen(savonlinna, token, world.ref(first), world.ref(person))

    assert pages_in(aino, owner) == [(1, 2)]


def test_a_page_that_spans_an_entry_after_a_newer_took_its_place_did_not_tell_of_the_person(
    world, savonlinna, aino, owner, monkeypatch
):
    monkeypatch.setattr(looked, "LONGEST_CHANGE", timedelta(0))
    token = began(savonlinna)
    published(world, 1)
    person = published(world)
    published(world, 2)
    withdrawn(world, person)
    spanning = page(savonlinna, token, limit=2).json()["token"]
    page(savonlinna, spanning)

    assert pages_in(aino, owner) == [(4, 4)]


def test_a_page_is_looked_at_proved_and_asked_about_like_any_look(world, savonlinna, aino, owner, log):
    token = began(savonlinna)
    published(world)
    page(savonlinna, token)
    aino.sign_in("aino")
    [event] = [id_ for id_ in re.findall(SEEN, aino.get("/me/log").text) if id_ == newest_page(owner)]

    look, proof = aino.get(f"/me/log/{event}"), aino.get(f"/me/log/{event}/proof")
    aino.post(f"/me/log/{event}/question", {"words": "Miksi?"})
    log.settle(owner)

    assert (look.status_code, proof.text.partition("\n")[0]) == (200, "c2sp.org/tlog-proof@v1")
    assert "Savonlinna" in look.text
    assert f'href="/me/log/{event}"' in aino.get("/me/requests").text


def newest_page(owner):
    return [str(row.id) for row in entries(owner) if row.type == "disclosure.page"][-1]


@pytest.fixture
def portal(world, http):
    """A portal that identifies people."""
    return a_system(world, http, "portaali", recipient=MIKKELI, scopes=("usage:read",), user="job:portal")


def find(portal, subject=HETU, *, asker=None, language="fi", **given):
    body = {"asker": {"hetu": asker or subject}, "subject": {"hetu": subject}} | given
    return portal.send("POST", "/v1/usage/find", {"Accept-Language": language}, body=body)


def actions(answer):
    return [each["action"] for each in answer.json()["usages"]]


def looked_at(world, savonlinna):
    """Somebody at whom the municipality has looked, then once in vain."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    view(savonlinna, world.ref(person), query="?categories=te.suunnitelma,sote.palvelutarve")
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
    view(savonlinna, world.ref(person), query="?categories=sote.palvelutarve")
    return person


def mandated(world, person, *, by=RepresentationKind.MANDATE, allowed=True):
    """Somebody who may speak for the person by today's answer, or may not; gives their identity code."""
    hetu = a_hetu("010160", "955")
    other = world.person(hetu)
    with world.owner.transaction() as tx:
        said = {"kind": by, "allowed": allowed, "by": STEWARD, "at": now()}
        registry.represent(tx, person_id=person, representative=other, **said)
    return hetu


@pytest.mark.reference
def test_the_three_answers_are_of_the_data_trackers_own_form(world, http, savonlinna, portal, reference):
    looked_at(world, savonlinna)
    document = read_from_filename(str(reference / "consent" / "data-tracker-openapi.yaml"))[0]
    answers = {
        "FindUsageResponse": find(portal),
        "UsagePeriodResponse": portal.send("GET", "/v1/usage/period", {}),
        "HeartbeatResponse": portal.send("GET", "/v1/usage/heartbeat", {}),
    }

    for name, answer in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        validator = OAS30Validator(schema, format_checker=OAS30Validator.FORMAT_CHECKER)
        known = set(document["components"]["schemas"][name]["properties"])
        assert (answer.status_code, list(validator.iter_errors(answer.json()))) == (200, []), name
        assert set(answer.json()) <= known, name
    assert set(answers["FindUsageResponse"].json()["usages"][0]) <= set(
        document["components"]["schemas"]["Usage"]["properties"]
    )
    assert fits(http, "Usages", answers["FindUsageResponse"])


SAID = {
    "fi": [
        "Savonlinna pyysi tietojasi: Asiakassuunnitelma. Niitä ei annettu: Tietoja ei ollut.",
        "Savonlinna pyysi tietojasi: Palvelutarve. Niitä ei annettu: Suostumus on peruutettu.",
        (
            "Savonlinna sai tietojasi: Työllisyyssuunnitelma. Tarkoitus: Työllisyyspalvelu (380/2023). Peruste: Laki antaa "
            "oikeuden tietoon. (tulkinta vahvistamatta)"
        ),
    ],
    "sv-FI": [
        "Savonlinna begärde uppgifter om dig: Klientplan. De lämnades inte ut: Det fanns inga uppgifter.",
        "Savonlinna begärde uppgifter om dig: Servicebehov. De lämnades inte ut: Samtycket har återkallats.",
        (
            "Savonlinna fick uppgifter om dig: Sysselsättningsplan. Ändamål: Arbetskraftsservice (380/2023). Grund: Lagen ger "
            "rätt till uppgiften. (tolkningen obekräftad)"
        ),
    ],
    "en": [
        "Savonlinna asked for data about you: Client plan. It was not given: There was none.",
        "Savonlinna asked for data about you: Service need. It was not given: The consent was withdrawn.",
        (
            "Savonlinna received data about you: Employment plan. Purpose: Employment service (380/2023). Ground: The law gives "
            "a right to it. (reading not confirmed)"
        ),
    ],
}


@pytest.mark.parametrize("language", SAID)
def test_each_look_is_one_sentence_in_the_language_asked_for_refused_looks_too(
    world, savonlinna, portal, owner, language
):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve")
    world.withdraw(person, "sote.palvelutarve")
    for category in ("te.suunnitelma", "sote.palvelutarve", "sote.suunnitelma"):
        view(savonlinna, world.ref(person), query=f"?categories={category}")

    answer = find(portal, language=language)

    assert actions(answer) == SAID[language]
    assert answer.headers["Content-Language"] == language[:2]
    read = answer.json()["usages"][-1]
    assert (read["receiverCode"], read["receiverName"]) == (SAVONLINNA, "Savonlinna")
    assert read["receiverSystem"] == "sln-asiakastyo"
    sealed_at = [row.seq_t for row in entries(owner) if row.type == "disclosure.read"]
    assert [datetime.fromisoformat(each["logtime"]) for each in answer.json()["usages"]] == sealed_at[:-4:-1]


def test_of_a_look_that_gave_a_part_both_parts_are_told(world, savonlinna, portal):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    view(savonlinna, world.ref(person), query="?categories=te.suunnitelma,sote.palvelutarve")

    [said] = actions(find(portal, language="en"))

    assert said.startswith("Savonlinna received data about you: Employment plan. ")
    assert said.endswith(" asked for data about you: Service need. It was not given: No consent has been given.")


def test_all_looks_are_counted_whatever_part_is_given_and_no_part_overlaps(world, savonlinna, portal):
    looked_at(world, savonlinna)
    whole = find(portal).json()

    parts = [find(portal, offset=n, limit=1).json() for n in range(3)]

    assert [part["totalUsages"] for part in parts] == [2, 2, 2]
    assert [each for part in parts for each in part["usages"]] == whole["usages"]


def test_a_period_bounds_list_and_count_half_open(world, savonlinna, portal):
    looked_at(world, savonlinna)
    refused, read = find(portal).json()["usages"]

    def within(**period):
        answer = find(portal, **period).json()
        return answer["totalUsages"], answer["usages"]

    assert within(periodStart=refused["logtime"]) == (1, [refused])
    assert within(periodEnd=refused["logtime"]) == (1, [read])
    assert within(periodStart="2020-01-01T00:00:00Z", periodEnd="2020-02-01T00:00:00Z") == (0, [])


def test_a_page_of_the_feed_that_named_a_person_is_counted_among_their_looks(world, savonlinna, portal):
    token = began(savonlinna)
    published(world)
    published(world, 1)
    page(savonlinna, token)

    usages = {hetu: find(portal, hetu).json() for hetu in (HETU, a_hetu("010180", "902"))}

    assert usages[HETU]["totalUsages"] == 1
    assert usages[HETU]["usages"][0]["action"].startswith("Savonlinna: ")
    assert usages[a_hetu("010180", "902")] == {"totalUsages": 0, "usages": []}


def test_what_the_law_keeps_secret_is_left_out_of_the_total_too(world, savonlinna, portal, log, owner):
    person = looked_at(world, savonlinna)
    with log.sealer() as sealer:
        secret = an_event(person_id=person, type=EventType.LOG_READ, retention=RetentionClass.HIDDEN, at=now())
        sealer.seal(Disclosure(event=secret))

    assert find(portal).json()["totalUsages"] == 2


def test_the_persons_own_question_is_an_event_and_does_not_fill_their_list(world, savonlinna, portal, owner):
    looked_at(world, savonlinna)
    portal.token()
    before = len(entries(owner))

    answer = find(portal)

    [told] = sealed(owner, before)
    assert (told["type"], told["actor"]["org"], told["actor"]["role"]) == ("log.read", MIKKELI, "person")
    assert (told["result"]["count"], told["result"]["bytes"]) == (2, len(answer.content))
    assert find(portal).json()["totalUsages"] == 2
    assert [HETU in json.dumps(each) for each in sealed(owner, before)] == [False, False]


def test_who_speaks_for_a_person_sees_their_list_and_is_seen_in_it(world, savonlinna, portal, owner):
    person = looked_at(world, savonlinna)
    mother = mandated(world, person)

    answer = find(portal, asker=mother)
    own = find(portal)

    assert answer.json()["totalUsages"] == 2
    assert own.json()["totalUsages"] == 3
    assert own.json()["usages"][0]["receiverCode"] == MIKKELI
    assert "for" in json.loads([row for row in entries(owner) if row.role == "representative"][-1].entry)["actor"]


@pytest.fixture
def statements(web_login):
    """What the web asks of the database."""
    asked = []
    event.listen(web_login._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    return asked


@pytest.mark.parametrize("case", ["no voice", "refused", "guardian of an adult", "protected", "asker unknown"])
def test_who_may_not_see_a_list_gets_the_answer_about_nobody_by_the_same_statements(
    world, savonlinna, portal, statements, case
):
    person, owner = looked_at(world, savonlinna), world.owner
    asker = a_hetu("010160", "955")
    by = RepresentationKind.GUARDIAN if case == "guardian of an adult" else RepresentationKind.MANDATE
    if case == "no voice":
        world.person(asker)
    elif case != "asker unknown":
        mandated(world, person, by=by, allowed=case != "refused")
    if case == "protected":
        world.learns(person, "protected:te", "true")
    find(portal, a_hetu("010170", "966"), asker=asker)

    def refusal(subject):
        statements.clear()
        before = len(entries(owner))
        answer = find(portal, subject, asker=asker)
        types = [(each["type"], each["outcome"]) for each in sealed(owner, before)]
        return answer.status_code, answer.json() | {"request_id": ""}, list(statements), types

    assert refusal(HETU) == refusal(a_hetu("010170", "966"))
    assert refusal(HETU)[0] == 404
    assert refusal(HETU)[3] == [("log.read", "deny")]


def test_an_attempt_at_anothers_list_stands_in_it(world, savonlinna, portal):
    looked_at(world, savonlinna)
    find(portal, asker=a_hetu("010160", "955"))

    assert find(portal).json()["totalUsages"] == 3


def test_of_somebody_whom_nobody_knows_nobody_has_looked(portal):
    assert find(portal, a_hetu()).json() == {"totalUsages": 0, "usages": []}


def test_the_period_begins_with_the_log_and_reaches_two_years_back_at_most(portal, owner):
    began_at = datetime.fromisoformat(portal.send("GET", "/v1/usage/period", {}).json()["periodStart"])

    first = min(row.seq_t for row in entries(owner))
    assert abs(began_at - first) < timedelta(seconds=5)
    assert began_at.tzinfo == UTC


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/asker", "missing"),
        ({"asker": {"hetu": HETU}, "subject": {}}, "/subject/hetu", "missing"),
        ({"asker": {"hetu": HETU}, "subject": HETU}, "/subject", "type"),
        ({"asker": {"hetu": HETU}, "subject": {"hetu": "120384-9129"}}, "/subject/hetu", "checksum"),
        ({"asker": {"hetu": HETU}, "subject": {"hetu": HETU}, "limit": 1001}, "/limit", "number"),
        ({"asker": {"hetu": HETU}, "subject": {"hetu": HETU}, "offset": -1}, "/offset", "number"),
        ({"asker": {"hetu": HETU}, "subject": {"hetu": HETU}, "limit": True}, "/limit", "number"),
        ({"asker": {"hetu": HETU}, "subject": {"hetu": HETU}, "periodStart": "2026-05-01"}, "/periodStart", "moment"),
        (
            {"asker": {"hetu": HETU}, "subject": {"hetu": HETU}}
            | {"periodStart": "2026-05-01T00:00:00Z", "periodEnd": "2026-05-01T00:00:00Z"},
            "/periodEnd",
            "order",
        ),
    ],
)
def test_a_wrong_question_is_refused_by_pointer(portal, body, pointer, code):
    answer = portal.send("POST", "/v1/usage/find", {}, body=body)

    assert (answer.status_code, {"pointer": pointer, "code": code} in answer.json()["errors"]) == (422, True)
    assert "120384" not in answer.text


def test_a_system_without_the_scope_learns_nothing(savonlinna):
    asked = {"asker": {"hetu": HETU}, "subject": {"hetu": HETU}}
    answers = [savonlinna.send("GET", f"/v1/usage/{path}", {}) for path in ("period", "heartbeat")]
    answers.append(savonlinna.send("POST", "/v1/usage/find", {}, body=asked))

    assert [(each.status_code, kind(each)) for each in answers] == [(403, "scope_missing")] * 3


def test_without_the_log_nothing_is_told(world, http, savonlinna, portal, log):
    looked_at(world, savonlinna)
    portal.token()
    http.app.state.services.sealer._patience_s = 0.2
    log.stop()

    for answer in (find(portal), portal.send("GET", "/v1/usage/heartbeat", {})):
        assert (answer.status_code, kind(answer)) == (503, "log_unavailable")
        assert "Savonlinna" not in answer.text


def test_a_page_altered_beyond_reading_spans_nothing_and_can_still_be_restored(world, savonlinna, aino, owner):
    token = began(savonlinna)
    published(world)
    page(savonlinna, token)

    tamper(owner.url, "UPDATE audit.event SET entry = 'x' WHERE type = 'disclosure.page'")
    aino.sign_in("aino")

    assert re.findall(SEEN, aino.get("/me/log").text) == []
