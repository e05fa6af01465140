"""X-Road's own cases as its consumer must take them (reference/xroad: nordic-institute/X-Road, commit fcd16216, MIT)."""

import csv

import httpx
import pytest

from connectors import soap, xml
from connectors.errors import AccessRefused, OurBug, PageRefused, ProviderBroken, Transient
from connectors.source import XRoadIds
from connectors.transport import Answer, Call, ClientId, Consumer, InvalidXRoadId, Party, ServiceId, xroad_error
from tests.sources import a_transport

pytestmark = pytest.mark.reference

CLIENT = ClientId("EE", "BUSINESS", "consumer")
CONSUMER = Consumer(client=CLIENT, user="EE37702211234", issue="issue")
XML = "text/xml; charset=utf-8"

# Written out by hand from the four groups of DOMAIN.md 3.3.
MEANS = {
    "CODE": ProviderBroken,
    "client.code": OurBug,
    "client.invalid_body": OurBug,
    "client.invalid_content_type": OurBug,
    "client.invalid_http_method": OurBug,
    "client.invalid_soap_action": OurBug,
    "client.missing_body": OurBug,
    "client.missing_header": OurBug,
    "client.missing_header_field": OurBug,
    "server.clientproxy.cannot_create_signature": Transient,
    "server.clientproxy.http_error": Transient,
    "server.clientproxy.maintenance_mode": Transient,
    "server.clientproxy.network_error": Transient,
    "server.clientproxy.service_failed.invalid_content_type": ProviderBroken,
    "server.clientproxy.service_failed.invalid_message": ProviderBroken,
    "server.clientproxy.service_failed.io_error": Transient,
    "server.clientproxy.service_failed.missing_body": ProviderBroken,
    "server.clientproxy.ssl_authentication_failed": AccessRefused,
    "server.clientproxy.unknown_member": AccessRefused,
    "server.serverproxy.access_denied": AccessRefused,
    "server.serverproxy.cannot_create_signature": Transient,
    "server.serverproxy.invalid_http_method": OurBug,
    "server.serverproxy.missing_signature": ProviderBroken,
    "server.serverproxy.missing_soap": OurBug,
    "server.serverproxy.service_disabled": AccessRefused,
    "server.serverproxy.service_failed.http_error": Transient,
    "server.serverproxy.service_failed.invalid_content_type": ProviderBroken,
    "server.serverproxy.service_failed.missing_body": ProviderBroken,
    "server.serverproxy.service_failed.missing_header": ProviderBroken,
    "server.serverproxy.service_failed.ssl_authentication_failed": AccessRefused,
    "server.serverproxy.service_failed.unknown_host": Transient,
    "server.serverproxy.unknown_service": AccessRefused,
}
# What our own eyes must see in an answer that no security server would have passed on.
BROKEN_ANSWERS = {
    "missing-body.query": ProviderBroken,
    "no-header.query": ProviderBroken,
    "malformed-body1.query": ProviderBroken,
    "fault.query": ProviderBroken,
}


