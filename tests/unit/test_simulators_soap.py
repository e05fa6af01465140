"""What the security server's stand-in refuses of a SOAP message and of a service's answer, beyond X-Road's own cases (PR-MESS 2)."""

import pytest
from lxml import etree

from simulators.registry import Service
from simulators.security_server import SecurityServer
from simulators.wire import Answer, Request
from simulators.xroad import ClientId, ServiceId
from tests.asking import a_simulation, benefits

CLIENT = ClientId("FI-TEST", "MUN", "0166906-4", "luukku")
HAE = ServiceId(ClientId("FI-TEST", "GOV", "0246246-0", "etuustiedot"), "HaeEtuudet", "v1")
EMPTY_ANSWER = b'<HaeEtuudetResponse xmlns="urn:luukku:kela:etuustiedot:1"/>'


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=1)


def changed(old: bytes, new: bytes, request=None, **headers):
    request = request or benefits()
    assert old in request.body
    sent = headers or dict(request.headers)
    return Request(
        method="POST",
        path="/",
        headers=tuple((name.replace("_", "-"), value) for name, value in sent.items()),
        body=request.body.replace(old, new),
    )


def fault(answer):
    return etree.fromstring(answer.whole).findtext(".//faultcode")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request(method="POST", path="/", headers=(("content-type", "text/xml"),), body=b"  "), "client.missing_soap"),
        (
            Request(method="POST", path="/", headers=(("content-type", "text/xml"),), body=b"<a/>"),
            "client.invalid_soap",
        ),
        (Request(method="POST", path="/", headers=(("content-type", "text/xml"),), body=b"<a>"), "client.invalid_soap"),
        (Request(method="POST", path="/", body=benefits().body), "client.invalid_content_type"),
        (
            Request(method="POST", path="/", headers=(("content-type", "application/json"),)),
            "client.invalid_content_type",
        ),
        (changed(b"<s:Envelope", b"<!DOCTYPE x><s:Envelope"), "client.invalid_soap"),
        (changed(b"4.0", b"3.1"), "client.invalid_protocol_version"),
        (changed(b"<x:userId>", b"<x:id>toinen</x:id><x:userId>"), "client.duplicate_header_field"),
        (changed(b"<x:userId>", b"<x:userId>yksi</x:userId><x:userId>"), "client.duplicate_header_field"),
        (changed(b"<id:memberClass>GOV</id:memberClass>", b""), "client.missing_header_field"),
        (changed(b"<id:serviceCode>HaeEtuudet</id:serviceCode>", b""), "client.missing_header_field"),
        (changed(b"<id:memberClass>MUN</id:memberClass>", b""), "client.invalid_client_identifier"),
        (changed(b"0246246-0", b"0246246-1"), "server.clientproxy.unknown_member"),
        (changed(b"<id:serviceVersion>v1", b"<id:serviceVersion>v9"), "server.serverproxy.unknown_service"),
        (changed(b"0166906-4", b"0101263-6"), "server.clientproxy.unknown_member"),
        (
            changed(b"x", b"x", content_type="multipart/related; boundary=puuttuu"),
            "client.invalid_content_type",
        ),
    ],
)
def test_a_message_against_the_protocol_is_refused_by_its_first_mistake(simulation, request_, code):
    assert fault(simulation.server.answer(request_)) == code


def test_rest_does_not_reach_a_soap_service_nor_soap_a_rest_one(simulation):
    headers = (("x-road-client", str(CLIENT)),)
    soap_by_rest = Request(method="GET", path=f"/r1/{HAE.provider}/HaeEtuudet", headers=headers)

    assert simulation.server.answer(soap_by_rest).header("x-road-error") == "server.serverproxy.unknown_service"


def test_spaces_around_the_protocol_version_do_not_matter(simulation):
    answer = simulation.server.answer(changed(b"4.0", b"\n 4.0 \n"))

    assert b"HaeEtuudetResponse" in answer.body


def serving(provider):
    return SecurityServer(
        [
            Service(
                id=HAE,
                provider=provider,
                source="kela",
                clients=frozenset({CLIENT}),
                methods=frozenset({"POST"}),
                soap=True,
            )
        ]
    )


def enveloped(request, old: bytes, new: bytes):
    """Give an answer that copies the request's header with one change."""
    head = request.body.replace(old, new).partition(b"<HaeEtuudet")[0]
    return Answer(media_type="text/xml", body=head + EMPTY_ANSWER + b"</s:Body></s:Envelope>")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"4894e35d-bf0f-44a6-867a-8e51f1daa7e0", b"toinen"),
        (b"0166906-4", b"0101263-6"),
        (b"HaeEtuudet</id:", b"HaeToiset</id:"),
    ],
)
def test_an_answer_to_another_request_is_inconsistent(old, new):
    server = serving(lambda request: enveloped(request, old, new))

    assert fault(server.answer(benefits())) == "server.serverproxy.service_failed.inconsistent_response"


def test_an_answer_that_is_no_xml_is_invalid_soap():
    server = serving(lambda _: Answer(media_type="text/xml", body=b"<s:Envelope"))

    assert fault(server.answer(benefits())) == "server.serverproxy.service_failed.invalid_soap"


def test_headers_of_the_service_other_than_its_content_type_do_not_pass():
    def provider(request):
        return enveloped(request, b"x", b"x").with_headers(("x-inner", "host"))

    answer = serving(provider).answer(benefits())

    assert answer.headers == ()


def test_a_service_without_the_right_is_refused_to_the_client():
    allowed = Service(id=HAE, provider=lambda _: Answer(), source="kela", clients=frozenset(), soap=True)
    other = Service(
        id=ServiceId(HAE.provider, "Muu"),
        provider=lambda _: Answer(),
        source="kela",
        clients=frozenset({CLIENT}),
        soap=True,
    )

    answer = SecurityServer([allowed, other]).answer(benefits())

    assert fault(answer) == "server.serverproxy.access_denied"
