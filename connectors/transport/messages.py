"""What goes to the security server and what comes back, with X-Road's headers built and checked by meaning (DOMAIN.md 3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Final
from urllib.parse import quote, unquote_plus, urlencode

from connectors.errors import OurBug, ProviderBroken
from connectors.scrub import holds_hetu
from connectors.source import XRoadIds
from connectors.transport.identifiers import ClientId, InvalidXRoadId, Party, ServiceId

NO_HEADERS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Who asks, and on what account; `user` and `issue` stand in X-Road's message logs, so neither is ever a HETU."""

    client: ClientId
    user: str
    issue: str
    represented: Party | None = None

    def headers(self, call_id: str) -> dict[str, str]:
        """Give the X-Road headers of a REST request; `call_id` stays the same over retries."""
        named = {
            "X-Road-Client": str(self.client),
            "X-Road-Id": call_id,
            "X-Road-UserId": quote(self.user, safe=""),
            "X-Road-Issue": quote(self.issue, safe=""),
        }
        return named if self.represented is None else named | {"X-Road-Represented-Party": str(self.represented)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One REST request below its service: `path` and `query` unencoded; `form` or `document` instead of a query when it names persons."""

    path: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    document: bytes | None = field(default=None, repr=False)
    accept: str = "application/json"

    def target(self, service: ServiceId) -> str:
        """Give path and query at the security server. Raises OurBug when a HETU would stand in them."""
        path = "/".join(quote(part, safe="$") for part in self.path.split("/"))
        target = f"/r1/{service}/{path}" + (f"?{urlencode(self.query)}" if self.query else "")
        if holds_hetu(unquote_plus(target)):
            raise OurBug("A request was stopped: a personal identity code would have stood in its address.")
        return target

    @property
    def body(self) -> bytes | None:
        """Give the form, or the JSON document, as the request's body."""
        return self.document if self.form is None else urlencode(self.form).encode()

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers that are not X-Road's."""
        if self.body is None:
            return {"Accept": self.accept}
        told = "application/json" if self.form is None else "application/x-www-form-urlencoded"
        return {"Accept": self.accept, "Content-Type": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, whole; header names in lower case, `charset` as declared or None."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    xroad: XRoadIds

    @property
    def media_type(self) -> str:
        """Give the media type in lower case, without parameters; empty when there is none."""
        return _content_type(self.headers).get_content_type() if "content-type" in self.headers else ""

    @property
    def charset(self) -> str | None:
        """Give the charset the header declares, in lower case."""
        found = _content_type(self.headers).get_param("charset")
        return found.strip().casefold() if isinstance(found, str) else None

    def parameter(self, name: str) -> str | None:
        """Give another parameter of the content type, such as a multipart message's boundary."""
        found = _content_type(self.headers).get_param(name)
        return found if isinstance(found, str) else None


def _content_type(headers: Mapping[str, str]) -> Message:
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    return message


def evidence(headers: Mapping[str, str], *, asked: str, consumer: Consumer, service: ServiceId) -> XRoadIds:
    """Check that an answer over REST is the answer to our request: client, service and id echoed, compared by meaning.

    Raises ProviderBroken: what is not addressed to us may hold another's data.
    """
    try:
        client = ClientId.parse(headers.get("x-road-client", ""))
        served = ServiceId.parse(headers.get("x-road-service", ""))
    except InvalidXRoadId:
        raise ProviderBroken(
            "The answer does not say whose it is: X-Road-Client or X-Road-Service is missing."
        ) from None
    if client != consumer.client or not served.is_same(service) or headers.get("x-road-id") != asked:
        raise ProviderBroken("The answer belongs to another request: client, service and id are not all ours.")
    return XRoadIds(
        id=asked,
        service=str(served),
        request_id=headers.get("x-road-request-id"),
        request_hash=joined(headers.get("x-road-request-hash")),
    )


def joined(request_hash: str | None) -> str | None:
    """Take out the line breaks that a request hash may hold in SOAP (DOMAIN.md 3.1)."""
    return None if request_hash is None else "".join(request_hash.split())