def cases(reference, name):
    with (reference / "xroad" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def old_spelling(code):
    """Spell a code as up to 7.7: ``Server.ServerProxy.ServiceFailed.IOError``."""
    odd = {"clientproxy": "ClientProxy", "serverproxy": "ServerProxy", "io_error": "IOError"}
    return ".".join(odd.get(part) or part.title().replace("_", "") for part in code.split("."))


def answered(body, content_type=XML, status=200):
    return Answer(status=status, body=body, headers={"content-type": content_type}, xroad=XRoadIds(id="-", service="-"))


def read(reference, name, content_type=XML):
    """Read an answer file as the answer to the request it is named after."""
    message = soap.message(answered((reference / "xroad" / "soap-messages" / name).read_bytes(), content_type))
    root = xml.document(message)
    header = root.find(f"{{{soap.ENVELOPE}}}Header")
    call_id = header.findtext(f"{{{soap.XROAD}}}id") if header is not None else ""
    service = header.find(f"{{{soap.XROAD}}}service") if header is not None else None
    asked = soap.service_id(service) if service is not None else ServiceId(CLIENT, "none")
    return soap.read(root, call_id=call_id, consumer=CONSUMER, service=asked, fault=lambda _: None)


def test_every_code_of_the_cases_falls_into_its_group_in_both_spellings(reference):
    codes = {row["expected_faultcode_or_OK"].rstrip("*") for row in cases(reference, "soap-cases.csv")} - {"OK"}
    codes |= {
        row["expected_x_road_error"]
        for row in cases(reference, "rest-cases.csv")
        if "." in row["expected_x_road_error"]
    }
    codes -= {"Client.BadRequest"}

    assert {code: type(xroad_error(code)) for code in codes} == {code: MEANS[code] for code in codes}
    assert {code: type(xroad_error(old_spelling(code))) for code in codes} == {code: MEANS[code] for code in codes}
    assert set(MEANS) == codes


@pytest.mark.parametrize(
    ("newer", "older"), [("hsm_non_operational", "HSMNonOperational"), ("global_conf_outdated", "OutdatedGlobalConf")]
)
def test_a_code_that_was_renamed_keeps_its_meaning(newer, older):
    assert type(xroad_error(f"server.clientproxy.{newer}")) is Transient
    assert type(xroad_error(f"Server.ClientProxy.{older}")) is Transient


def test_every_answer_that_a_case_calls_good_is_read_by_meaning(reference):
    good = [
        row
        for row in cases(reference, "soap-cases.csv")
        if row["expected_faultcode_or_OK"] == "OK" and row["response_file"]
    ]

    for row in good:
        message = read(reference, row["response_file"])
        assert message.xroad.id, row["case"]
    assert len(good) > 10


def test_a_request_hash_is_kept_without_its_line_breaks(reference):
    body = (reference / "xroad" / "soap-messages" / "requesthash.answer").read_bytes().replace(b">foo<", b">f\n  oo\n<")

    root = xml.document(soap.message(answered(body)))
    service = ServiceId(ClientId("EE", "BUSINESS", "producer"), "getState")
    message = soap.read(
        root,
        call_id="411d6755661409fed365ad8135f8210be07613da",
        consumer=CONSUMER,
        service=service,
        fault=lambda _: None,
    )

    assert message.xroad.request_hash == "foo"


def test_header_elements_in_any_order_mean_the_same(reference):
    message = read(reference, "split-header.query")

    assert message.xroad.id == "411d6755661409fed365ad8135f8210be07613da"


def test_text_that_was_encoded_and_cdata_arrive_as_meant(reference):
    encoded = read(reference, "xmlencoded.answer").content
    verbatim = read(reference, "cdata.answer").content

    assert encoded.findtext(".//answer") == ">foo< & bar"
    assert verbatim.findtext(".//response") == "<a><b><c>12345678</c></b></a>"


@pytest.mark.parametrize(("name", "error"), BROKEN_ANSWERS.items())
def test_an_answer_that_is_broken_is_the_providers_fault(reference, name, error):
    with pytest.raises(error):
        read(reference, name)


def test_a_fault_in_a_multipart_answer_is_found(reference):
    content_type = 'multipart/related; type="application/xop+xml"; boundary="jetty771207119h3h10dty"'

    with pytest.raises(ProviderBroken, match="Server"):
        read(reference, "soapfault-mtom.answer", content_type)


def test_the_first_part_of_a_multipart_answer_is_the_message(reference):
    simple = (reference / "xroad" / "soap-messages" / "simple.answer").read_bytes()
    body = b"--b\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + simple + b"\r\n--b\r\n\r\nattached\r\n--b--"

    message = soap.message(answered(body, "multipart/related; boundary=b"))

    assert xml.document(message).findtext(".//answer") == "42"


@pytest.mark.parametrize("content_type", ["blah", "text/html", ""])
def test_an_answer_of_another_content_type_is_the_providers_fault(reference, content_type):
    with pytest.raises(ProviderBroken):
        read(reference, "getstate.answer", content_type)


def test_an_answer_in_a_charset_nobody_knows_is_refused(reference):
    with pytest.raises(PageRefused):
        read(reference, "getstate.answer", "text/xml; charset=\\")


@pytest.mark.parametrize("name", ["clientid-subsystem.xml", "clientid.xml"])
def test_client_identifiers_are_read(reference, name):
    element = xml.document(xml.utf8((reference / "xroad" / "identifiers" / name).read_bytes()))

    subsystem = "SUBSYSTEM" if "subsystem" in name else None
    assert soap.client_id(element) == ClientId("EE", "COMPANY", "FOOBAR", subsystem)


@pytest.mark.parametrize(
    "name", ["invalid-clientid-member.xml", "invalid-clientid-subsystem.xml", "globalgroupid.xml", "serviceid.xml"]
)
def test_an_identifier_whose_type_and_parts_disagree_is_no_client(reference, name):
    element = xml.document(xml.utf8((reference / "xroad" / "identifiers" / name).read_bytes()))

    with pytest.raises(ProviderBroken):
        soap.client_id(element)


@pytest.mark.parametrize(("name", "version"), [("serviceid.xml", None), ("serviceid-version.xml", "v1")])
def test_service_identifiers_are_read(reference, name, version):
    element = xml.document(xml.utf8((reference / "xroad" / "identifiers" / name).read_bytes()))

    assert soap.service_id(element) == ServiceId(ClientId("EE", "BUSINESS", "JODA"), "getState", version)


@pytest.mark.parametrize("name", ["clientid.xml", "localgroupid.xml", "securityserverid.xml"])
def test_what_is_no_service_is_not_read_as_one(reference, name):
    element = xml.document(xml.utf8((reference / "xroad" / "identifiers" / name).read_bytes()))

    with pytest.raises(ProviderBroken):
        soap.service_id(element)


# REST: each case's answer as its row tells it, put before our transport.

ECHOED = {
    "x-road-client": "FI-TEST/MUN/0166906-4/luukku",
    "x-road-service": "EE/BUSINESS/producer/sub/echo",
    "x-road-id": "00000000-0000-7000-8000-000000000001",
    "x-road-request-id": "f92591a3-6bf0-49b1-987b-0dd78c034cc3",
    "x-road-request-hash": "Xvx9V2U5",
}
REST_ERRORS = {
    "missing_client_header": ("Client.MissingHeaderField", OurBug),
    "method_denied": ("server.serverproxy.access_denied", AccessRefused),
    "doc_bad_request": ("Client.BadRequest", OurBug),
}


def asked_once(status, headers=(), body=b"", call=None):
    seen = []

    def handler(request):
        seen.append(request)
        return httpx.Response(status, headers=ECHOED | dict(headers), content=iter([body]))

    http = httpx.Client(transport=httpx.MockTransport(handler))
    transport = a_transport(http, "EE/BUSINESS/producer/sub/echo")
    return transport.rest(call or Call(path="echo"), lambda answer: answer), seen


@pytest.mark.parametrize("case", REST_ERRORS)
def test_an_error_is_told_by_its_header_and_not_by_its_status(reference, case):
    (row,) = [row for row in cases(reference, "rest-cases.csv") if row["case"] == case]
    code, error = REST_ERRORS[case]

    for status in (int(row["expected_status"]), 200, 400, 500):
        with pytest.raises(error):
            asked_once(status, {"x-road-error": code})


def test_an_error_means_the_same_in_json_and_in_xml(reference):
    forms = [row for row in cases(reference, "rest-cases.csv") if row["case"].startswith("error_accept")]
    bodies = {
        True: b"<error><type>server.serverproxy.unknown_service</type><message>m</message></error>",
        False: b'{"type":"server.serverproxy.unknown_service","message":"m","detail":"d"}',
    }

    for row in forms:
        media = row["expected_content_type"]
        headers = {"x-road-error": "server.serverproxy.unknown_service", "content-type": media}
        with pytest.raises(AccessRefused):
            asked_once(500, headers, bodies["xml" in media])
    assert len(forms) == 5


def test_a_redirect_is_not_followed():
    with pytest.raises(ProviderBroken, match="redirect"):
        asked_once(302, {"location": "http://elsewhere.invalid/"})


def test_a_providers_own_error_passes_with_its_status():
    answer, _ = asked_once(405, {"content-type": "application/json;charset=utf-8"}, b'{"status":405}')

    assert (answer.status, answer.body) == (405, b'{"status":405}')


def test_the_request_hash_of_each_answer_is_kept():
    first, _ = asked_once(200)

    assert first.xroad.request_hash == "Xvx9V2U5"


def test_an_empty_path_ends_with_a_slash():
    _, seen = asked_once(200, call=Call(path=""))

    assert seen[0].url.path == "/r1/EE/BUSINESS/producer/sub/echo/"


def test_a_represented_party_has_one_or_two_parts():
    assert Party.parse("Class/Member") == Party("Member", "Class")
    assert Party.parse("Member") == Party("Member")
    with pytest.raises(InvalidXRoadId):
        Party.parse("Instance/Class/Member")


def test_each_part_of_an_identifier_is_encoded_on_its_own():
    service = ServiceId.parse("EE/BUSINESS/producer/sub/BAR%2FSERVICE")

    assert service.code == "BAR/SERVICE"
    assert str(service) == "EE/BUSINESS/producer/sub/BAR%2FSERVICE"
