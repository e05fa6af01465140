"""The one door to HTTP: X-Road's headers, what is tried again and what is not, and what is never sent or received."""

import gzip

import httpx
import pytest

from connectors.errors import AccessRefused, OurBug, PageRefused, ProviderBroken, SourceDown, Transient
from connectors.scrub import holds_hetu, scrubbed
from connectors.transport import (
    Call,
    ClientId,
    Consumer,
    InvalidXRoadId,
    Party,
    Patience,
    ServiceId,
    Transport,
    open_http,
    xroad_error,
)
from tests.sources import CONSUMER, SERVICES, Naps, a_transport

HETU = "120384-9128"
ECHOED = {
    "x-road-client": str(CONSUMER.client),
    "x-road-service": "FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot",
    "content-type": "application/json;charset=utf-8",
}


def an_answer(request, *, status=200, body=b"{}", **headers):
    """Answer as the security server does: with our own headers back."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    echoed = ECHOED | {"x-road-id": request.headers["x-road-id"]} | named
    sent = {name: value for name, value in echoed.items() if value is not None}
    return httpx.Response(status, headers=sent, content=iter([body]))


class Server:
    """Gives its answers in turn, the last one for ever; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []
        self.naps = Naps()

    def __call__(self, request):
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request)

    def transport(self, **more):
        http = httpx.Client(transport=httpx.MockTransport(self))
        return a_transport(http, SERVICES["te"], naps=self.naps, **more)

    def get(self, call=None, read=lambda answer: answer, **more):
        return self.transport(**more).rest(call or Call(path="tyonhakijat"), read)


def good(request):
    return an_answer(request)


def status(code, **headers):
    return lambda request: an_answer(request, status=code, **headers)


def unavailable(answer):
    if answer.status == 503:
        raise Transient("The source is being mended.")
    return answer


def test_a_request_names_who_asks_and_what_for():
    server = Server(good)

    server.get(Call(path="tyonhakijat", query=(("tyollisyysalue", "36"), ("maara", "100"))))

    (request,) = server.seen
    assert request.url.raw_path == (
        b"/r1/FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1/tyonhakijat?tyollisyysalue=36&maara=100"
    )
    assert request.headers["x-road-client"] == "FI-TEST/MUN/0166906-4/luukku"
    assert request.headers["x-road-userid"] == "FI-luukku-7c1e"
    assert request.headers["x-road-issue"] == "PULL-2026-06-04-te-36"
    assert request.headers["accept"] == "application/json"
    assert "x-road-represented-party" not in request.headers
    assert "x-road-request-hash" not in request.headers


def test_acting_for_another_is_said():
    consumer = Consumer(client=CONSUMER.client, user="FI-luukku-1", issue="PULL", represented=Party("0166906-4", "MUN"))

    assert consumer.headers("id")["X-Road-Represented-Party"] == "MUN/0166906-4"


def test_what_stands_in_a_header_is_encoded():
    client = ClientId("FI-TEST", "MUN", "0166906-4", "työ/alue")
    consumer = Consumer(client=client, user="käyttäjä 1", issue="A\r\nX-Road-Client: other")

    headers = consumer.headers("id")

    assert headers["X-Road-Client"] == "FI-TEST/MUN/0166906-4/ty%C3%B6%2Falue"
    assert all(value.isascii() and "\n" not in value for value in headers.values())


def test_a_retry_keeps_the_id_of_its_call_and_the_next_call_has_another():
    server = Server(status(503), good)
    transport = server.transport()

    transport.rest(Call(path="a"), unavailable)
    transport.rest(Call(path="b"), unavailable)

    ids = [request.headers["x-road-id"] for request in server.seen]
    assert ids[0] == ids[1] != ids[2]


def test_waits_grow_fourfold_with_full_jitter_and_end_after_the_third():
    server = Server(status(503))

    with pytest.raises(SourceDown):
        server.get(read=unavailable)

    assert server.naps == [0.5, 2.0, 8.0]
    assert len(server.seen) == 4


