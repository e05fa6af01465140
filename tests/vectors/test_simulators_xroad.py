"""The stand-in for the security server answers X-Road's own cases (reference/xroad, nordic-institute/X-Road, MIT) as a real one does."""

import csv
import json
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from simulators import soap
from simulators.faults import Fault, FaultName, Faults
from simulators.registry import Service
from simulators.security_server import SecurityServer
from simulators.wire import Answer, Request, Unreachable
from simulators.xroad import ClientId, ServiceId, Version

pytestmark = pytest.mark.reference

XML_TYPE = "text/xml; charset=UTF-8"
CONSUMERS = frozenset(
    ClientId.parse(text)
    for text in (
        "EE/BUSINESS/consumer",
        "EE/BUSINESS/consumer/sub",
        "EE/BUSINESS/consumer/subsystem",
        "DEV/COM/222/TESTCLIENT",
        "Instance/Class/Member/SubSystem",
    )
)
PRODUCER = ClientId("EE", "BUSINESS", "producer")


def rows(path: Path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# REST


def echo(request):
    return Answer(
        body=request.body,
        headers=(("x-seen-path", request.path), ("server", "inner-host"), ("x-road-request-hash", "own")),
    )


def redirecting(request):
    return Answer(status=302, headers=(("location", "https://elsewhere.invalid/"),))


def petstore(request):
    return Answer(status=405, body=b'{"status":405,"error":"Method Not Allowed"}')


def rest_service(path, provider, methods=("GET", "POST", "PUT"), **more):
    return Service(
        id=ServiceId.parse(path),
        provider=provider,
        source="rest",
        clients=CONSUMERS,
        methods=frozenset(methods),
        **more,
    )


def rest_server(case):
    provider = redirecting if case == "redirect_not_followed" else echo
    return SecurityServer(
        [
            rest_service("EE/BUSINESS/producer/sub/echo", echo),
            rest_service("EE/BUSINESS/producer/sub/service", provider),
            rest_service("EE/BUSINESS/producer/sub/wsdl", echo, soap=True),
            rest_service("DEV/COM/222/TESTSERVICE/petstore", petstore),
            rest_service("Instance/Class/Member/SubSystem/ServiceCode", echo),
        ],
        version=Version.UP_TO_7_7 if case == "doc_bad_request" else Version.FROM_7_8,
    )


def rest_request(row):
    path, _, query = row["path"].partition("?")
    headers = tuple(
        (name.strip().lower(), value.strip())
        for name, _, value in (h.partition(":") for h in row["headers"].split("|") if h)
    )
    return Request(
        method=row["method"],
        path=path if path != "(malformed)" else "/r1/",
        query=query,
        headers=headers,
        body=row["body"].encode(),
    )


def hash_is_unique(server, request, answer):
    again = server.answer(request)
    return answer.header("x-road-request-hash") not in {None, "own", again.header("x-road-request-hash")}


def get_is_allowed(server, request, answer):
    return server.answer(Request(method="GET", path=request.path, headers=request.headers)).status == 200


FURTHER = {
    "simple_post_echo": lambda _, __, answer: answer.body == b'{"value" : 42}',
    "request_hash_unique": hash_is_unique,
    "empty_path": lambda _, __, answer: answer.header("x-seen-path") == "/",
    "redirect_not_followed": lambda _, __, answer: answer.header("location") == "https://elsewhere.invalid/",
    "method_denied": get_is_allowed,
    "doc_provider_error_passthrough": lambda _, __, answer: (
        answer.header("x-road-service") == "DEV/COM/222/TESTSERVICE/petstore"
    ),
}


def test_every_rest_case_is_answered_as_x_road_does(reference):
    cases = rows(reference / "xroad" / "rest-cases.csv")
    broken = []

    for row in cases:
        server, request = rest_server(row["case"]), rest_request(row)
        answer = server.answer(request)
        error = answer.header("x-road-error")
        as_expected = [
            not row["expected_status"].isdigit() or answer.status == int(row["expected_status"]),
            row["expected_status"] != "reject" or error is not None,
            row["expected_status"] != "accept" or error is None,
            row["expected_x_road_error"] != "present" or error is not None,
            row["expected_x_road_error"] != "absent" or error is None,
            "." not in row["expected_x_road_error"] or error == row["expected_x_road_error"],
            answer.media_type.startswith(row["expected_content_type"]),
            FURTHER.get(row["case"], lambda *_: True)(server, request, answer),
        ]
        if not all(as_expected):
            broken.append((row["case"], as_expected))

    assert len(cases) == 16
    assert broken == []


# SOAP

BY_ITSELF = {
    "FaultyRequestContentType",
    "FaultyResponseContentType",
    "InvalidProviderAddress3",
    "InvalidServiceAddress",
    "InvalidServiceAddress2",
    "MalformedBody1",
    "MissingBody",
    "MissingBodyResponse",
    "MissingHeader",
    "MissingHeaderResponse",
    "MissingProtocolVersionHeader",
    "ServiceConnectionAborted",
    "ServiceDisabled",
    "ServiceHttpError",
    "ServiceReturnsFault",
    "SoapActionMalformedHeader",
    "SoapFaultToClientProxy",
    "UnknownService",
    "WrongHttpMethod",
}
SOAP_ACTIONS = {
    "SoapActionEmptyHeader": '""',
    "SoapActionHeader": '"http://xroad.example/getState"',
    "SoapActionMalformedHeader": "getState",
}


def soap_provider(row, reference):
    case, messages = row["case"], reference / "xroad" / "soap-messages"

    def provider(request):
        if case.startswith("InvalidServiceAddress"):
            raise Unreachable
        if case == "ServiceHttpError":
            return Answer(status=404, media_type="text/html", body=b"<html/>")
        if case == "ServiceReturnsFault":
            return Answer(status=500, media_type=XML_TYPE, body=(messages / "fault.query").read_bytes())
        if case == "ServiceConnectionAborted":
            return Answer(media_type=XML_TYPE, body=b"<", cut_after=1)
        media_type = row["response_content_type"] if case in BY_ITSELF and row["response_content_type"] else XML_TYPE
        return Answer(media_type=media_type, body=(messages / (row["response_file"] or "getstate.answer")).read_bytes())

    return provider


def soap_server(row, reference, version=Version.FROM_7_8):
    case, expected = row["case"], row["expected_faultcode_or_OK"].rstrip("*")
    faults = Faults()
    if expected != "OK" and case not in BY_ITSELF:
        faults.plan(Fault(name=FaultName.XROAD_ERROR, detail=expected))
    codes = {"UnknownService": ["other"], "InvalidProviderAddress3": []}.get(case, ["getState", "test", "testQuery"])
    elsewhere = ClientId("EE", "BUSINESS", "elsewhere")
    services = [
        Service(
            id=ServiceId(provider, code),
            provider=soap_provider(row, reference),
            source="soap",
            clients=CONSUMERS,
            methods=frozenset({"POST"}),
            soap=True,
            disabled=case == "ServiceDisabled",
        )
        for provider, code in [*((PRODUCER, code) for code in codes), (elsewhere, "getState")]
    ]
    return SecurityServer(services, faults=faults, version=version)


def big_attachment(message: bytes) -> tuple[str, bytes]:
    parts = b"--raja\r\nContent-Type: text/xml\r\n\r\n" + message + b"\r\n--raja\r\nContent-Type: text/plain\r\n\r\n"
    return "multipart/related; boundary=raja", parts + b"x" * 1_000_000 + b"\r\n--raja--\r\n"


def soap_request(row, reference):
    body = (reference / "xroad" / "soap-messages" / (row["request_file"] or "getstate.query")).read_bytes()
    media_type = row["request_content_type"] or XML_TYPE
    if row["case"] == "AttachmentBig":
        media_type, body = big_attachment(body)
    if row["case"] != "FaultyRequestContentType" and "multipart" not in media_type:
        media_type = XML_TYPE
    media_type = media_type.replace("multipart/mixed; boundary=foobar", XML_TYPE).replace(
        "multipart/mixed", "multipart/related"
    )
    headers = [("content-type", media_type)]
    if row["case"] in SOAP_ACTIONS:
        headers.append(("soapaction", SOAP_ACTIONS[row["case"]]))
    return Request(
        method="GET" if row["case"] == "WrongHttpMethod" else "POST", path="/", headers=tuple(headers), body=body
    )


def fault_code(answer):
    return etree.fromstring(answer.body).findtext(".//faultcode")


def without_hash(xml: bytes) -> bytes:
    tree = etree.fromstring(xml)
    for found in tree.iter(f"{{{soap.XROAD}}}requestHash"):
        found.getparent().remove(found)
    for element in tree.iter(etree.Element):
        element.text = (element.text or "").strip()
        element.tail = ""
    etree.cleanup_namespaces(tree)
    return etree.tostring(tree, method="c14n")


def as_expected_of(row, request, answer, reference):
    expected = row["expected_faultcode_or_OK"].rstrip("*")
    if expected != "OK":
        return fault_code(answer) == expected and answer.media_type.startswith("text/xml")
    sent = (reference / "xroad" / "soap-messages" / (row["response_file"] or "getstate.answer")).read_bytes()
    return (
        answer.status == 200
        and without_hash(answer.body) == without_hash(sent)
        and answer.body.count(b" algorithmId=") == 1
    )


def test_every_soap_case_is_answered_as_x_road_does(reference):
    cases = rows(reference / "xroad" / "soap-cases.csv")
    broken = []

    for row in cases:
        request = soap_request(row, reference)
        answer = soap_server(row, reference).answer(request)
        if not as_expected_of(row, request, answer, reference):
            broken.append((row["case"], row["expected_faultcode_or_OK"], answer.status, answer.whole[:300]))

    assert len(cases) == 57
    assert broken == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("getstate-defaultnamespace.query", None),
        ("split-header.query", None),
        ("simple-representedparty.query", None),
        ("inconsistent-headers.query", "client.inconsistent_headers"),
        ("missing-protocolVersion.query", "client.missing_header_field"),
    ],
)
def test_the_messages_without_a_case_of_their_own_are_judged_by_the_text(reference, message, code):
    row = {
        "case": message,
        "request_file": message,
        "request_content_type": "",
        "response_file": "",
        "expected_faultcode_or_OK": "OK",
    }
    row["response_content_type"] = ""
    if message == "simple-representedparty.query":
        row["response_file"] = "simple.answer"

    answer = soap_server(row, reference).answer(soap_request(row, reference))

    assert fault_code(answer) == code


