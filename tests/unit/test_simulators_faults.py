"""Each fault, asked for by its name, does what its name says, as often as asked, and to nobody else (PIPELINE.md 10)."""

import gzip
import json

import pytest
from lxml import etree

from simulators.faults import Fault, FaultName, Faults
from simulators.faults.catalogue import Stage
from simulators.registry import Service
from simulators.security_server import SecurityServer
from simulators.simulation import Simulation
from simulators.wire import Answer
from simulators.xroad import ClientId, ServiceId, Version
from tests.asking import KELA_NS, a_population, a_simulation, benefits, rest, search, te_list

AINO = "120384-9128"


@pytest.fixture(scope="module")
def clean():
    return a_simulation(people=300)


@pytest.fixture
def simulation(clean):
    clean.faults.clear()
    yield clean
    clean.faults.clear()


def struck(simulation, name, request, **more):
    simulation.faults.plan(Fault(name=FaultName(name), **more))
    return simulation.server.answer(request)


def te_pages(simulation, name="tyonhakijat", maara=40):
    pages, cursor = [], {}
    while not pages or (pages[-1]["sivutus"]["jatko"] and len(pages) < 30):
        answer = simulation.server.answer(te_list(name, maara=maara, **cursor))
        pages.append(json.loads(answer.body))
        cursor = {"jatko": pages[-1]["sivutus"]["jatko"]}
    return pages


def ids(pages):
    return [row["id"] for page in pages for row in page["tiedot"]]


def opened(body):
    """Read a body by a parser that trusts it: as XML or as JSON."""
    return etree.fromstring(body) if body.lstrip().startswith(b"<") else json.loads(body)


XROAD_CLASSES = [
    "client.bad_request",
    "client.invalid_soap",
    "server.clientproxy.network_error",
    "server.serverproxy.database_error",
    "server.clientproxy.global_conf_outdated",
    "server.serverproxy.maintenance_mode",
    "server.serverproxy.access_denied",
    "server.clientproxy.ssl_authentication_failed",
    "server.serverproxy.unknown_service",
    "server.serverproxy.service_failed.invalid_message",
    "server.serverproxy.service_missing_url",
    "server.clientproxy.service_failed.io_error",
]


@pytest.mark.parametrize("code", XROAD_CLASSES)
@pytest.mark.parametrize("version", list(Version))
def test_every_class_of_x_road_error_comes_in_both_protocols_and_spellings(code, version):
    simulation = Simulation.of(a_population(people=1), version=version)

    in_rest = struck(simulation, "xroad-error", te_list("tyonhakijat"), detail=code, source="te")
    in_soap = struck(simulation, "xroad-error", benefits(), detail=code, source="kela")

    assert in_rest.header("x-road-error") == json.loads(in_rest.body)["type"] == version.spelled(code)
    assert etree.fromstring(in_soap.body).findtext(".//faultcode") == version.spelled(code)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("too-many-requests", 429, "LIIKAA_PYYNTOJA"),
        ("maintenance", 503, "HUOLTO"),
        ("server-error", 500, "SISAINEN_VIRHE"),
        ("forbidden", 403, "EI_OIKEUTTA"),
        ("gone", 410, "VESILEIMA_LIIAN_VANHA"),
    ],
)
def test_te_refuses_in_its_own_form_without_an_x_road_error(simulation, name, status, code):
    answer = struck(simulation, name, te_list("tyonhakijat"))

    assert (answer.status, json.loads(answer.body)["virhekoodi"]) == (status, code)
    assert answer.header("x-road-error") is None


