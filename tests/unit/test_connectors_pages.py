"""How TE and Kela are asked and how their own refusals are taken, against answers written by hand."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from connectors import kela, te
from connectors.errors import (
    AccessRefused,
    CursorExpired,
    OurBug,
    PageRefused,
    PagingBroken,
    ProviderBroken,
    SourceChanged,
    SourceDown,
    StampInFuture,
    StampTooOld,
)
from connectors.paging import COMPARED, Walk, batched
from connectors.source import Window
from connectors.transport import Party
from schemas.identifiers import Hetu
from tests.sources import CONSUMER, SERVICES, Naps, a_transport, part_of

STAMP = datetime(2026, 6, 4, 2, tzinfo=UTC)
NOW = STAMP + timedelta(minutes=1)
HETU = "120384-9128"


class Provider:
    """Answers each request by the next of its answers, the last for ever; remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.naps = Naps()

    def __call__(self, request):
        self.asked.append(request)
        status, body, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        ours = {
            "x-road-client": str(CONSUMER.client),
            "x-road-service": SERVICES["te"].removesuffix("/v1"),
            "x-road-id": request.headers.get("x-road-id", ""),
            "content-type": "application/json",
        }
        content = body(request) if callable(body) else body
        return httpx.Response(status, headers=ours | headers, content=iter([content]))

    def connector(self, source, **more):
        http = httpx.Client(transport=httpx.MockTransport(self))
        transport = a_transport(http, SERVICES[source], naps=self.naps)
        return {"te": te.Te, "kela": kela.Kela}[source](transport=transport, area="36", now=lambda: NOW, **more)

    def pull(self, source, *, since=None, **more):
        return list(self.connector(source, **more).pull(Window(since=since)))


def a_list(*elements, cursor=None, stamp="2026-06-04T02:00:00Z"):
    page = {"tiedot": elements, "sivutus": {"sivu": 0, "maara": 100, "jatko": cursor}, "vesileima": stamp}
    return 200, msgspec.json.encode(page), {}


def a_refusal(status, code=None, **headers):
    body = b"" if code is None else msgspec.json.encode({"status": status, "virhekoodi": code, "virheviesti": HETU})
    return status, body, {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "VIRHEELLINEN_PYYNTO", OurBug),
        (400, "JATKO_VANHENTUNUT", CursorExpired),
        (401, None, AccessRefused),
        (403, "EI_OIKEUTTA", AccessRefused),
        (404, "EI_LOYDY", ProviderBroken),
        (405, None, OurBug),
        (410, "VESILEIMA_LIIAN_VANHA", StampTooOld),
        (429, "LIIKAA_PYYNTOJA", SourceDown),
        (500, "SISAINEN_VIRHE", SourceDown),
        (503, "HUOLTO", SourceDown),
        (500, None, SourceDown),
        (204, None, ProviderBroken),
        (418, "120384-9128", ProviderBroken),
    ],
)
def test_tes_own_errors_are_taken_as_the_contract_says_and_its_message_is_not_kept(status, code, error):
    provider = Provider(a_refusal(status, code))

    with pytest.raises(error) as raised:
        provider.pull("te")

    assert HETU not in str(raised.value)
    assert str(status) in str(raised.value)


def test_te_is_asked_list_by_list_the_deletions_last():
    provider = Provider(a_list())

    provider.pull("te", since=STAMP - timedelta(days=1))

    paths = [request.url.path.rsplit("/", 1)[1] for request in provider.asked]
    assert paths[0] == "tyonhakijat"
    assert paths[-1] == "poistot"
    assert len(paths) == 7
    assert dict(provider.asked[0].url.params) == {
        "tyollisyysalue": "36",
        "maara": "500",
        "muuttunutAlkaen": "2026-06-03T02:00:00Z",
    }


def test_a_full_pull_names_no_watermark():
    provider = Provider(a_list())

    provider.pull("te")

    assert "muuttunutAlkaen" not in str(provider.asked[0].url)


def test_the_other_parameters_stay_while_the_cursor_moves():
    provider = Provider(a_list({"id": "1"}, cursor="a/b?c&d"), a_list({"id": "2"}))

    provider.pull("te", since=STAMP - timedelta(days=1))

    first, second = (dict(request.url.params) for request in provider.asked[:2])
    assert second == first | {"jatko": "a/b?c&d"}


def test_people_are_named_a_hundred_at_a_time():
    provider = Provider(a_list())

    provider.pull("te", clients=lambda: [f"id-{number}" for number in range(150)])

    named = [len(request.url.params.get_list("tyonhakijaId")) for request in provider.asked]
    assert named == [100] * 7 + [50] * 7


def test_a_list_larger_than_a_part_is_landed_in_pieces(monkeypatch):
    monkeypatch.setattr("connectors.te.pages.PAGE_BODY_BYTES", 2_000)
    provider = Provider(a_list(*({"id": f"{number:040d}"} for number in range(100))), a_list())

    pages = [page for page in provider.pull("te") if page.records]

    assert len(pages) > 3
    assert max(len(page.body) for page in pages) < 2_000
    (frame,) = te.parse(part_of(pages)).frames.values()
    assert frame["id"].to_list() == [f"{number:040d}" for number in range(100)]


