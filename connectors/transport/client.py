"""The one door to HTTP: requests through our own security server, with limits, retries and no redirects."""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from io import BytesIO
from typing import Final, TypeVar

import httpx

from connectors.errors import PageRefused, ProviderBroken, Transient
from connectors.limits import EXPANSION, EXPANSION_FROM_BYTES, PAGE_BYTES
from connectors.source import XRoadIds
from connectors.transport import faults
from connectors.transport.identifiers import ServiceId
from connectors.transport.messages import Answer, Call, Consumer, evidence
from connectors.transport.patience import Patience

PAGE_S: Final = 600.0
TIMEOUT: Final = httpx.Timeout(30.0, connect=20.0)
SOAP_MEDIA_TYPE: Final = "text/xml; charset=utf-8"
_ENCODINGS: Final = frozenset({"", "identity", "gzip", "deflate"})
_T = TypeVar("_T")

Http = httpx.Client


def open_http() -> Http:
    """Open a client that follows no redirect, takes no proxy from its surroundings and accepts gzip alone."""
    return Http(
        verify=_trusted(),
        follow_redirects=False,
        trust_env=False,
        timeout=TIMEOUT,
        headers={"Accept-Encoding": "gzip"},
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Read the certificates that we trust, once in a process: it takes 20 ms, longer than most answers."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """A way to one service: who asks, through which security server, with the patience of one batch.

    `new_id` makes the X-Road-Id of a call; a call and its retries share one. `monotonic` gives seconds.
    """

    http: Http
    security_server: str
    consumer: Consumer
    service: ServiceId
    new_id: Callable[[], str]
    patience: Patience = field(default_factory=Patience)
    monotonic: Callable[[], float] = time.monotonic

    def rest(self, call: Call, read: Callable[[Answer], _T]) -> _T:
        """Send a REST request until `read` can make something of the answer; `read` raises Transient to be asked again."""
        call_id = self.new_id()
        return self._patiently(lambda: read(self._rest_once(call, call_id)))

    def soap(self, envelope: Callable[[str], bytes], read: Callable[[Answer], _T]) -> _T:
        """Send a SOAP message, made of the call's id, until `read` can make something of the answer; a Fault's status means nothing."""
        call_id = self.new_id()
        message = envelope(call_id)
        return self._patiently(lambda: read(self._soap_once(message, call_id)))

    def _patiently(self, once: Callable[[], _T]) -> _T:
        attempt = 0
        while True:
            try:
                return once()
            except Transient as error:
                self.patience.wait(attempt, error)
            attempt += 1

    def _rest_once(self, call: Call, call_id: str) -> Answer:
        with _translated(), self._opened(self._request(call, call_id)) as response:
            ids = self._refuse_errors(response, call_id)
            return self._whole(response, ids)

    def _soap_once(self, message: bytes, call_id: str) -> Answer:
        headers = {"Content-Type": SOAP_MEDIA_TYPE, "SOAPAction": '""'}
        request = self.http.build_request("POST", f"{self.security_server}/", content=message, headers=headers)
        with _translated(), self._opened(request) as response:
            return self._whole(response, XRoadIds(id=call_id, service=str(self.service)))

    def _request(self, call: Call, call_id: str) -> httpx.Request:
        headers = call.headers | self.consumer.headers(call_id)
        url = self.security_server + call.target(self.service)
        return self.http.build_request(call.method, url, content=call.body, headers=headers)

    @contextmanager
    def _opened(self, request: httpx.Request) -> Iterator[httpx.Response]:
        response = self.http.send(request, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            response.close()

    def _refuse_errors(self, response: httpx.Response, call_id: str) -> XRoadIds:
        """Decide on X-Road's own header, never on the status; then see that the answer is ours."""
        code = response.headers.get("x-road-error")
        if code is not None:
            raise faults.error(code, faults.message_of(b"".join(self._chunks(response))))
        if response.is_server_error and "x-road-id" not in response.headers:
            raise Transient(
                f"The security server's front answered {response.status_code}.", retry_after=_retry_after(response)
            )
        if response.is_redirect:
            raise ProviderBroken("The provider sent us elsewhere; redirects are never followed.")
        return evidence(response.headers, asked=call_id, consumer=self.consumer, service=self.service)

    def _whole(self, response: httpx.Response, ids: XRoadIds) -> Answer:
        """Read the body into a buffer that becomes the answer without a second copy."""
        body = BytesIO()
        for chunk in self._chunks(response):
            body.write(chunk)
            if body.tell() > PAGE_BYTES:
                raise PageRefused("The page is larger than 64 MiB.")
        return Answer(status=response.status_code, body=body.getvalue(), headers=dict(response.headers), xroad=ids)

    def _chunks(self, response: httpx.Response) -> Iterator[bytes]:
        """Yield the body decoded, watching its encoding, its expansion, its length and the time it takes."""
        if response.headers.get("content-encoding", "").casefold() not in _ENCODINGS:
            raise PageRefused("The answer is packed in a way we did not ask for.")
        until, size = self.monotonic() + PAGE_S, 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            self.patience.take(len(chunk))
            _refuse_expansion(size, response.num_bytes_downloaded)
            if self.monotonic() > until:
                raise Transient("The answer trickled in for ten minutes.")
            yield chunk
        _refuse_half(response)


def retry_after(answer: Answer) -> float | None:
    """Give the seconds that an answer asks us to wait."""
    return _seconds(answer.headers.get("retry-after"), answer.headers.get("date"))


def _retry_after(response: httpx.Response) -> float | None:
    return _seconds(response.headers.get("retry-after"), response.headers.get("date"))


def _seconds(asked: str | None, sent: str | None) -> float | None:
    """Read Retry-After in either form of RFC 9110 10.2.3; a date counts from the answer's own Date. None when it says nothing."""
    if asked is None:
        return None
    if asked.strip().isdecimal():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(sent or "")).total_seconds())
    except (ValueError, TypeError):
        return None


def _refuse_expansion(size: int, received: int) -> None:
    if size > EXPANSION_FROM_BYTES and size > EXPANSION * received:
        raise PageRefused("The answer grows more than a hundredfold when unpacked.")


def _refuse_half(response: httpx.Response) -> None:
    """Notice an answer shorter than announced, where the connection itself did not."""
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and response.num_bytes_downloaded < int(announced):
        raise Transient("The answer broke off half way.")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the library raises into our sentences; its own may hold an address or a body."""
    try:
        yield
    except httpx.TimeoutException:
        raise Transient("The source did not answer in time.") from None
    except (httpx.TransportError, httpx.StreamError):
        raise Transient("The connection to the source broke.") from None
    except httpx.DecodingError:
        raise Transient("The answer could not be unpacked.") from None