@pytest.mark.parametrize(
    ("code", "spelled"),
    [
        ("server.serverproxy.access_denied", "Server.ServerProxy.AccessDenied"),
        ("server.clientproxy.io_error", "Server.ClientProxy.IOError"),
        ("server.clientproxy.global_conf_outdated", "Server.ClientProxy.OutdatedGlobalConf"),
        ("server.serverproxy.hsm_non_operational", "Server.ServerProxy.HSMNonOperational"),
        ("server.clientproxy.service_failed.missing_body", "Server.ClientProxy.ServiceFailed.MissingBody"),
        ("client.invalid_soap_action", "Client.InvalidSoapAction"),
    ],
)
def test_a_code_has_the_spelling_of_its_version(code, spelled):
    assert Version.UP_TO_7_7.spelled(code) == spelled
    assert Version.FROM_7_8.spelled(code) == code


@pytest.mark.parametrize("file", ["invalid-clientid-member.xml", "invalid-clientid-subsystem.xml"])
def test_a_client_whose_parts_do_not_fit_its_type_is_refused(reference, file):
    client = (reference / "xroad" / "identifiers" / file).read_bytes().partition(b"?>")[2]
    query = (reference / "xroad" / "soap-messages" / "getstate.query").read_bytes()
    start, end = query.index(b"<xroad:client"), query.index(b"</xroad:client>") + len(b"</xroad:client>")
    row = {"case": file, "response_file": "", "response_content_type": "", "expected_faultcode_or_OK": "OK"}
    request = Request(
        method="POST", path="/", headers=(("content-type", XML_TYPE),), body=query[:start] + client + query[end:]
    )

    answer = soap_server(row, reference).answer(request)

    assert fault_code(answer) == "client.invalid_client_identifier"