def test_a_record_over_one_mib_in_such_a_list_refuses_the_page():
    large = {"id": ["x" * 1000] * 1100}
    provider = Provider(a_list(*([large] * 15)), a_list())

    with pytest.raises(PageRefused, match="1 MiB"):
        provider.pull("te")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, b"<html/>", {"content-type": "text/html"}), ProviderBroken),
        ((200, b"{}", {"content-type": "application/json;charset=iso-8859-1"}), PageRefused),
        ((200, b"\xef\xbb\xbf{}", {}), PageRefused),
        ((200, b"not json", {}), PageRefused),
        ((200, b'{"tiedot":[]', {}), SourceDown),
        ((200, b'{"tiedot":[]}', {}), SourceChanged),
        (a_list(stamp="2026-06-04T02:00:00"), SourceChanged),
        (a_list(stamp="2026-06-05T02:00:00Z"), StampInFuture),
    ],
)
def test_what_is_no_list_is_not_read_as_an_empty_one(answer, error):
    with pytest.raises(error):
        Provider(answer).pull("te")


def test_a_path_names_the_field_and_no_value():
    with pytest.raises(SourceChanged) as changed:
        Provider((200, b'{"tiedot":[],"sivutus":{"jatko":120384},"vesileima":"2026-06-04T02:00:00Z"}', {})).pull("te")

    assert changed.value.path == "sivutus.jatko"


# Kela

HEAD = re.compile(rb"<s:Header>.*</s:Header>", re.DOTALL)
PERSON = "<asiakas><henkilotunnus>120384-9128</henkilotunnus><turvakielto>false</turvakielto>{}</asiakas>"


def soap(content, *, status=200, **headers):
    def body(request):
        head = HEAD.search(request.content).group()
        start = re.match(rb"<s:Envelope[^>]*>", request.content).group()
        return start + head + b"<s:Body>" + content.encode() + b"</s:Body></s:Envelope>"

    return status, body, {"content-type": "text/xml;charset=utf-8"} | headers


def benefits(*people, cursor="", stamp="2026-06-04T02:00:00Z"):
    following = f"<jatko>{cursor}</jatko>" if cursor else ""
    return soap(
        f'<HaeEtuudetResponse xmlns="urn:luukku:kela:etuustiedot:1"><vesileima>{stamp}</vesileima>'
        f"<sivu><koko>1</koko>{following}</sivu>{''.join(people)}</HaeEtuudetResponse>"
    )


def fault(code, namespace="urn:luukku:kela:etuustiedot:1", **headers):
    return soap(
        f'<s:Fault><faultcode xmlns:e="{namespace}">{code}</faultcode><faultstring>{HETU}</faultstring></s:Fault>',
        status=500,
        **headers,
    )


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("e:VirheellinenPyynto", OurBug),
        ("e:LiianSuuriEra", OurBug),
        ("e:EiOikeutta", AccessRefused),
        ("e:VesileimaLiianVanha", StampTooOld),
        ("e:Huolto", SourceDown),
        ("e:SisainenVirhe", SourceDown),
        ("e:JotainMuuta", ProviderBroken),
        ("s:Server", ProviderBroken),
        ("s:Client", OurBug),
        ("Server.ServerProxy.AccessDenied", AccessRefused),
    ],
)
def test_kelas_own_faults_are_taken_as_the_contract_says_and_their_message_is_scrubbed(code, error):
    with pytest.raises(error) as raised:
        Provider(fault(code)).pull("kela")

    assert HETU not in str(raised.value)


def test_a_code_of_kelas_in_another_namespace_is_not_kelas():
    with pytest.raises(ProviderBroken):
        Provider(fault("e:EiOikeutta", namespace="urn:other")).pull("kela")


def test_kela_says_how_long_its_break_lasts():
    provider = Provider(fault("e:Huolto", **{"retry-after": "30"}), benefits())

    provider.pull("kela")

    assert provider.naps == [30.0]


def test_an_error_inside_a_normal_answer_is_an_error():
    answer = soap(
        '<HaeEtuudetResponse xmlns="urn:luukku:kela:etuustiedot:1"><faultCode>x</faultCode></HaeEtuudetResponse>'
    )

    with pytest.raises(ProviderBroken):
        Provider(answer).pull("kela")


def test_kela_is_asked_for_an_area_a_purpose_and_a_window():
    provider = Provider(benefits(PERSON, cursor="a&amp;b"), benefits())

    provider.pull("kela", since=STAMP - timedelta(days=1))

    first, second = (request.content.decode() for request in provider.asked)
    query = (
        "<kysely><tyollisyysalue>36</tyollisyysalue><tarkoitus>TYM-381-2023</tarkoitus>"
        "<muuttunutAlkaen>2026-06-03T02:00:00Z</muuttunutAlkaen><sivu><koko>500</koko>{}</sivu></kysely>"
    )
    assert query.format("") in first
    assert query.format("<jatko>a&amp;b</jatko>") in second
    assert provider.asked[0].headers["soapaction"] == '""'
    assert str(provider.asked[0].url) == "http://security-server.invalid/"


