"""A county's answers are cut in the stream: what may be kept is kept, the rest is never on our side of the wire's end."""

import json
from datetime import UTC, datetime
from hashlib import sha256

import httpx
import pytest

from connectors import sote
from connectors.errors import (
    AccessRefused,
    CursorExpired,
    LandedAltered,
    OurBug,
    PagingBroken,
    ProviderBroken,
    SourceDown,
    StampTooOld,
)
from connectors.frames import Frame, pack
from connectors.sote.lines import Cutter
from connectors.sote.whitelist import KNOWN_UNITS, day, general_name
from connectors.source import Window
from schemas import sote as records
from schemas.identifiers import Hetu
from schemas.vocabulary import Category
from tests.sources import a_transport

HETU, OTHER = "120384-9128", "010594Y9032"
SERVICE = "FI-TEST/MUN/3221331-8/asiakastieto/fhir-r4"
NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)
SUBJECT = {"identifier": {"system": "urn:oid:1.2.246.21", "value": HETU}}
META = {"lastUpdated": "2026-05-30T09:00:00Z"}
SECRET = "Päihdepoliklinikan ohjaus"

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": META,
    "identifier": [
        {"use": "old", "system": "urn:oid:1.2.246.21", "value": OTHER},
        {"system": "urn:oid:1.2.246.21", "value": HETU},
    ],
    "name": [{"family": SECRET}],
    "address": [{"city": SECRET}],
    "telecom": [{"value": SECRET}],
}
EPISODE = {
    "resourceType": "EpisodeOfCare",
    "id": "e1",
    "meta": META,
    "patient": SUBJECT,
    "status": "active",
    "type": [{"text": SECRET}],
    "diagnosis": [{"condition": {"display": SECRET}}],
    "period": {"start": "2026-01-01"},
}
NEED = {
    "resourceType": "ServiceRequest",
    "id": "sr4",
    "meta": META,
    "status": "active",
    "intent": "order",
    "authoredOn": "2026-05-28",
    "subject": SUBJECT,
    "reasonCode": [{"text": SECRET}],
    "note": [{"text": SECRET}],
}


def activity(code, status="in-progress"):
    return {
        "detail": {
            "status": status,
            "code": {
                "coding": [{"system": "urn:example:ura:toimikoodi", "code": code, "display": SECRET}],
                "text": SECRET,
            },
            "scheduledPeriod": {"start": "2026-02-02", "end": "2026-07-31"},
            "extension": [{"url": "urn:example:hub:paivat-viikossa", "valuePositiveInt": 3}],
            "description": SECRET,
        }
    }


PLAN = {
    "resourceType": "CarePlan",
    "id": "cp9",
    "meta": META,
    "status": "active",
    "intent": "plan",
    "category": [{"coding": [{"system": "urn:example:ura:toimsuunlaji", "code": "07"}]}],
    "subject": SUBJECT,
    "created": "2026-01-15",
    "period": {"start": "2026-01-15", "end": "2026-07-14"},
    "title": SECRET,
    "description": SECRET,
    "note": [{"text": SECRET}],
    "activity": [activity("086"), activity("015"), activity("034"), activity("034", "completed"), activity("016"), {}],
}
WORK = {
    "resourceType": "Encounter",
    "id": "en1",
    "meta": META,
    "status": "in-progress",
    "type": [{"coding": [{"system": "urn:example:ura:toimikoodi", "code": "086"}]}],
    "subject": SUBJECT,
    "period": {"start": "2026-02-02"},
    "reasonCode": [{"text": SECRET}],
}
LIMITATION = {
    "resourceType": "Observation",
    "id": "o1",
    "meta": META,
    "code": {"coding": [{"system": "urn:example:hub:tyokyvyn-rajoite", "code": "D450"}], "text": SECRET},
    "subject": SUBJECT,
}
CONTACT = {
    "resourceType": "PractitionerRole",
    "id": "pr1",
    "meta": META,
    "extension": [{"url": "urn:example:hub:asiakas", "valueReference": SUBJECT}],
    "practitioner": {"display": "E. Nieminen"},
    "organization": {"display": "Päihdepoliklinikka"},
    "specialty": [{"text": SECRET}],
    "telecom": [{"system": "email", "value": SECRET}, {"system": "phone", "value": "+358440000000"}],
}
EVERYTHING = [PATIENT, EPISODE, NEED, PLAN, WORK, LIMITATION, CONTACT]