def test_a_batch_has_twenty_retries_for_all_its_pages():
    patience = Patience(sleep=Naps(), jitter=lambda: 0.0)
    for _ in range(20):
        patience.wait(0, Transient("once more"))

    with pytest.raises(SourceDown):
        patience.wait(0, Transient("once more"))


def test_the_source_says_how_long_to_wait():
    naps = Naps()
    Patience(sleep=naps).wait(0, Transient("busy", retry_after=120.0))

    assert naps == [120.0]


def test_a_source_that_wants_to_be_left_alone_longer_is_down():
    naps = Naps()

    with pytest.raises(SourceDown):
        Patience(sleep=naps).wait(0, Transient("busy", retry_after=121.0))
    assert naps == []


def test_jitter_is_drawn_between_nothing_and_the_whole_wait():
    naps = Naps()
    patience = Patience(sleep=naps)
    for _ in range(20):
        patience.wait(0, Transient("busy"))

    assert all(0 <= nap < 1 for nap in naps)
    assert len(set(naps)) > 1


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("x"),
        httpx.ConnectTimeout("x"),
        httpx.ConnectError("x"),
        httpx.RemoteProtocolError("x"),
        httpx.ReadError("x"),
    ],
)
def test_a_connection_that_breaks_is_tried_again(error):
    server = Server(error, good)

    assert server.get().status == 200
    assert len(server.naps) == 1


def test_an_answer_shorter_than_announced_is_tried_again():
    server = Server(lambda request: an_answer(request, body=b"{", content_length="2"), good)

    assert server.get().body == b"{}"


def test_a_gateway_before_the_security_server_is_waited_for():
    bare = dict.fromkeys(["x_road_id", "x_road_client", "x_road_service"])
    server = Server(status(502, **bare), good)

    assert server.get().status == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x_road_id", "another"),
        ("x_road_id", None),
        ("x_road_client", "FI-TEST/MUN/0166906-4/other"),
        ("x_road_client", None),
        ("x_road_service", "FI-TEST/GOV/2296962-1/asiakastietovaranto/muu"),
        ("x_road_service", "nonsense"),
        ("x_road_service", "%ff/%ff/%ff/%ff/%ff"),
    ],
)
def test_an_answer_that_is_not_ours_is_not_read(header, value):
    server = Server(status(200, **{header: value}))

    with pytest.raises(ProviderBroken):
        server.get()


def test_headers_are_compared_by_meaning():
    server = Server(status(200, x_road_client="FI-TEST/MUN/0166906%2D4/luukku"))

    assert server.get().status == 200


def test_a_message_of_x_road_is_kept_without_any_identity_code():
    body = b'{"type":"Client.InvalidBody","message":"Bad value 120384-9128 in body","detail":"1"}'
    server = Server(lambda request: an_answer(request, status=500, body=body, x_road_error="Client.InvalidBody"))

    with pytest.raises(OurBug, match=r"Client.InvalidBody: Bad value \(HETU\) in body"):
        server.get()


def test_a_message_is_kept_short_and_on_one_line():
    assert scrubbed("a\r\nb" + "x" * 1000) == ("a b" + "x" * 1000)[:300]


def test_an_identity_code_never_stands_in_an_address():
    server = Server(good)

    for call in (
        Call(path=f"tyonhakijat/{HETU}"),
        Call(path="a", query=(("h", HETU),)),
        Call(path="a", query=(("h", "x=120384-9128&"),)),
    ):
        with pytest.raises(OurBug) as error:
            server.get(call)
        assert HETU not in str(error.value)
    assert server.seen == []


@pytest.mark.parametrize(
    "text", ["c2NyOjEyMzQ1Ng==", "29f4d011-ef17-4f2f-9bb1-0452ce17d3f5", "120384-9129", "1120384-9128"]
)
def test_what_only_looks_like_an_identity_code_may(text):
    assert not holds_hetu(text)


