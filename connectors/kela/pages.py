"""Kela, etuustiedot v1 over X-Road SOAP v4: HaeEtuudet for one employment area to its last page (DOMAIN.md 5)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from connectors import soap, xml
from connectors.errors import (
    AccessRefused,
    ConnectorError,
    OurBug,
    PageRefused,
    SourceChanged,
    StampTooOld,
    Transient,
)
from connectors.kela.cut import Cut, count, cut
from connectors.kela.wire import NAMESPACE, RESPONSE, qualified
from connectors.limits import PAGE_BODY_BYTES, refuse_long_values
from connectors.paging import Walk, batched, instant
from connectors.source import Page, Window, XRoadIds
from connectors.transport import Answer, Transport, retry_after
from schemas.identifiers import Hetu
from schemas.vocabulary import Purpose

INTERFACE: Final = "etuustiedot/HaeEtuudet/v1"
KIND: Final = "HaeEtuudet"
PAGE_PERSONS: Final = 500
PEOPLE_A_CALL: Final = 500
_FAULTS: Final[dict[str, type[ConnectorError]]] = {
    "VirheellinenPyynto": OurBug,
    "LiianSuuriEra": OurBug,
    "EiOikeutta": AccessRefused,
    "VesileimaLiianVanha": StampTooOld,
    "Huolto": Transient,
    "SisainenVirhe": Transient,
}


@dataclass(frozen=True, slots=True)
class _Got:
    cut: Cut
    stamp: datetime
    cursor: str | None
    xroad: XRoadIds


@dataclass(frozen=True, slots=True, kw_only=True)
class Kela:
    """The benefits of one employment area's jobseekers, asked for one purpose; `now` gives the present moment.

    `people` gives those asked about by name; all with an open job search in the area where it is None.
    """

    transport: Transport
    area: str
    now: Callable[[], datetime]
    people: Callable[[], Iterable[Hetu]] | None = None
    purpose: Purpose = Purpose.TYM
    page_persons: int = PAGE_PERSONS
    interface: str = INTERFACE

    def pull(self, window: Window) -> Iterator[Page]:
        """Yield every page of the answer."""
        named = [()] if self.people is None else batched(self.people(), PEOPLE_A_CALL)
        for people in named:
            yield from self._walk(window, people)

    def _walk(self, window: Window, people: Sequence[Hetu]) -> Iterator[Page]:
        walk, cursor = Walk(now=self.now), None
        while True:
            got = self._page(self._query(window, people, cursor))
            walk.fix(got.stamp)
            cursor = walk.follow(got.cursor)
            yield from _pages(got, got.cut.without(walk.repeated(got.cut.each())))
            del got  # one page is let go before the next is asked for
            if cursor is None:
                return

    def _page(self, query: str) -> _Got:
        def envelope(call_id: str) -> bytes:
            return soap.envelope(self.transport.consumer, self.transport.service, call_id, query)

        return self.transport.soap(envelope, self._read)

    def _query(self, window: Window, people: Sequence[Hetu], cursor: str | None) -> str:
        since = "" if window.since is None else f"<muuttunutAlkaen>{instant(window.since)}</muuttunutAlkaen>"
        named = "".join(f"<henkilotunnus>{escape(hetu.reveal())}</henkilotunnus>" for hetu in people)
        following = "" if cursor is None else f"<jatko>{escape(cursor)}</jatko>"
        return (
            f'<HaeEtuudet xmlns="{NAMESPACE}"><kysely><tyollisyysalue>{escape(self.area)}</tyollisyysalue>'
            f"<tarkoitus>{self.purpose}</tarkoitus>{since}{f'<henkilot>{named}</henkilot>' if named else ''}"
            f"<sivu><koko>{self.page_persons}</koko>{following}</sivu></kysely></HaeEtuudet>"
        )

    def _read(self, answer: Answer) -> _Got:
        body = soap.message(answer)
        xml.refuse_dtd(body)
        refuse_long_values(body, b"<")
        page = cut(body)
        message = soap.read(
            _skeleton(page, body),
            call_id=answer.xroad.id,
            consumer=self.transport.consumer,
            service=self.transport.service,
            fault=lambda fault: _meaning(fault, retry_after(answer)),
        )
        stamp, cursor = _paging(message.content)
        return _Got(cut=page, stamp=stamp, cursor=cursor, xroad=message.xroad)


def _skeleton(page: Cut, body: bytes) -> xml.Element:
    try:
        return page.skeleton()
    except xml.NotWellFormed as error:
        if not body.rstrip().endswith(b"Envelope>"):
            raise Transient("The page breaks off half way.") from None
        raise PageRefused(str(error)) from None


def _meaning(fault: soap.Fault, wait: float | None) -> ConnectorError | None:
    """Tell what a code of Kela's own means (DOMAIN.md 5.4); its message may name a person and is not kept."""
    raised = _FAULTS.get(fault.code) if fault.namespace == NAMESPACE else None
    told = f"Kela answered {fault.code}."
    if raised is Transient:
        return Transient(told, retry_after=wait)
    return None if raised is None else raised(told)


def _paging(content: xml.Element) -> tuple[datetime, str | None]:
    if content.tag != qualified(RESPONSE):
        raise SourceChanged(xml.local(content))
    stamp, page = content.find(qualified("vesileima")), content.find(qualified("sivu"))
    if stamp is None or page is None:
        raise SourceChanged(f"{RESPONSE}/{'vesileima' if stamp is None else 'sivu'}")
    return _moment(xml.text(stamp)), page.findtext(qualified("jatko")) or None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SourceChanged(f"{RESPONSE}/vesileima") from None
    if moment.tzinfo is None:
        raise SourceChanged(f"{RESPONSE}/vesileima")
    return moment


def _pages(got: _Got, page: Cut) -> Iterator[Page]:
    """Yield the page as landed: without what it repeats, in pieces where it is larger than a part."""
    for piece in [page.body] if len(page.body) <= PAGE_BODY_BYTES else page.pieces(PAGE_BODY_BYTES // 2):
        records = count(piece)
        yield Page(kind=KIND, body=piece if records else b"", stamp=got.stamp, xroad=got.xroad, records=records)