def cut(*resources, allowed=tuple(Category), people=(HETU,)):
    cutter = Cutter(county="12", people=frozenset(people), allowed=frozenset(allowed))
    return cutter.lines(b"page", [json.dumps(resource, ensure_ascii=False).encode() for resource in resources])


def parsed(lines):
    return sote.parse(pack(Frame(kind="CarePlan", page=5, place="12", body=lines)))


def rows(lines, record):
    return parsed(lines).frames[record].drop("locator").rows()


def test_nothing_that_must_not_be_shown_is_landed():
    landed = cut(*EVERYTHING).decode()

    assert "ihde" not in landed
    assert len(landed.splitlines()) == 11


def test_each_resource_becomes_its_records():
    lines = cut(*EVERYTHING)
    head = ("12", "2026-05-30T09:00:00Z")

    assert rows(lines, records.Potilas) == [("p1", *head, "false", "false", HETU)]
    assert rows(lines, records.Asiakassuhde) == [("e1", *head, "active", "2026-01-01", None, HETU)]
    assert rows(lines, records.Palvelutarve) == [("sr4", *head, "active", "2026-05-28", HETU)]
    assert rows(lines, records.SoteSuunnitelma) == [
        ("cp9", *head, "active", "07", "2026-01-15", "2026-01-15", "2026-07-14", HETU)
    ]
    days = ("2026-02-02", "2026-07-31", "3", HETU)
    assert rows(lines, records.SoteToimenpide) == [
        ("cp9#0", *head, "cp9", "086", "in-progress", *days),
        ("cp9#3", *head, "cp9", "034", "completed", *days),
        ("cp9#4", *head, "cp9", "016", "in-progress", *days),
        ("en1", *head, "en1", "086", "in-progress", "2026-02-02", None, None, HETU),
    ]
    assert rows(lines, records.TyokyvynRajoite) == [("o1", *head, "D450", HETU)]
    assert rows(lines, records.Yhteyshenkilo) == [
        ("pr1", *head, "E. Nieminen", "Sosiaali- ja terveyspalvelut", "+358440000000", HETU)
    ]


@pytest.mark.parametrize(
    ("category", "kept"),
    [
        (Category.SOTE_SUUNNITELMA, {"Potilas", "SoteSuunnitelma"}),
        (Category.SOTE_KUNTOUTTAVA, {"Potilas", "SoteToimenpide"}),
        (Category.SOTE_TERVEYSTARKASTUS, {"Potilas", "SoteToimenpide"}),
        (Category.SOTE_TYOKYVYN_ARVIO, {"Potilas", "SoteToimenpide"}),
        (Category.SOTE_TYOKYVYN_RAJOITE, {"Potilas", "TyokyvynRajoite"}),
        (Category.SOTE_YHTEYSHENKILO, {"Potilas", "Yhteyshenkilo"}),
        (Category.SOTE_ASIAKASSUHDE, {"Potilas", "Asiakassuhde"}),
        (Category.SOTE_PALVELUTARVE, {"Potilas", "Palvelutarve"}),
        (Category.TE_SUUNNITELMA, {"Potilas"}),
    ],
)
def test_only_what_may_be_kept_of_the_person_is_kept(category, kept):
    result = parsed(cut(*EVERYTHING, allowed=[category]))

    assert {record.__name__ for record in result.frames} == kept


def test_protection_and_death_are_kept_as_yes_or_no():
    protected = PATIENT | {"meta": META | {"security": [{"system": "x", "code": "TURVAKIELTO"}]}}
    dead = PATIENT | {"deceasedDateTime": "2026-01-01"}

    assert [row[3:5] for row in rows(cut(protected, dead), records.Potilas)] == [("true", "false"), ("false", "true")]


def test_a_person_nobody_asked_about_is_not_kept():
    result = parsed(cut(*EVERYTHING, people=[OTHER]))

    assert result.frames == {}
    assert {aside.reason for aside in result.malformed} == {"is about a person who was not asked about"}
    assert all(aside.payload == b"" for aside in result.malformed)


def test_a_reference_is_followed_to_the_patient_who_came_before():
    need = NEED | {"subject": {"reference": "Patient/p1"}}

    assert rows(cut(PATIENT, need), records.Palvelutarve)[0][-1] == HETU
    assert parsed(cut(need)).malformed[0].reason == "names no person by identity code"