def test_a_form_goes_into_the_body():
    server = Server(good)

    server.get(Call(method="POST", path="Patient/_search", form=(("identifier", f"urn:oid:1.2.246.21|{HETU}"),)))

    assert server.seen[0].content == b"identifier=urn%3Aoid%3A1.2.246.21%7C120384-9128"
    assert server.seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert HETU not in str(server.seen[0].url)


def test_a_page_over_64_mib_is_refused_before_it_is_held():
    served = []

    def endless(request):
        def pieces():
            for number in range(100):
                served.append(number)
                yield b" " * 1024**2

        return httpx.Response(200, headers=ECHOED | {"x-road-id": request.headers["x-road-id"]}, content=pieces())

    with pytest.raises(PageRefused, match="64 MiB"):
        Server(endless).get()
    assert len(served) == 65


def test_an_answer_that_swells_a_hundredfold_is_refused():
    bomb = gzip.compress(b"0" * 20_000_000)
    server = Server(lambda request: an_answer(request, body=bomb, content_encoding="gzip"))

    with pytest.raises(PageRefused, match="hundredfold"):
        server.get()


def test_an_answer_that_is_packed_well_passes():
    body = b"".join(b"%d," % number for number in range(100_000))
    server = Server(lambda request: an_answer(request, body=gzip.compress(body), content_encoding="gzip"))

    assert server.get().body == body


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip, gzip"])
def test_an_answer_packed_as_nobody_asked_is_refused(encoding):
    with pytest.raises(PageRefused):
        Server(status(200, content_encoding=encoding)).get()


def test_an_answer_that_cannot_be_unpacked_is_tried_again():
    server = Server(status(200, content_encoding="gzip"), good)

    assert server.get().body == b"{}"


def test_a_batch_takes_four_gib_at_most():
    patience = Patience(octets=10)
    patience.take(10)

    with pytest.raises(PageRefused, match="4 GiB"):
        patience.take(1)


def test_an_answer_that_trickles_is_given_up():
    seconds = iter(range(0, 100_000, 400))
    server = Server(
        lambda request: httpx.Response(
            200, headers=ECHOED | {"x-road-id": request.headers["x-road-id"]}, content=iter([b"a"] * 9)
        )
    )

    with pytest.raises(SourceDown, match="ten minutes"):
        server.get(monotonic=lambda: next(seconds))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "Thu, 04 Jun 2026 02:00:30 GMT", "date": "Thu, 04 Jun 2026 02:00:00 GMT"}, 30.0),
        ({"retry_after": "Thu, 04 Jun 2026 01:00:00 GMT", "date": "Thu, 04 Jun 2026 02:00:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(headers, seconds):
    from connectors.transport import retry_after

    answer = Server(status(503, **headers)).get()

    assert retry_after(answer) == seconds


def test_our_client_follows_nothing_and_waits_half_a_minute():
    with open_http() as http:
        assert http.follow_redirects is False
        assert http.trust_env is False
        assert 20 <= http.timeout.read <= 30
        assert 20 <= http.timeout.connect <= 30


def test_no_error_tells_an_address_or_a_body():
    with pytest.raises(SourceDown) as error:
        Server(httpx.ReadTimeout("GET http://security-server.invalid/secret")).get()

    assert "secret" not in str(error.value)
    assert error.value.__suppress_context__


@pytest.mark.parametrize("text", ["", "FI-TEST/MUN", "a/b/c/d/e", "a//c", "a/b/%ff"])
def test_what_is_no_client_identifier_is_refused(text):
    with pytest.raises(InvalidXRoadId):
        ClientId.parse(text)


def test_an_unknown_code_is_the_providers_fault_and_a_refusal_is_a_refusal():
    assert type(xroad_error("Server.ServerProxy.SomethingNew")) is ProviderBroken
    assert type(xroad_error("SOAP-ENV:Server.ServerProxy.AccessDenied")) is AccessRefused


def test_a_transport_prints_no_secret():
    assert HETU not in repr(Call(method="POST", path="x", form=(("identifier", HETU),)))
    assert isinstance(Server(good).transport(), Transport)
    assert str(ServiceId.parse(SERVICES["te"])) == SERVICES["te"]