def test_the_header_of_an_answer_is_valid_by_x_roads_own_schema(reference):
    schema = xmlschema.XMLSchema(str(reference / "vtj" / "xroad.xsd"))
    row = next(row for row in rows(reference / "xroad" / "soap-cases.csv") if row["case"] == "NormalMessage")

    answer = soap_server(row, reference).answer(soap_request(row, reference))

    header = etree.fromstring(answer.body).find(f"{{{soap.ENVELOPE}}}Header")
    assert [child for child in header if not schema.is_valid(child)] == []
    assert len(header) == 7


@pytest.mark.parametrize("name", ["listMethods", "allowedMethods"])
def test_the_metaservice_of_the_reference_lists_a_providers_services(reference, name):
    query = (reference / "xroad" / "metaservice" / f"{name}.query").read_bytes()
    provider = ClientId("EE", "BUSINESS", "producer", "SUB" if name == "listMethods" else None)
    schema = xmlschema.XMLSchema(str(reference / "vtj" / "xroad.xsd"))
    closed = Service(id=ServiceId(provider, "closed"), provider=echo, source="x", clients=frozenset(), soap=True)
    opened = Service(id=ServiceId(provider, "getState", "v1"), provider=echo, source="x", clients=CONSUMERS, soap=True)
    server = SecurityServer([closed, opened])

    answer = server.answer(Request(method="POST", path="/", headers=(("content-type", XML_TYPE),), body=query))

    listed = etree.fromstring(answer.body).find(f".//{{{soap.XROAD}}}{name}Response")
    assert [one.findtext("{*}serviceCode") for one in listed] == (
        ["closed", "getState"] if name == "listMethods" else ["getState"]
    )
    assert all(schema.is_valid(one) for one in listed)