@pytest.mark.parametrize("name", ["too-many-requests", "maintenance"])
def test_one_is_told_how_long_to_wait(simulation, name):
    answer = struck(simulation, name, search("CarePlan", [AINO]), amount=7)

    assert answer.header("retry-after") == "7"
    assert json.loads(answer.body)["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("maintenance", "e:Huolto"),
        ("server-error", "e:SisainenVirhe"),
        ("forbidden", "e:EiOikeutta"),
        ("gone", "e:VesileimaLiianVanha"),
        ("too-many-requests", "server.serverproxy.service_failed.http_error"),
    ],
)
def test_kela_refuses_by_fault_and_what_it_has_no_fault_for_x_road_tells(simulation, name, code):
    answer = struck(simulation, name, benefits())

    assert etree.fromstring(answer.body).findtext(".//faultcode") == code


def test_a_redirect_is_passed_through(simulation):
    answer = struck(simulation, "redirect", te_list("tyonhakijat"))

    assert (answer.status, answer.header("location")) == (302, "https://sisainen.invalid/toisaalla")


def test_a_repeated_page_gives_records_twice_and_loses_none(simulation):
    without = ids(te_pages(simulation))
    simulation.faults.plan(Fault(name=FaultName.REPEATED_PAGE, source="te", times=None))

    found = ids(te_pages(simulation))

    assert set(found) == set(without)
    assert len(found) > len(without)


def test_an_only_page_repeats_its_own_records(simulation):
    answer = struck(simulation, "repeated-page", benefits(people=[AINO]))

    assert len(etree.fromstring(answer.body).findall(f".//{KELA_NS}asiakas")) == 2


def test_reordered_pages_hold_the_same_in_another_order(simulation):
    without = ids(te_pages(simulation))
    simulation.faults.plan(Fault(name=FaultName.REORDERED_PAGES, source="te", times=None))

    found = ids(te_pages(simulation))

    assert sorted(found) == sorted(without)
    assert found != without


def test_a_cursor_that_was_seen_leads_in_a_circle(simulation):
    simulation.faults.plan(Fault(name=FaultName.CURSOR_SEEN, source="te", times=None))

    cursors = [page["sivutus"]["jatko"] for page in te_pages(simulation)]

    assert len(cursors) == 30
    assert len(set(cursors)) == 1


def test_a_foreign_link_leads_out_of_the_service(simulation):
    population = simulation.world.population
    hetus = [population.identity(index).hetu for index in population.in_county("12")][:100]

    answer = struck(simulation, "foreign-link", search("Patient", hetus, count=1))

    assert json.loads(answer.body)["link"][0]["url"].startswith("https://sote-sisainen.invalid/hallinta/Patient?")


def test_a_window_that_moves_has_another_stamp_on_each_page(simulation):
    simulation.faults.plan(Fault(name=FaultName.STAMP_MOVED, source="te", times=None))

    pages = te_pages(simulation)

    assert len({page["vesileima"] for page in pages}) == len(pages) > 1


@pytest.mark.parametrize("source", ["te", "kela"])
def test_a_stamp_in_the_future_is_ahead_by_as_much_as_asked(simulation, source):
    simulation.faults.plan(Fault(name=FaultName.STAMP_IN_FUTURE, source=source, amount=3_600))
    request = te_list("tyonhakijat") if source == "te" else benefits()

    body = simulation.server.answer(request).body

    assert simulation.world.population.closing.strftime("%Y-%m-%dT03:00:00Z").encode() in body


def test_an_empty_list_has_neither_records_nor_a_next_page(simulation):
    answer = struck(simulation, "empty-list", te_list("tyonhakijat"))

    assert json.loads(answer.body)["tiedot"] == []
    assert json.loads(answer.body)["sivutus"]["jatko"] is None


def test_an_older_version_comes_after_the_newer_one(clean):
    clean.world.advance()
    answer = struck(clean, "older-version", benefits(size=500), source="kela")

    pairs = {}
    for decision in etree.fromstring(answer.body).iter(f"{KELA_NS}etuusratkaisu"):
        pairs.setdefault(decision[0].text, []).append(int(decision[1].text))
    again = [versions for versions in pairs.values() if versions != versions[:1] * len(versions)]
    assert again
    assert all(versions[0] > versions[-1] for versions in again)


