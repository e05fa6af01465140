"""One stand-in for the consumer's security server: checks what a real one checks, answers errors in X-Road's own form, and dispatches.

REST by PR-REST 1.0.4 under ``/r1/``, SOAP by PR-MESS 4.0 by POST; behind both, provider and access rights as configured.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import replace

from simulators import metaservices, soap
from simulators.faults import Faults
from simulators.registry import Registry, Service
from simulators.soap import rules
from simulators.wire import Answer, Asked, Request, Unreachable
from simulators.xroad import (
    REPRESENTED_PARTS,
    SECURITY_SERVER_PARTS,
    ClientId,
    ServiceId,
    Version,
    XRoadError,
    new_id,
    parts,
    rest_error,
)

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
LONGEST_TARGET = 8_000
REST_PREFIX = "/r1/"
SERVICE_ID_PARTS = 5
DIGITS = frozenset("0123456789")
VERSIONS = frozenset({"v1", "v2"})
NEVER_PASSED = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
    | {"host", "user-agent", "server", "content-length"}
    | {"x-road-client", "x-road-service", "x-road-id", "x-road-request-id", "x-road-request-hash", "x-road-error"}
)


class SecurityServer:
    """Answers one request at a time, in process; ``simulators.app`` puts it on a socket."""

    def __init__(
        self,
        services: Iterable[Service],
        *,
        version: Version = Version.FROM_7_8,
        faults: Faults | None = None,
        asked: Asked | None = None,
    ) -> None:
        self.version = version
        self.asked = asked or Asked()
        self.registry = Registry(services)
        self._faults = faults or Faults()

    def answer(self, request: Request) -> Answer:
        """Answer a request as the consumer would see it; never raises."""
        return self._rest(request) if request.path.startswith("/r") else self._soap(request)

    def _rest(self, request: Request) -> Answer:
        try:
            client, service_id, path = _rest_call(request)
            if service_id.code in metaservices.NAMES:
                return Answer(body=metaservices.as_json(self.registry.offered(service_id, client, soap=False)))
            service = self.registry.called(service_id, client, request.method, soap=False)
            self.asked.count(service.source, _kind(path))
            return self._rest_exchange(request, client, service, path)
        except XRoadError as error:
            return rest_error(error, accept=request.every("accept"), version=self.version)

    def _rest_exchange(self, request: Request, client: ClientId, service: Service, path: str) -> Answer:
        instead = self._faults.before(service.source, path, service.refuse)
        answer = instead or _reached(service, replace(request, path=path))
        request_id = new_id()
        passed = tuple(pair for pair in answer.headers if pair[0] not in NEVER_PASSED)
        evidence = (
            ("x-road-client", str(client)),
            ("x-road-service", str(service.id)),
            ("x-road-id", request.header("x-road-id") or new_id()),
            ("x-road-request-id", request_id),
            ("x-road-request-hash", _rest_hash(request, request_id)),
        )
        return self._faults.after(service.source, path, replace(answer, headers=passed + evidence))

    def _soap(self, request: Request) -> Answer:
        try:
            message = rules.accepted(request)
            service_id, client = rules.service(message), rules.client(message)
            if service_id.code in metaservices.NAMES:
                return self._soap_methods(message, service_id, client)
            service = self.registry.called(service_id, client, "POST", soap=True)
            self.asked.count(service.source, service.id.code)
            return self._soap_exchange(request, message, service)
        except XRoadError as error:
            return soap.fault(error, self.version)

    def _soap_exchange(self, request: Request, message: soap.Message, service: Service) -> Answer:
        instead = self._faults.before(service.source, service.id.code, service.refuse)
        answer = rules.passed_back(message, instead or _reached(service, request))
        return self._faults.after(service.source, service.id.code, answer)

    def _soap_methods(self, message: soap.Message, service_id: ServiceId, client: ClientId) -> Answer:
        body = metaservices.as_xml(service_id.code, self.registry.offered(service_id, client, soap=True))
        answer = Answer(media_type=soap.MEDIA_TYPE, body=soap.answered(message, body))
        return rules.passed_back(message, answer)


def _rest_call(request: Request) -> tuple[ClientId, ServiceId, str]:
    """Read who calls which service at which path; the version of the protocol and the method must be known."""
    if request.method not in METHODS or not request.path.startswith(REST_PREFIX) or len(request.path) > LONGEST_TARGET:
        raise _bad_request()
    try:
        service_id, path = _service_and_path(request.path)
        client = ClientId.parse(request.header("x-road-client") or "")
        _check_optional_headers(request)
    except ValueError as error:
        raise _bad_request() from error
    return client, service_id, path


def _bad_request() -> XRoadError:
    return XRoadError(
        "client.bad_request",
        "Error parsing the client's REST request: it does not conform to the X-Road Message Protocol for REST.",
    )


def _service_and_path(path: str) -> tuple[ServiceId, str]:
    pieces = path.removeprefix(REST_PREFIX).split("/", SERVICE_ID_PARTS)
    below = f"/{pieces[SERVICE_ID_PARTS]}" if len(pieces) > SERVICE_ID_PARTS else ""
    return ServiceId.parse("/".join(pieces[:SERVICE_ID_PARTS])), below


def _kind(path: str) -> str:
    """Name a kind of request by its path, without the ids in it."""
    pieces = (piece if piece in VERSIONS or not DIGITS & set(piece) else "{id}" for piece in path.split("/"))
    return "/".join(pieces).strip("/") or "/"


def _check_optional_headers(request: Request) -> None:
    represented = request.header("x-road-represented-party")
    if represented is not None and len(parts(represented)) not in REPRESENTED_PARTS:
        raise ValueError("The represented party has one or two parts.")
    server = request.header("x-road-security-server")
    if server is not None and len(parts(server)) != SECURITY_SERVER_PARTS:
        raise ValueError("The security server has four parts.")


def _reached(service: Service, request: Request) -> Answer:
    try:
        return service.provider(request)
    except Unreachable as error:
        raise XRoadError("server.serverproxy.service_failed.unknown_host", "Service is not reachable") from error


def _rest_hash(request: Request, request_id: str) -> str:
    """base64(SHA512(SHA512(headers) + SHA512(body))), without a body base64(SHA512(headers)); the headers hold the attempt's own id."""
    lines = [request.method, f"{request.path}?{request.query}", *(f"{name}:{value}" for name, value in request.headers)]
    headers = _sha512("\r\n".join([*lines, f"x-road-request-id:{request_id}"]).encode())
    digest = _sha512(headers + _sha512(request.body)) if request.body else headers
    return base64.b64encode(digest).decode()


def _sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()
