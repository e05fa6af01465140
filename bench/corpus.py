"""What the sources answer, pulled once from the stand-ins and kept as it came, so that every round lands the same bytes.

A file per day, source and place under ``{people}-{seed}/``: pages by MessagePack, each behind its length. A run that was broken off
goes on with the files that are missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from bench.measure import Work
from connectors import kela, sote, te
from connectors.source import Page, Window
from connectors.transport import ClientId, Consumer, ServiceId, Transport
from schemas.codes import places
from schemas.identifiers import Hetu
from schemas.vocabulary import Category, Source
from simulators.population import Population
from simulators.simulation import Simulation
from simulators.sote import COUNTIES
from simulators.wire import Request

TODAY: Final = date(2026, 6, 4)
CHANGED_SHARE: Final = 0.05
FIRST, NEXT = DAYS = ("first", "next")
AFTER_CLOSING: Final = timedelta(minutes=2)
"""When the answers are asked for, after the instant to which the day's data are complete."""
CLIENT: Final = "FI-TEST/MUN/0166906-4/luukku"
SERVICES: Final = {
    Source.TE: "FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1",
    Source.KELA: "FI-TEST/GOV/0246246-0/etuustiedot/HaeEtuudet/v1",
}
LENGTH_BYTES: Final = 4
_NOWHERE: Final = "http://security-server.invalid"

Pages = Callable[[], Iterable[Page]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The kept answers of one population."""

    folder: Path

    @classmethod
    def of(cls, keep: Path, *, people: int, seed: int) -> "Corpus":
        """Name the folder of a population."""
        return cls(keep / f"{people}-{seed}")

    def places(self, source: Source) -> list[str]:
        """List the areas or counties that have an answer."""
        return sorted(path.stem for path in (self.folder / FIRST / source).glob("*.pages"))

    def pages(self, day: str, source: Source, place: str) -> Iterator[Page]:
        """Yield the kept pages of an answer."""
        with self._path(day, source, place).open("rb") as stream:
            while length := stream.read(LENGTH_BYTES):
                yield msgspec.msgpack.decode(stream.read(int.from_bytes(length)), type=Page)

    def keep(self, day: str, source: Source, place: str, pages: Pages) -> None:
        """Keep an answer whole, unless it is there already."""
        path = self._path(day, source, place)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        with beside.open("wb") as stream:
            for page in pages():
                body = msgspec.msgpack.encode(page)
                stream.write(len(body).to_bytes(LENGTH_BYTES) + body)
        beside.replace(path)

    def asked(self, place: str) -> list[str]:
        """List the HETUs that a county was asked about."""
        return self._asked(place).read_text("ascii").split()

    def keep_asked(self, place: str, hetus: Iterable[str]) -> None:
        """Keep whom a county was asked about."""
        self._asked(place).parent.mkdir(parents=True, exist_ok=True)
        self._asked(place).write_text("\n".join(hetus), "ascii")

    def _asked(self, place: str) -> Path:
        return self.folder / f"asked-{place}"

    def _path(self, day: str, source: Source, place: str) -> Path:
        return self.folder / day / source / f"{place}.pages"


def asked_at(day: str) -> datetime:
    """Give the instant at which a day's answers are asked for."""
    first = Population.make(people=1, today=TODAY)
    closing = first.closing if day == FIRST else first.advance(share=CHANGED_SHARE).closing
    return closing + AFTER_CLOSING


def fill(*, keep: str, people: int, seed: int) -> Work:
    """Prepare the pulling of every answer of both days; the work gives how many pages, records and bytes are kept."""
    corpus = Corpus.of(Path(keep), people=people, seed=seed)
    first = Population.make(seed=seed, people=people, today=TODAY)

    def work() -> Mapping[str, Any]:
        for county in COUNTIES:
            corpus.keep_asked(county, _clients_known_to(first, county))
        for day, population in ((FIRST, first), (NEXT, first.advance(share=CHANGED_SHARE))):
            for source, place, pages in _Asking(population, corpus).answers():
                corpus.keep(day, source, place, pages)
        return totals(corpus)

    return work


def totals(corpus: Corpus) -> dict[str, int]:
    """Count what the first day's answers hold."""
    counted = [
        (page.records, len(page.body))
        for source in Source
        for place in corpus.places(source)
        for page in corpus.pages(FIRST, source, place)
    ]
    return {"pages": len(counted), "records": sum(one for one, _ in counted), "bytes": sum(size for _, size in counted)}


def _clients_known_to(population: Population, county: str) -> Iterator[str]:
    """Yield the HETUs of TE's clients that a county knows: nobody else could be asked about."""
    for index in population.in_county(county):
        known = any(patient.county == county for patient in population.sote(index).patients)
        if known and population.te(index).tyonhakijat:
            yield population.identity(index).hetu


class _Asking:
    """The connectors joined to the stand-ins in process, asking for the whole of every place."""

    def __init__(self, population: Population, corpus: Corpus) -> None:
        simulation = Simulation.of(population)
        self._population, self._corpus = population, corpus
        self._http = httpx.Client(transport=httpx.MockTransport(_answering(simulation)))
        self._numbers = count(1)

    def answers(self) -> Iterator[tuple[Source, str, Pages]]:
        """Yield how to pull each answer: source, place, pages."""
        for area in sorted(each.code for each in places.AREAS.codes):
            if self._population.in_area(area):
                yield Source.TE, area, lambda area=area: self._te(area)  # type: ignore[misc] # the place of this turn
                yield Source.KELA, area, lambda area=area: self._kela(area)  # type: ignore[misc] # as above
        for county in sorted(COUNTIES):
            if self._corpus.asked(county):
                yield Source.SOTE, county, lambda county=county: self._sote(county)  # type: ignore[misc] # as above

    def _te(self, area: str) -> Iterable[Page]:
        return te.Te(transport=self._transport(SERVICES[Source.TE]), area=area, now=self._now).pull(Window())

    def _kela(self, area: str) -> Iterable[Page]:
        return kela.Kela(transport=self._transport(SERVICES[Source.KELA]), area=area, now=self._now).pull(Window())

    def _sote(self, county: str) -> Iterable[Page]:
        """Ask about everybody whom the county knows, for everything: more than any night's leave list would."""
        transport = self._transport(str(COUNTIES[county].service("FI-TEST")))
        asks = [sote.Ask(Hetu.parse(hetu), frozenset(Category)) for hetu in self._corpus.asked(county)]
        return sote.Sote(transport=transport, county=county, asks=lambda: asks, now=self._now).pull(Window())

    def _transport(self, service: str) -> Transport:
        return Transport(
            http=self._http,
            security_server=_NOWHERE,
            consumer=Consumer(client=ClientId.parse(CLIENT), user="FI-TEST-luukku-bench", issue="BENCH"),
            service=ServiceId.parse(service),
            new_id=lambda: f"00000000-0000-7000-8000-{next(self._numbers):012d}",
        )

    def _now(self) -> datetime:
        return self._population.closing + AFTER_CLOSING


def _answering(simulation: Simulation) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        given = simulation.server.answer(_as_asked(request))
        return httpx.Response(
            given.status, headers=[("content-type", given.media_type), *given.headers], content=given.chunks
        )

    return answer


def _as_asked(request: httpx.Request) -> Request:
    path, _, query = request.url.raw_path.decode().partition("?")
    headers = tuple((name.lower(), value) for name, value in request.headers.multi_items())
    return Request(method=request.method, path=path, query=query, headers=headers, body=request.content)