def test_the_rest_metaservice_lists_endpoints_in_the_form_of_the_text():
    request = Request(
        method="GET",
        path="/r1/EE/BUSINESS/producer/sub/listMethods",
        headers=(("x-road-client", "EE/BUSINESS/consumer/sub"),),
    )

    found = json.loads(rest_server("").answer(request).body)["service"]

    assert found[0] == {
        "xroad_instance": "EE",
        "member_class": "BUSINESS",
        "member_code": "producer",
        "subsystem_code": "sub",
        "service_code": "echo",
        "object_type": "SERVICE",
        "service_type": "REST",
        "endpoint_list": [{"method": method, "path": "/**"} for method in ("GET", "POST", "PUT")],
    }


def test_a_metaservice_of_nobody_is_an_unknown_member():
    request = Request(
        method="GET",
        path="/r1/EE/BUSINESS/nobody/sub/listMethods",
        headers=(("x-road-client", "EE/BUSINESS/consumer/sub"),),
    )

    assert rest_server("").answer(request).header("x-road-error") == "server.clientproxy.unknown_member"


@pytest.mark.parametrize(
    ("path", "client", "code"),
    [
        ("/r1/EE/BUSINESS/nobody/sub/echo", "EE/BUSINESS/consumer/sub", "server.clientproxy.unknown_member"),
        ("/r1/EE/BUSINESS/producer/sub/other", "EE/BUSINESS/consumer/sub", "server.serverproxy.unknown_service"),
        ("/r1/EE/BUSINESS/producer/sub/echo", "EE/BUSINESS/stranger/sub", "server.clientproxy.unknown_member"),
        ("/r1/EE/BUSINESS/producer/sub", "EE/BUSINESS/consumer/sub", "client.bad_request"),
        ("/r1/EE/BUSINESS/producer%2Fsub/echo", "EE/BUSINESS/consumer/sub", "client.bad_request"),
        ("/r1/EE/BUSINESS/producer/sub/echo", "EE/BUSINESS", "client.bad_request"),
    ],
)
def test_an_identifier_that_is_not_known_or_not_whole_is_refused(path, client, code):
    request = Request(method="GET", path=path, headers=(("x-road-client", client),))

    answer = rest_server("").answer(request)

    assert answer.header("x-road-error") == code


def test_of_several_clients_the_last_one_counts():
    request = Request(
        method="GET",
        path="/r1/EE/BUSINESS/producer/sub/echo",
        headers=(("x-road-client", "EE/BUSINESS/stranger/sub"), ("x-road-client", "EE/BUSINESS/consumer/sub")),
    )

    answer = rest_server("").answer(request)

    assert answer.header("x-road-client") == "EE/BUSINESS/consumer/sub"


@pytest.mark.parametrize("represented", ["COM/MEMBER3", "MEMBER3"])
def test_a_represented_party_has_one_or_two_parts(represented):
    headers = (("x-road-client", "EE/BUSINESS/consumer/sub"), ("x-road-represented-party", represented))

    answer = rest_server("").answer(Request(method="GET", path="/r1/EE/BUSINESS/producer/sub/echo", headers=headers))

    assert answer.status == 200


def test_a_represented_party_of_three_parts_is_an_error():
    headers = (("x-road-client", "EE/BUSINESS/consumer/sub"), ("x-road-represented-party", "EE/COM/MEMBER3"))

    answer = rest_server("").answer(Request(method="GET", path="/r1/EE/BUSINESS/producer/sub/echo", headers=headers))

    assert answer.header("x-road-error") == "client.bad_request"


def test_a_security_server_is_named_by_four_parts():
    headers = (("x-road-client", "EE/BUSINESS/consumer/sub"), ("x-road-security-server", "EE/BUSINESS/consumer"))

    answer = rest_server("").answer(Request(method="GET", path="/r1/EE/BUSINESS/producer/sub/echo", headers=headers))

    assert answer.header("x-road-error") == "client.bad_request"


def test_a_rest_answer_tells_nothing_of_the_providers_host():
    headers = (("x-road-client", "EE/BUSINESS/consumer/sub"), ("x-road-id", "oma"))

    answer = rest_server("").answer(Request(method="GET", path="/r1/EE/BUSINESS/producer/sub/echo", headers=headers))

    assert answer.header("server") is None
    assert answer.header("x-road-id") == "oma"
    assert answer.header("x-road-request-id")
