"""Kela's benefit data over SOAP 1.1: HaeEtuudet v1 of DOMAIN.md 5, page by page, never holding more people than one page."""

from bisect import bisect_left
from collections.abc import Collection
from datetime import datetime

from simulators import soap
from simulators.kela import elements
from simulators.kela.query import NAMESPACE, Cursor, Query, Refused, read
from simulators.population import KelaRecords
from simulators.wire import Answer, Asked, Page, Request, Shape, unshaped
from simulators.world import World
from simulators.xroad import new_id

__all__ = ["Kela", "refuse"]

# How many people are looked through for one page: a night with few changes gives short pages rather than long silence.
LOOKED_THROUGH = 5_000
NOTHING = KelaRecords()
FAULTS = {
    403: ("EiOikeutta", "EI_OIKEUTTA", "Kysyjällä ei ole oikeutta alueen tietoihin"),
    410: ("VesileimaLiianVanha", "VESILEIMA_LIIAN_VANHA", "Muutoksia ei ole enää tallessa näin kaukaa"),
    500: ("SisainenVirhe", "SISAINEN_VIRHE", "Sisäinen virhe"),
    503: ("Huolto", "HUOLTO", "Palvelu on huollossa"),
}


class Kela:
    """The service; `areas` are those whose data the asker may have, None: all."""

    def __init__(
        self,
        world: World,
        *,
        areas: Collection[str] | None = None,
        shape: Shape = unshaped,
        asked: Asked | None = None,
    ) -> None:
        self._world = world
        self._areas = areas
        self._shape = shape
        self._asked = asked or Asked()

    def __call__(self, request: Request) -> Answer:
        """Answer one HaeEtuudet: a page, or a Fault of Kela's own."""
        message = soap.read(request.body)
        try:
            query = read(message, self._world.population.closing)
            if self._areas is not None and query.area not in self._areas:
                return refuse(403)
            return Answer(media_type=soap.MEDIA_TYPE, body=soap.answered(message, self._page(query)))
        except Refused as refused:
            return _fault(refused)

    def _page(self, query: Query) -> bytes:
        until = query.cursor.until if query.cursor else self._world.population.closing
        start = query.cursor.position if query.cursor else 0
        found, end = self._named(query, until, start) if query.people else self._listed(query, until, start)
        cursor = Cursor(position=end, until=until).write() if end is not None else None
        page = self._shape(
            Page(listing=query.listing, records=tuple(found), next=cursor, stamp=elements.instant(until))
        )
        return _written(page, query.size)

    def _named(self, query: Query, until: datetime, start: int) -> tuple[list[bytes], int | None]:
        """Answer for named persons, in the order named: an `asiakas` or a `henkilovirhe` each, unless nothing changed."""
        people = query.people[start : start + query.size]
        self._asked.count("kela", "henkilotunnus", len(people))
        self._asked.name("kela", people)
        found = [piece for hetu in people if (piece := self._by_hetu(hetu, query.since, until)) is not None]
        end = start + query.size
        return found, end if end < len(query.people) else None

    def _by_hetu(self, hetu: str, since: datetime | None, until: datetime) -> bytes | None:
        population = self._world.population
        index = population.by_hetu(hetu)
        if index is None or population.kela(index) == NOTHING:
            return elements.problem(hetu, "EI_ASIAKAS")
        identity = population.identity(index)
        if identity.hetu != hetu:
            return elements.problem(hetu, "HETU_PASSIVOITU", identity.hetu)
        if identity.died is not None:
            return elements.problem(hetu, "LUOVUTUS_ESTETTY")
        return self._customer(index, since, until)

    def _listed(self, query: Query, until: datetime, start: int) -> tuple[list[bytes], int | None]:
        """Answer for all of the area that Kela holds something about, by rising place in the population."""
        everyone = self._world.in_area(query.area, query.since)
        at = bisect_left(everyone, start)
        found: list[bytes] = []
        for index in everyone[at : at + LOOKED_THROUGH]:
            at += 1
            piece = self._customer(index, query.since, until)
            if piece is not None:
                found.append(piece)
            if len(found) == query.size:
                break
        return found, everyone[at] if at < len(everyone) else None

    def _customer(self, index: int, since: datetime | None, until: datetime) -> bytes | None:
        """Write what changed of a person; None for nothing, and for the dead, of whom Kela tells no more."""
        records = self._world.population.kela(index)
        identity = self._world.population.identity(index)
        if records == NOTHING or identity.died is not None:
            return None
        return elements.customer(identity.hetu, records, protected=identity.protected, since=since, until=until)


def refuse(status: int) -> Answer:
    """Refuse in Kela's own form where the contract has one; other statuses reach the consumer as X-Road's Fault."""
    return _fault(Refused(*FAULTS[status])) if status in FAULTS else Answer(status=status)


def _written(page: Page, size: int) -> bytes:
    cursor = f"<jatko>{page.next}</jatko>" if page.next else ""
    paging = f"<sivu><koko>{size}</koko><palautettu>{len(page.records)}</palautettu>{cursor}</sivu>"
    head = f'<HaeEtuudetResponse xmlns="{NAMESPACE}"><vesileima>{page.stamp}</vesileima>{paging}'
    customers_first = sorted(page.records, key=lambda piece: piece.startswith(b"<henkilovirhe"))
    return b"".join((head.encode(), *customers_first, b"</HaeEtuudetResponse>"))


def _fault(refused: Refused) -> Answer:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{soap.ENVELOPE}"><s:Header/><s:Body><s:Fault>'
        f'<faultcode xmlns:e="{NAMESPACE}">e:{refused.local}</faultcode><faultstring>{refused.sentence}</faultstring>'
        f'<detail><virhe xmlns="{NAMESPACE}"><koodi>{refused.code}</koodi><tunniste>{new_id()}</tunniste></virhe></detail>'
        "</s:Fault></s:Body></s:Envelope>"
    )
    return Answer(status=500, media_type=soap.MEDIA_TYPE, body=body.encode())
