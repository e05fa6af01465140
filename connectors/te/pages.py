"""TE, asiakastiedot v1 over the X-Road REST message protocol: every list of one employment area to its last page (DOMAIN.md 4)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec

from connectors.errors import (
    AccessRefused,
    ConnectorError,
    CursorExpired,
    OurBug,
    ProviderBroken,
    StampTooOld,
    Transient,
)
from connectors.json_page import refuse_charset, refuse_media, shaped
from connectors.limits import PAGE_BODY_BYTES, refuse_large_element
from connectors.paging import Walk, batched, instant
from connectors.source import Page, Window, XRoadIds
from connectors.te.wire import LISTS
from connectors.transport import Answer, Call, Transport, retry_after

INTERFACE: Final = "asiakastiedot/v1"
PAGE_RECORDS: Final = 500
CLIENTS_A_CALL: Final = 100
MEDIA: Final = frozenset({"application/json"})
OK: Final = 200

Query = tuple[tuple[str, str], ...]


class _Paging(msgspec.Struct):
    jatko: str | None


class _Listed(msgspec.Struct):
    tiedot: list[msgspec.Raw]
    sivutus: _Paging
    vesileima: Annotated[datetime, msgspec.Meta(tz=True)]


class _Refusal(msgspec.Struct):
    virhekoodi: str = ""
    tunniste: str = ""


@dataclass(frozen=True, slots=True)
class _Got:
    listed: _Listed
    body: bytes
    xroad: XRoadIds


_LISTED: Final = msgspec.json.Decoder(_Listed)
_REFUSAL: Final = msgspec.json.Decoder(_Refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Te:
    """One employment area at the national customer repository; `now` gives the present moment.

    `clients` gives the ids of the jobseekers asked about by name; all of the area where it is None.
    """

    transport: Transport
    area: str
    now: Callable[[], datetime]
    clients: Callable[[], Iterable[str]] | None = None
    page_records: int = PAGE_RECORDS
    interface: str = INTERFACE

    def pull(self, window: Window) -> Iterator[Page]:
        """Yield every page of every list; the deletions come last. Each list has a stamp of its own, the oldest is the batch's."""
        for clients in self._groups():
            for kind in LISTS:
                yield from self._walk(kind, window, clients)

    def _groups(self) -> Iterator[Query]:
        if self.clients is None:
            yield ()
            return
        for ids in batched(self.clients(), CLIENTS_A_CALL):
            yield tuple(("tyonhakijaId", one) for one in ids)

    def _walk(self, kind: str, window: Window, clients: Query) -> Iterator[Page]:
        walk, cursor = Walk(now=self.now), None
        while True:
            got = self.transport.rest(self._call(kind, window, clients, cursor), _read)
            walk.fix(got.listed.vesileima)
            cursor = walk.follow(got.listed.sivutus.jatko)
            yield from _pages(kind, got, walk.repeated(got.listed.tiedot))
            del got  # one page is let go before the next is asked for
            if cursor is None:
                return

    def _call(self, kind: str, window: Window, clients: Query, cursor: str | None) -> Call:
        since = () if window.since is None else (("muuttunutAlkaen", instant(window.since)),)
        following = () if cursor is None else (("jatko", cursor),)
        paging = (("tyollisyysalue", self.area), ("maara", str(self.page_records)))
        return Call(path=kind, query=(*paging, *since, *clients, *following))


def _read(answer: Answer) -> _Got:
    if answer.status != OK:
        raise _refused(answer)
    refuse_media(answer.media_type, MEDIA)
    refuse_charset(answer.body, answer.charset)
    return _Got(shaped(answer.body, _LISTED), answer.body, answer.xroad)


def _refused(answer: Answer) -> ConnectorError:
    """Read the provider's own error by its status and code (DOMAIN.md 4.3); its message may name a person and is not kept."""
    code = _code(answer.body)
    told = f"TE answered {answer.status} {code}".strip() + "."
    match answer.status, code:
        case 400, "JATKO_VANHENTUNUT":
            return CursorExpired(told)
        case 410, _:
            return StampTooOld(told)
        case ((401 | 403), _):
            return AccessRefused(told)
        case ((429 | 500 | 502 | 503 | 504), _):
            return Transient(told, retry_after=retry_after(answer))
        case ((400 | 405 | 406 | 413 | 414 | 415 | 422), _):
            return OurBug(told)
    return ProviderBroken(told)


def _code(body: bytes) -> str:
    try:
        code = _REFUSAL.decode(body).virhekoodi
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return code if code.isascii() and code.replace("_", "").isupper() else ""


def _pages(kind: str, got: _Got, repeated: frozenset[int]) -> Iterator[Page]:
    """Yield the page as landed: as it came, without what it repeats, in pieces where it is larger than a part."""
    elements = got.listed.tiedot
    if not repeated and len(got.body) <= PAGE_BODY_BYTES:
        yield _page(kind, got, got.body, len(elements))
        return
    for piece in _pieces(element for place, element in enumerate(elements) if place not in repeated):
        yield _page(kind, got, b'{"tiedot":[' + b",".join(piece) + b"]}", len(piece))


def _page(kind: str, got: _Got, body: bytes, records: int) -> Page:
    return Page(kind=kind, body=body if records else b"", stamp=got.listed.vesileima, xroad=got.xroad, records=records)


def _pieces(elements: Iterable[msgspec.Raw]) -> Iterator[list[bytes]]:
    piece: list[bytes] = []
    size = 0
    for element in map(bytes, elements):
        refuse_large_element(len(element))
        if size + len(element) > PAGE_BODY_BYTES // 2:
            yield piece
            piece, size = [], 0
        piece.append(element)
        size += len(element) + 1
    yield piece