def test_a_version_conflict_is_the_same_version_of_another_content(simulation):
    answer = struck(simulation, "version-conflict", te_list("tyonhakijat", maara=1))

    first, second = json.loads(answer.body)["tiedot"]
    assert (first["id"], first["versio"]) == (second["id"], second["versio"])
    assert first != second


def test_a_malformed_record_cannot_be_read_while_json_around_it_can(simulation):
    answer = struck(simulation, "malformed-record", te_list("tyonhakijat", maara=3))

    assert [type(row) for row in json.loads(answer.body)["tiedot"]] == [str, dict, dict]


def test_a_page_without_records_has_none_to_damage(simulation):
    answer = struck(simulation, "malformed-record", te_list("tyonhakijat", tyollisyysalue="14"))

    assert json.loads(answer.body)["tiedot"] == []


def test_a_malformed_record_breaks_the_xml_at_its_place(simulation):
    answer = struck(simulation, "malformed-record", benefits(size=3))

    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.body)


def test_a_share_of_broken_rows_is_broken_in_the_way_asked_for(simulation):
    without = {row["id"]: row["henkilotunnus"] for page in te_pages(simulation) for row in page["tiedot"]}
    simulation.faults.plan(Fault(name=FaultName.BROKEN_ROWS, detail="wrong-check", amount=0.3, source="te", times=None))

    found = {row["id"]: row["henkilotunnus"] for page in te_pages(simulation) for row in page["tiedot"]}

    changed = [found[one] for one in without if found[one] != without[one]]
    assert 0.1 < len(changed) / len(without) < 0.5
    assert all(found[one][:10] == without[one][:10] for one in without)


def test_a_kind_of_broken_row_that_there_is_not_cannot_be_asked_for(simulation):
    with pytest.raises(ValueError, match="olematon"):
        simulation.faults.plan(Fault(name=FaultName.BROKEN_ROWS, detail="olematon"))


def test_silence_and_cuts_are_marked_on_the_answer(simulation):
    silent = struck(simulation, "time-out", te_list("tyonhakijat"), amount=3)
    cut = struck(simulation, "cut", te_list("tyonhakijat"))

    assert silent.delay == 3
    assert cut.cut_after == len(cut.body) // 2 > 0


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_half_a_body_cannot_be_read(simulation, request_):
    answer = struck(simulation, "half-body", request_)

    with pytest.raises((json.JSONDecodeError, etree.XMLSyntaxError)):
        opened(answer.body)


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_a_wrong_charset_is_not_the_utf_8_it_says_it_is(simulation, request_):
    answer = struck(simulation, "wrong-charset", request_)

    assert "utf-8" in answer.media_type
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_utf_16_says_what_it_is(simulation, request_):
    answer = struck(simulation, "wrong-charset", request_, detail="utf-16")

    assert answer.media_type.endswith("charset=utf-16")
    assert "vesileima" in answer.body.decode("utf-16")


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_a_changed_shape_has_a_field_of_another_name(simulation, request_):
    answer = struck(simulation, "changed-shape", request_, detail="muokattuAika")

    assert b"uusiMuokattuaika" in answer.body
    assert b"muokattuAika" not in answer.body


def test_an_answer_to_another_message_has_another_id(simulation):
    in_rest = struck(simulation, "other-message", te_list("tyonhakijat"), source="te")
    in_soap = struck(simulation, "other-message", benefits(), source="kela")

    assert in_rest.header("x-road-id")
    assert b"4894e35d-bf0f-44a6-867a-8e51f1daa7e0" not in in_soap.body
    assert etree.fromstring(in_soap.body).findtext(".//{http://x-road.eu/xsd/xroad.xsd}id")


@pytest.mark.parametrize("name", ["doctype", "external-entity"])
@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_a_document_type_is_well_formed_and_there(simulation, name, request_):
    answer = struck(simulation, name, request_)

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    assert etree.fromstring(answer.body, parser).getroottree().docinfo.doctype
    assert (b"&" in answer.body) == (name == "external-entity")


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_an_entity_bomb_goes_off_in_a_parser_that_opens_it(simulation, request_):
    answer = struck(simulation, "entity-bomb", request_)

    with pytest.raises(etree.XMLSyntaxError, match="amplification"):
        opened(answer.body)


