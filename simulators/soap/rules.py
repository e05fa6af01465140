"""What the security server checks of a SOAP request and of a service's answer to it (PR-MESS 2; soap-cases.csv)."""

import re
from dataclasses import replace
from email.message import Message as MimeHeader

from simulators import soap
from simulators.wire import Answer, Request
from simulators.xroad import ClientId, ServiceId, XRoadError

MANDATORY = ("client", "service", "id", "protocolVersion")
SINGLE = (*MANDATORY, "userId", "issue", "requestHash")
FAILED = "server.serverproxy.service_failed"


def accepted(request: Request) -> soap.Message:
    """Give the consumer's message; raises the error of the first rule it breaks, in the order a real server finds them."""
    if request.method != "POST":
        raise XRoadError("client.invalid_http_method", f"Must use POST request method instead of {request.method}")
    content_type = _content_type(request.header("content-type"), "client")
    _check_soap_action(request.header("soapaction"))
    raw = _soap_part(request.body, content_type)
    if not raw.strip():
        raise XRoadError("client.missing_soap", "Request does not contain a SOAP message")
    message = _read(raw, content_type, "client")
    _check_structure(message, "client")
    _check_header(message)
    return message


def service(message: soap.Message) -> ServiceId:
    """Give the service asked for; the body's root must be named after it (PR-MESS 2.3)."""
    try:
        found = soap.service_of(message)
    except ValueError as error:
        raise XRoadError("client.missing_header_field", "Malformed SOAP message: service incomplete") from error
    if message.operations[0].local != found.code:
        raise XRoadError(
            "client.inconsistent_headers", "Malformed SOAP message: service code does not match in header and body"
        )
    return found


def client(message: soap.Message) -> ClientId:
    """Give who asks."""
    try:
        return soap.client_of(message)
    except ValueError as error:
        raise XRoadError(
            "client.invalid_client_identifier", "Malformed SOAP message: client's parts do not fit its type"
        ) from error


def passed_back(request: soap.Message, answer: Answer) -> Answer:
    """Check the service's answer and give it the request's hash; a Fault of the service's own goes through unchanged."""
    body = answer.whole
    if answer.cut_after is not None:
        raise XRoadError(f"{FAILED}.invalid_content_type", "Could not get content type from response")
    if answer.status != 200 and b"Fault>" not in body[-400:]:  # noqa: PLR2004 - OK; a Fault ends the message
        raise XRoadError(f"{FAILED}.http_error", f"Server responded with error {answer.status}")
    content_type = _content_type(answer.media_type, FAILED)
    message = _read(body, content_type, FAILED, head_only=True)
    if message.is_fault:
        return answer
    _check_structure(message, FAILED)
    if any(request.value(name) != message.value(name) for name in ("id", "client/memberCode", "service/serviceCode")):
        raise XRoadError(f"{FAILED}.inconsistent_response", "Response from server is not consistent with request")
    return replace(answer, headers=(), body=soap.with_request_hash(message, request.raw))


def _content_type(value: str | None, root: str) -> MimeHeader:
    header = MimeHeader()
    header["content-type"] = value or ""
    if header.get_content_type() not in {"text/xml", "multipart/related"} or "/" not in (value or ""):
        raise XRoadError(f"{root}.invalid_content_type", "Invalid content type")
    return header


def _check_soap_action(value: str | None) -> None:
    if value and not (len(value) > 1 and value[0] == value[-1] == '"' and '"' not in value[1:-1]):
        raise XRoadError("client.invalid_soap_action", "Malformed SOAPAction header")


def _soap_part(body: bytes, content_type: MimeHeader) -> bytes:
    """Give the message itself: of a multipart message the first part (PR-MESS 2.4)."""
    if content_type.get_content_maintype() != "multipart":
        return body
    boundary = f"--{content_type.get_boundary('')}".encode()
    pieces = body.split(boundary)
    if len(pieces) < 3:  # noqa: PLR2004 - before, the message, the rest
        raise XRoadError("client.invalid_content_type", "Message has no parts by its boundary")
    return re.split(rb"\r?\n\r?\n", pieces[1].lstrip(), maxsplit=1)[-1]


def _read(raw: bytes, content_type: MimeHeader, root: str, *, head_only: bool = False) -> soap.Message:
    charset = content_type.get_content_charset() or "utf-8"
    try:
        return soap.read(raw, encoding=charset, head_only=head_only)
    except soap.NotSoap as error:
        raise XRoadError(f"{root}.invalid_soap", str(error)) from error


def _check_structure(message: soap.Message, root: str) -> None:
    if message.is_fault:
        code = next(iter(message.texts("Fault/faultcode")), "")
        raise XRoadError(f"{root}.{code.lower()}", "Message is a Fault")
    if not message.has_header:
        raise XRoadError(f"{root}.missing_header", "Malformed SOAP message: header missing")
    if not message.has_body:
        raise XRoadError(f"{root}.missing_body", "Malformed SOAP message: body missing")
    if len(message.operations) != 1:
        raise XRoadError(f"{root}.invalid_body", "Malformed SOAP message: body must have exactly one child element")


def _check_header(message: soap.Message) -> None:
    for name in SINGLE:
        if message.count(name) > 1:
            raise XRoadError("client.duplicate_header_field", f"SOAP header contains duplicate field '{name}'")
    for name in MANDATORY:
        if not message.count(name):
            raise XRoadError("client.missing_header_field", f"Required field '{name}' is missing")
    if not (message.value("protocolVersion") or "").startswith("4."):
        raise XRoadError("client.invalid_protocol_version", "Invalid protocol version: 4.0 is expected")