def test_the_x_road_header_says_who_asks_and_whom():
    provider = Provider(benefits())

    provider.pull("kela")

    sent = provider.asked[0].content.decode()
    assert '<x:client id:objectType="SUBSYSTEM"><id:xRoadInstance>FI-TEST</id:xRoadInstance>' in sent
    assert "<id:serviceCode>HaeEtuudet</id:serviceCode><id:serviceVersion>v1</id:serviceVersion>" in sent
    assert "<x:userId>FI-luukku-7c1e</x:userId><x:issue>PULL-2026-06-04-te-36</x:issue>" in sent
    assert "<x:protocolVersion>4.0</x:protocolVersion>" in sent
    assert "requestHash" not in sent


def test_a_person_asked_about_by_name_stands_in_the_body_alone():
    provider = Provider(benefits())

    provider.pull("kela", people=lambda: [Hetu.parse(HETU)])

    (request,) = provider.asked
    assert f"<henkilot><henkilotunnus>{HETU}</henkilotunnus></henkilot>" in request.content.decode()
    assert HETU not in str(request.url) + str(request.headers)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (benefits(stamp="eilen"), SourceChanged),
        (benefits(stamp="2026-06-04T02:00:00"), SourceChanged),
        (benefits(stamp="2026-06-05T02:00:00Z"), StampInFuture),
        (soap("<Other/>"), SourceChanged),
        (soap("<a/><b/>"), ProviderBroken),
        (soap("<s:Fault/>"), ProviderBroken),
        ((200, b"<a/>", {"content-type": "text/xml"}), ProviderBroken),
        ((200, b"{}", {}), ProviderBroken),
        ((502, b"<html/>", {"content-type": "text/html"}), SourceDown),
        ((200, b"<s:Envelope", {"content-type": "text/xml"}), SourceDown),
        ((200, b"<a></b></Envelope>", {"content-type": "text/xml"}), PageRefused),
    ],
)
def test_what_is_no_answer_of_kela_is_not_read_as_an_empty_one(answer, error):
    with pytest.raises(error):
        Provider(answer).pull("kela")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"0166906-4", b"0166907-2"),
        (b"<id:subsystemCode>luukku</id:subsystemCode>", b""),
        (b"HaeEtuudet</id:serviceCode>", b"HaeMuuta</id:serviceCode>"),
        (b"<id:serviceVersion>v1", b"<id:serviceVersion>v2"),
        (b"<x:id>", b"<x:id>1"),
        (b"</x:client>", b"</x:client><x:client/>"),
        (b'"SERVICE"', b'"CENTRALSERVICE"'),
    ],
)
def test_an_answer_to_another_message_is_not_read(old, new):
    status, body, headers = benefits()
    provider = Provider((status, lambda request: body(request).replace(old, new, 1), headers))

    with pytest.raises(ProviderBroken):
        provider.pull("kela")


def test_an_answer_without_header_is_not_read():
    status, body, headers = benefits()
    provider = Provider((status, lambda request: HEAD.sub(b"", body(request)), headers))

    with pytest.raises(ProviderBroken, match="whose it is"):
        provider.pull("kela")


def test_a_page_larger_than_a_part_is_landed_in_pieces(monkeypatch):
    monkeypatch.setattr("connectors.kela.pages.PAGE_BODY_BYTES", 8_000)
    provider = Provider(benefits(*(PERSON.format("\n" * number) for number in range(100))))

    pages = provider.pull("kela")

    assert len(pages) > 2
    assert sum(page.records for page in pages) == 100
    (frame,) = kela.parse(part_of(pages)).frames.values()
    assert frame.height == 100


def test_a_representative_is_named_in_the_header_of_a_message():
    provider = Provider(benefits())
    connector = provider.connector("kela")
    acting = replace(connector.transport.consumer, represented=Party("MEMBER3", "COM"))

    list(replace(connector, transport=replace(connector.transport, consumer=acting)).pull(Window()))

    sent = provider.asked[0].content.decode()
    assert "<r:partyClass>COM</r:partyClass><r:partyCode>MEMBER3</r:partyCode></r:representedParty>" in sent


# The walk itself


def test_a_cursor_that_comes_back_ends_the_walk():
    walk = Walk(now=lambda: NOW)
    walk.follow("a")
    walk.follow("b")

    with pytest.raises(PagingBroken):
        walk.follow("a")


def test_what_a_page_repeats_of_itself_or_of_the_page_before_is_told_by_place():
    walk = Walk(now=lambda: NOW)

    assert walk.repeated([b"1", b"2", b"1"]) == {2}
    assert walk.repeated([b"2", b"3"]) == {0}
    assert walk.repeated([b"1"]) == frozenset()


def test_of_a_page_without_measure_only_the_beginning_is_compared():
    assert Walk(now=lambda: NOW).repeated([b"x"] * (COMPARED + 10)) == set(range(1, COMPARED))


def test_values_are_cut_into_groups_in_order():
    assert list(batched(range(5), 2)) == [(0, 1), (2, 3), (4,)]
    assert list(batched([], 2)) == []
