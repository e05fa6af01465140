"""SOAP 1.1 with X-Road headers v4.0: written for a request, read by meaning from an answer (DOMAIN.md 3.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from connectors import xml
from connectors.errors import ConnectorError, ProviderBroken, Transient
from connectors.scrub import scrubbed
from connectors.source import XRoadIds
from connectors.transport import (
    Answer,
    ClientId,
    Consumer,
    Party,
    ServiceId,
    joined,
    xroad_error,
)

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD: Final = "http://x-road.eu/xsd/xroad.xsd"
IDENTIFIERS: Final = "http://x-road.eu/xsd/identifiers"
REPRESENTATION: Final = "http://x-road.eu/xsd/representation.xsd"
PROTOCOL: Final = "4.0"
MEDIA: Final = frozenset({"text/xml", "application/xop+xml"})
_CLIENT_PARTS: Final = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A Fault as read: the code's namespace where its prefix has one, the code itself, and a scrubbed message."""

    namespace: str | None
    code: str
    message: str


FaultReader = Callable[[Fault], ConnectorError | None]


def envelope(consumer: Consumer, service: ServiceId, call_id: str, body: str) -> bytes:
    """Write a request; `body` is the wrapped element, already XML."""
    party = "" if consumer.represented is None else _party(consumer.represented)
    return (
        f'<s:Envelope xmlns:s="{ENVELOPE}" xmlns:x="{XROAD}" xmlns:id="{IDENTIFIERS}"><s:Header>'
        f"{_client(consumer.client)}{_service(service)}{party}<x:id>{escape(call_id)}</x:id>"
        f"<x:userId>{escape(consumer.user)}</x:userId><x:issue>{escape(consumer.issue)}</x:issue>"
        f"<x:protocolVersion>{PROTOCOL}</x:protocolVersion></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _client(client: ClientId) -> str:
    kind = "MEMBER" if client.subsystem is None else "SUBSYSTEM"
    return f'<x:client id:objectType="{kind}">{_parts(client)}</x:client>'


def _service(service: ServiceId) -> str:
    version = "" if service.version is None else f"<id:serviceVersion>{escape(service.version)}</id:serviceVersion>"
    code = f"<id:serviceCode>{escape(service.code)}</id:serviceCode>"
    return f'<x:service id:objectType="SERVICE">{_parts(service.provider)}{code}{version}</x:service>'


def _parts(client: ClientId) -> str:
    values = (client.instance, client.member_class, client.member_code, client.subsystem)
    named = zip(_CLIENT_PARTS, values, strict=True)
    return "".join(f"<id:{name}>{escape(value)}</id:{name}>" for name, value in named if value is not None)


def _party(party: Party) -> str:
    member_class = "" if party.member_class is None else f"<r:partyClass>{escape(party.member_class)}</r:partyClass>"
    code = f"<r:partyCode>{escape(party.code)}</r:partyCode>"
    return f'<r:representedParty xmlns:r="{REPRESENTATION}">{member_class}{code}</r:representedParty>'


def message(answer: Answer) -> bytes:
    """Give the SOAP message of an answer as UTF-8: the body, or the first part of a multipart one.

    Raises Transient for a server error that is no SOAP, ProviderBroken for another content type, PageRefused for a wrong charset.
    """
    part = answer
    if answer.media_type == "multipart/related":
        part = _first_part(answer)
    if part.media_type not in MEDIA:
        if answer.status >= _SERVER_ERROR:
            raise Transient(f"The security server's front answered {answer.status}.")
        raise ProviderBroken("The answer is of another content type than SOAP.")
    return xml.utf8(part.body, part.charset)


def _first_part(answer: Answer) -> Answer:
    boundary = answer.parameter("boundary")
    pieces = answer.body.split(b"--" + boundary.encode("latin-1")) if boundary else []
    head, blank, body = (pieces[1] if len(pieces) > 1 else b"").replace(b"\r\n", b"\n").partition(b"\n\n")
    if not blank:
        raise ProviderBroken("The answer names several parts, but its first cannot be found.")
    headers = dict(_header(line) for line in head.decode("latin-1").splitlines() if ":" in line)
    return Answer(status=answer.status, body=body, headers=headers, xroad=answer.xroad)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().casefold(), value.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A SOAP answer that is ours: the evidence of its header and the one element of its body."""

    xroad: XRoadIds
    content: xml.Element


def read(root: xml.Element, *, call_id: str, consumer: Consumer, service: ServiceId, fault: FaultReader) -> Message:
    """Read an answer's envelope: errors first, for a Fault may have no header; then client, service and id must be ours.

    `fault` says what a code of the provider's own contract means, or None. Raises what the Fault means, or ProviderBroken.
    """
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise ProviderBroken("The answer is no SOAP envelope.")
    content = _content(root)
    _raise_fault(content, fault)
    return Message(xroad=_evidence(root, call_id=call_id, consumer=consumer, service=service), content=content)


def _content(root: xml.Element) -> xml.Element:
    bodies = root.findall(f"{{{ENVELOPE}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise ProviderBroken("The answer's body does not hold exactly one element.")
    return bodies[0][0]


def _raise_fault(content: xml.Element, reader: FaultReader) -> None:
    found = _fault(content)
    if found is None:
        return
    raise reader(found) or xroad_error(found.code, found.message)


def _fault(content: xml.Element) -> Fault | None:
    """Find an error in any of its three places: a Fault of X-Road or of the provider, or a code inside a normal answer."""
    if content.tag == f"{{{ENVELOPE}}}Fault":
        code = content.find("faultcode")
        if code is None:
            raise ProviderBroken("The provider sent a Fault without a code.")
        return _named(code, content.findtext("faultstring") or "")
    inside = next((child for child in content.iter() if xml.local(child) in {"faultCode", "fault"}), None)
    return None if inside is None else _named(inside, "")


def _named(code: xml.Element, told: str) -> Fault:
    """Resolve the prefix of a code, which is a qualified name; X-Road's own codes have none."""
    leaf = next((child for child in code.iter() if xml.local(child).casefold() == "faultcode"), code)
    prefix, colon, name = xml.text(leaf).strip().rpartition(":")
    return Fault(namespace=leaf.nsmap.get(prefix) if colon else None, code=name, message=scrubbed(told))


def _evidence(root: xml.Element, *, call_id: str, consumer: Consumer, service: ServiceId) -> XRoadIds:
    header = root.find(f"{{{ENVELOPE}}}Header")
    if header is None:
        raise ProviderBroken("The answer has no header: it does not say whose it is.")
    client, served = _only(header, "client"), _only(header, "service")
    ours = client_id(client) == consumer.client and service_id(served) == service
    if not ours or xml.text(_only(header, "id")).strip() != call_id:
        raise ProviderBroken("The answer belongs to another request: client, service and id are not all ours.")
    request_hash = header.findtext(f"{{{XROAD}}}requestHash")
    return XRoadIds(id=call_id, service=str(service), request_hash=joined(request_hash))


def _only(header: xml.Element, name: str) -> xml.Element:
    found = header.findall(f"{{{XROAD}}}{name}")
    if len(found) != 1:
        raise ProviderBroken(f"The answer's header has {len(found)} elements {name}, not one.")
    return found[0]


def client_id(element: xml.Element) -> ClientId:
    """Read a client identifier; its objectType and its parts must agree. Raises ProviderBroken."""
    kind = element.get(f"{{{IDENTIFIERS}}}objectType")
    parts = _texts(element)
    expected = _CLIENT_PARTS[:3] if kind == "MEMBER" else _CLIENT_PARTS
    if kind not in {"MEMBER", "SUBSYSTEM"} or set(parts) != set(expected):
        raise ProviderBroken("The answer's client identifier does not hold together.")
    return _member(parts)


def service_id(element: xml.Element) -> ServiceId:
    """Read a service identifier, with or without subsystem and version. Raises ProviderBroken."""
    parts = _texts(element)
    needed = {*_CLIENT_PARTS[:3], "serviceCode"}
    if element.get(f"{{{IDENTIFIERS}}}objectType") != "SERVICE" or not needed <= set(parts):
        raise ProviderBroken("The answer's service identifier does not hold together.")
    return ServiceId(_member(parts), parts["serviceCode"], parts.get("serviceVersion"))


def _member(parts: dict[str, str]) -> ClientId:
    return ClientId(parts["xRoadInstance"], parts["memberClass"], parts["memberCode"], parts.get("subsystemCode"))


def _texts(element: xml.Element) -> dict[str, str]:
    return {xml.local(child): xml.text(child).strip() for child in element}