def test_an_external_entity_names_the_address_asked_for(simulation):
    answer = struck(simulation, "external-entity", benefits(), detail="http://127.0.0.1:9/saalis")

    assert b'SYSTEM "http://127.0.0.1:9/saalis"' in answer.body


@pytest.mark.parametrize(("request_", "opening"), [(te_list("tyonhakijat"), b"["), (benefits(), b"<a>")])
def test_nesting_is_as_deep_as_asked(simulation, request_, opening):
    answer = struck(simulation, "deep-nesting", request_, amount=500)

    assert opening * 500 in answer.body


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_a_long_value_is_one_value_and_the_page_is_well_formed(simulation, request_):
    answer = struck(simulation, "long-value", request_, amount=100_000)

    assert b"x" * 100_000 in answer.body
    assert opened(answer.body) is not None


@pytest.mark.parametrize("request_", [te_list("tyonhakijat"), benefits()])
def test_an_oversized_page_is_streamed_and_well_formed(simulation, request_):
    answer = struck(simulation, "oversized-page", request_, amount=3_000_000)

    assert not isinstance(answer.body, bytes)
    whole = b"".join(answer.chunks)
    assert len(whole) > 3_000_000
    assert opened(whole) is not None


def test_a_gzip_bomb_is_small_until_it_is_opened(simulation):
    answer = struck(simulation, "gzip-bomb", te_list("tyonhakijat"), amount=5_000_000)

    assert answer.header("content-encoding") == "gzip"
    assert len(gzip.decompress(answer.body)) > 5_000_000 > 50 * len(answer.body)


def test_a_fault_strikes_only_its_source_after_the_skipped_calls_as_often_as_asked(simulation):
    simulation.faults.plan(Fault(name=FaultName.SERVER_ERROR, source="te", path="tyonhakijat", skip=1, times=2))

    others = [simulation.server.answer(request).status for request in (benefits(), te_list("poistot"))]
    calls = [simulation.server.answer(te_list("tyonhakijat")).status for _ in range(4)]

    assert others == [200, 200]
    assert calls == [200, 500, 500, 200]
    assert simulation.faults.pending == []


def test_faults_on_two_pulls_in_a_row_do_not_mix_their_pages(simulation):
    simulation.faults.plan(Fault(name=FaultName.REORDERED_PAGES, source="te", times=None))

    first, second = ids(te_pages(simulation)), ids(te_pages(simulation))

    assert first == second


def test_a_service_without_a_form_of_its_own_refuses_by_status_alone():
    faults = Faults()
    faults.plan(Fault(name=FaultName.SERVER_ERROR))
    client = ClientId.parse("FI-TEST/MUN/0166906-4/luukku")
    service = Service(
        id=ServiceId.parse("FI-TEST/GOV/1-1/a/b"),
        provider=lambda _: Answer(),
        source="muu",
        clients=frozenset({client}),
    )

    answer = SecurityServer([service], faults=faults).answer(rest("GET", "/r1/FI-TEST/GOV/1-1/a/b"))

    assert (answer.status, answer.body) == (500, b"")


def test_a_fault_of_all_counties_or_of_one(simulation):
    simulation.faults.plan(Fault(name=FaultName.FORBIDDEN, source="sote:14", times=None))
    here = simulation.server.answer(search("CarePlan", [AINO])).status
    simulation.faults.plan(Fault(name=FaultName.FORBIDDEN, source="sote", times=None))

    assert here == 200
    assert simulation.server.answer(search("CarePlan", [AINO])).status == 403


def test_every_fault_has_a_stage_and_every_stage_its_faults():
    assert {name.stage for name in FaultName} == set(Stage)
