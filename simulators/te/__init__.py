"""TE's customer data over REST: asiakastiedot v1 of DOMAIN.md 4, list by list, page by page."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import msgspec

from simulators.te.codes import code_lists
from simulators.te.feed import LISTS
from simulators.te.query import Cursor, Query, Refused, read
from simulators.te.records import written
from simulators.te.shelf import Shelf
from simulators.wire import Answer, Page, Request, Shape, unshaped
from simulators.world import World
from simulators.xroad import new_id

__all__ = ["Te"]

VERSION = "/v1/"
JSON = "application/json;charset=utf-8"
BEHIND = timedelta(seconds=60)
REFUSALS = {
    403: Refused(403, "EI_OIKEUTTA", "Kysyjällä ei ole oikeutta alueen tietoihin"),
    404: Refused(404, "EI_LOYDY", "Kohdetta ei löydy"),
    410: Refused(410, "VESILEIMA_LIIAN_VANHA", "Muutoksia ei ole enää tallessa näin kaukaa"),
    429: Refused(429, "LIIKAA_PYYNTOJA", "Liikaa pyyntöjä"),
    500: Refused(500, "SISAINEN_VIRHE", "Sisäinen virhe"),
    503: Refused(503, "HUOLTO", "Palvelu on huollossa"),
}


class Te:
    """The service; `areas` are those whose data the asker may have, None: all."""

    def __init__(self, world: World, *, areas: Collection[str] | None = None, shape: Shape = unshaped) -> None:
        self._world = world
        self._areas = areas
        self._shape = shape
        self._shelf = Shelf()

    def __call__(self, request: Request) -> Answer:
        """Answer one request: a page of a list, one jobseeker, a code list, or an error in TE's own form."""
        try:
            return Answer(media_type=JSON, body=self._body(request))
        except Refused as refused:
            return self._error(refused)

    def refuse(self, status: int) -> Answer:
        """Refuse with the error that belongs to an HTTP status, as the faults on demand ask for it."""
        return self._error(REFUSALS[status])

    def prepare(self, areas: Iterable[str]) -> None:
        """Write down whole areas ahead of the first question: a large one takes longer than an asker waits."""
        self._shelf.fill(self._world.population, areas)

    def _body(self, request: Request) -> bytes:
        name, _, one = request.path.removeprefix(VERSION).partition("/")
        if request.method != "GET" or not request.path.startswith(VERSION):
            raise REFUSALS[404]
        if name == "koodistot" and one in code_lists():
            return msgspec.json.encode(code_lists()[one])
        if name == "tyonhakijat" and one:
            return self._jobseeker(one)
        if name not in LISTS or one:
            raise REFUSALS[404]
        return self._page(name, read(request))

    def _jobseeker(self, id_: str) -> bytes:
        population = self._world.population
        index = population.by_te_id(id_)
        found = (
            next((one for one in population.te(index).tyonhakijat if one.id == id_), None)
            if index is not None
            else None
        )
        if found is None:
            raise REFUSALS[404]
        self._allow(found.tyollisyysalue)
        return written(found)

    def _page(self, name: str, query: Query) -> bytes:
        self._allow(query.area)
        population = self._world.population
        until = query.ends(population.closing)
        after, number = (query.cursor.after, query.cursor.page) if query.cursor else (None, 0)
        found = self._shelf.feed(population, name, query).slice(
            since=query.since, until=until, after=after, size=query.size
        )
        following = (
            Cursor(page=number + 1, until=until, after=found.last, request=query.listing).write()
            if found.last
            else None
        )
        page = Page(
            listing=f"{name} {query.listing}", records=found.bodies, next=following, stamp=f"{until:%Y-%m-%dT%H:%M:%SZ}"
        )
        return _written(self._shape(page), number, query.size)

    def _allow(self, area: str) -> None:
        if self._areas is not None and area not in self._areas:
            raise REFUSALS[403]

    def _error(self, refused: Refused) -> Answer:
        said = {
            "aikaleima": f"{self._world.population.closing + BEHIND:%Y-%m-%dT%H:%M:%SZ}",
            "status": refused.status,
            "virhekoodi": refused.code,
            "virheviesti": refused.sentence,
            "tunniste": new_id(),
        }
        return Answer(status=refused.status, media_type=JSON, body=msgspec.json.encode(said))


def _written(page: Page, number: int, size: int) -> bytes:
    paging = msgspec.json.encode({"sivu": number, "maara": size, "jatko": page.next})
    records = b",".join(page.records)
    return b'{"tiedot":[%s],"sivutus":%s,"vesileima":"%s"}' % (records, paging, page.stamp.encode())