@pytest.mark.parametrize(
    ("resource", "kind", "reason"),
    [
        (PATIENT | {"identifier": []}, "Patient", "names no person by identity code"),
        (PATIENT | {"identifier": [{"system": "urn:x", "value": HETU}]}, "Patient", "names no person by identity code"),
        (NEED | {"status": 7}, "ServiceRequest", "not as its type says at status"),
        (PLAN | {"activity": {"detail": 1}}, "CarePlan", "not as its type says at activity"),
        ({"resourceType": "Patient"}, "Patient", "not as its type says at id"),
        ({"id": "x"}, "Resource", "not a resource"),
        (7, "Resource", "not a resource"),
        (NEED | {"note": "x" * 1_100_000}, "ServiceRequest", "larger than 1 MiB"),
    ],
)
def test_a_resource_that_cannot_be_read_is_counted_without_its_content(resource, kind, reason):
    (aside,) = parsed(cut(resource)).malformed

    assert (aside.record, aside.reason, aside.payload) == (kind, reason, b"")
    assert aside.locator == "CarePlan:5:1"


def test_a_resource_of_broken_text_is_counted():
    cutter = Cutter(county="12", people=frozenset({HETU}), allowed=frozenset(Category))

    lines = cutter.lines(b"", [b'{"resourceType":"Patient","id":"\xff"}', b'{"resourceType":"Pa'])

    assert [aside.reason for aside in parsed(lines).malformed] == ["holds broken text", "not a resource"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, OurBug),
        (401, AccessRefused),
        (403, AccessRefused),
        (404, ProviderBroken),
        (410, StampTooOld),
        (429, SourceDown),
        (500, SourceDown),
        (503, SourceDown),
    ],
)
def test_a_countys_refusals_are_taken_by_their_status(status, error):
    with pytest.raises(error):
        County(*[(status, {"resourceType": "OperationOutcome"})] * 4).pull(ask(HETU, NEEDS))


@pytest.mark.parametrize(
    "resource", [NEED | {"intent": "proposal"}, PLAN | {"intent": "order"}, {"resourceType": "Organization", "id": "x"}]
)
def test_what_the_contract_does_not_ask_for_is_dropped_without_a_word(resource):
    assert cut(resource) == b""


def test_a_page_of_lines_begins_with_the_digest_of_the_page_that_came():
    first = json.loads(cut(PATIENT).splitlines()[0])

    assert first == {"page_sha256": sha256(b"page").hexdigest()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-28", "2026-05-28"),
        ("2026-05-28T22:30:00Z", "2026-05-29"),
        ("2026-05-28T00:30:00+03:00", "2026-05-28"),
        ("2026-05", "2026-05"),
        ("2026-05-28T10:00:00", "2026-05-28T10:00:00"),
        ("not a date at all", "not a date at all"),
        (None, None),
    ],
)
def test_a_moment_becomes_its_day_in_helsinki(text, expected):
    assert day(text) == expected


def test_every_known_unit_has_the_same_general_name_and_an_unknown_one_none():
    assert {general_name(unit.capitalize()) for unit in KNOWN_UNITS} == {"Sosiaali- ja terveyspalvelut"}
    assert general_name("Aivan uusi yksikkö") is None
    assert general_name(None) is None


def test_a_line_that_was_altered_is_noticed():
    with pytest.raises(LandedAltered):
        parsed(b'{"record":\n')


# The pull itself, against answers written by hand.


class County:
    """Answers each request by the next of its bundles; remembers what it was asked."""

    def __init__(self, *bundles):
        self.bundles = list(bundles)
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        status, bundle = self.bundles.pop(0) if self.bundles else (200, a_bundle())
        headers = {
            "content-type": "application/fhir+json;charset=utf-8",
            "x-road-client": "FI-TEST/MUN/0166906-4/luukku",
            "x-road-service": SERVICE,
            "x-road-id": request.headers["x-road-id"],
        }
        return httpx.Response(status, headers=headers, content=iter([json.dumps(bundle).encode()]))

    def connector(self, asks):
        transport = a_transport(httpx.Client(transport=httpx.MockTransport(self)), SERVICE)
        return sote.Sote(transport=transport, county="12", asks=lambda: asks, now=lambda: NOON)

    def pull(self, *asks, since=None):
        return list(self.connector(asks).pull(Window(since=since)))


def a_bundle(*resources, following=None, **more):
    link = [{"relation": "self", "url": "x"}] + ([{"relation": "next", "url": following}] if following else [])
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": link,
        "entry": [{"resource": one} for one in resources],
    } | more


def ask(hetu, *categories):
    return sote.Ask(Hetu.parse(hetu), frozenset(categories))


NEEDS = Category.SOTE_PALVELUTARVE


