"""Writing answers: the request's own header copied, its hash put in, and X-Road's Faults."""

import base64
import hashlib
import re
from xml.sax.saxutils import escape

from simulators.soap.message import ENVELOPE, XROAD, Message
from simulators.wire import Answer
from simulators.xroad import Version, XRoadError

SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
MEDIA_TYPE = "text/xml;charset=utf-8"


def answered(request: Message, body: bytes) -> bytes:
    """Wrap `body` into an answer whose header is the request's own, byte for byte: same fields, order and values (PR-MESS 2.2)."""
    opening = request.raw[: request.body_start]
    prefix = _prefix(request.raw[request.body_start :])
    return b"%s<%sBody>%s</%sBody></%sEnvelope>" % (opening, prefix, body, prefix, prefix)


def _prefix(body: bytes) -> bytes:
    return re.match(rb"<((?:[^\s:>/]+:)?)Body", body)[1]  # type: ignore[index]  # expat has just read this tag


def with_request_hash(answer: Message, request: bytes) -> bytes:
    """Put the hash of the request's bytes into the answer's header; one set by the service is replaced (PR-MESS 2.2)."""
    digest = base64.b64encode(hashlib.sha512(request).digest())
    element = b'<r:requestHash xmlns:r="%s" algorithmId="%s">\n%s\n</r:requestHash>' % (
        XROAD.encode(),
        SHA512.encode(),
        digest,
    )
    start, end = answer.hash_span or (answer.header_end, answer.header_end)
    return answer.raw[:start] + element + answer.raw[end:]


def fault(error: XRoadError, version: Version) -> Answer:
    """Write an error as the security server does for SOAP: a Fault without header (PR-MESS 2.5)."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENVELOPE}"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>{escape(version.spelled(error.code))}</faultcode><faultstring>{escape(error.message)}</faultstring>"
        f'<detail><faultDetail xmlns="">{error.detail}</faultDetail></detail>'
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    return Answer(status=500, media_type=MEDIA_TYPE, body=body.encode())