def test_only_the_resources_that_may_serve_are_asked_for_by_form():
    county = County()

    county.pull(ask(HETU, NEEDS), since=datetime(2026, 6, 3, tzinfo=UTC))

    assert [(request.method, request.url.path.rsplit("fhir-r4/")[1]) for request in county.asked] == [
        ("POST", "Patient/_search"),
        ("POST", "ServiceRequest/_search"),
    ]
    form = dict(httpx.QueryParams(county.asked[1].content.decode()).multi_items())
    assert form["patient.identifier"] == f"urn:oid:1.2.246.21|{HETU}"
    assert httpx.QueryParams(county.asked[1].content.decode()).get_list("_lastUpdated") == [
        "ge2026-06-03T00:00:00Z",
        "lt2026-06-04T11:59:00Z",
    ]
    assert all(HETU not in str(request.url) for request in county.asked)


def test_nobody_is_asked_about_whom_no_category_allows():
    county = County()

    assert county.pull() == []
    assert county.asked == []


def test_people_of_equal_permissions_are_asked_about_a_hundred_at_a_time():
    county = County()
    hetus = [f"0101{year:02d}-9{number:02d}" for year in range(50, 55) for number in range(50)]
    people = [hetu + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(hetu[:6] + hetu[7:]) % 31] for hetu in hetus]

    county.pull(*(ask(hetu, NEEDS) for hetu in people), ask(HETU, Category.SOTE_ASIAKASSUHDE))

    sizes = [request.content.decode().count("1.2.246.21%7C") for request in county.asked]
    assert sizes == [100, 100, 100, 100, 50, 50, 1, 1]


def test_paging_follows_path_and_query_on_the_x_road_address():
    county = County(
        (200, a_bundle(PATIENT)),
        (
            200,
            a_bundle(NEED, following="https://sote-sisainen.invalid/fhir-r4/ServiceRequest?_getpages=a1b2&_count=100"),
        ),
        (200, a_bundle(NEED | {"id": "sr5"})),
    )

    pages = county.pull(ask(HETU, NEEDS))

    assert [page.records for page in pages] == [1, 1, 1]
    assert str(county.asked[2].url) == (
        f"http://security-server.invalid/r1/{SERVICE}/ServiceRequest?_getpages=a1b2&_count=100"
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://sote-sisainen.invalid/other/ServiceRequest?_getpages=a",
        "https://sote-sisainen.invalid/fhir-r4/",
        "https://sote-sisainen.invalid/fhir-r4/../../../hallinta?x=1",
        "https://sote-sisainen.invalid/fhir-r4/%2e%2e/hallinta",
        "https://sote-sisainen.invalid/fhir-r4/a b",
        "fhir-r4/ServiceRequest",
    ],
)
def test_a_link_that_leads_out_of_the_service_is_not_followed(link):
    county = County((200, a_bundle()), (200, a_bundle(following=link)))

    with pytest.raises(ProviderBroken, match="leads out"):
        county.pull(ask(HETU, NEEDS))
    assert len(county.asked) == 2


def test_a_link_that_comes_back_fails_the_batch():
    again = "https://sote-sisainen.invalid/fhir-r4/Patient?_getpages=a"
    county = County((200, a_bundle(following=again)), (200, a_bundle(following=again)))

    with pytest.raises(PagingBroken):
        county.pull(ask(HETU, NEEDS))


def test_the_window_ends_a_minute_ago_or_where_the_county_says():
    earlier = a_bundle(PATIENT, meta={"lastUpdated": "2026-06-04T02:00:00Z"})
    county = County((200, a_bundle(PATIENT)), (200, earlier))

    pages = county.pull(ask(HETU, NEEDS))

    assert [page.stamp for page in pages] == [
        datetime(2026, 6, 4, 11, 59, tzinfo=UTC),
        datetime(2026, 6, 4, 2, tzinfo=UTC),
    ]


def test_a_search_that_the_county_forgot_is_begun_again_and_an_old_window_is_pulled_in_full():
    following = "https://sote-sisainen.invalid/fhir-r4/Patient?_getpages=a"
    outcome = {"resourceType": "OperationOutcome"}

    with pytest.raises(CursorExpired):
        County((200, a_bundle(following=following)), (410, outcome)).pull(ask(HETU, NEEDS))
    with pytest.raises(StampTooOld):
        County((410, outcome)).pull(ask(HETU, NEEDS))


def test_an_ask_prints_no_identity_code():
    assert HETU not in repr(ask(HETU, NEEDS))
