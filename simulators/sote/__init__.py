"""A wellbeing services county's client system: FHIR R4 search and bulk export over X-Road REST (DOMAIN.md 6), one object a county."""

import json
from urllib.parse import unquote

from simulators.sote.bulk import Bulk
from simulators.sote.counties import COUNTIES, County
from simulators.sote.holdings import Holdings
from simulators.sote.outcomes import FHIR, Refused, refuse
from simulators.sote.resources import HETU
from simulators.sote.searches import Searches
from simulators.wire import Answer, Asked, Page, Request, Shape, unshaped
from simulators.world import World
from simulators.xroad import new_id

__all__ = ["COUNTIES", "METHODS", "County", "CountySystem", "refuse"]

METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})


class CountySystem:
    """One county's system; its faults and counts go by ``sote:`` and the county's code."""

    def __init__(self, county: County, world: World, *, shape: Shape = unshaped, asked: Asked | None = None) -> None:
        self._holdings = Holdings(county, world)
        self._shape = shape
        self._asked = asked or Asked()
        self._searches = Searches(self._holdings)
        self._bulk = Bulk(self._holdings, shape, self._asked)

    def __call__(self, request: Request) -> Answer:
        """Answer one FHIR request, errors as OperationOutcome."""
        if HETU in unquote(request.query):
            return refuse(400, "An identity code is in no address.")
        try:
            return self._answer(request, [unquote(piece) for piece in request.path.strip("/").split("/")])
        except Refused as refused:
            return refuse(refused.status, refused.sentence)

    def _answer(self, request: Request, path: list[str]) -> Answer:
        match [request.method, *path]:
            case ["POST", kind, "_search"]:
                return self._search(kind, request)
            case [_, "Group" | "bulk", *_]:
                return self._bulk.answer(request, path)
            case ["GET", _]:
                return _bundle(self._shape(self._searches.go_on(request)))
        raise Refused(404, "There is nothing at this address.")

    def _search(self, kind: str, request: Request) -> Answer:
        search, page = self._searches.begin(kind, request)
        self._asked.count(self._holdings.source, "henkilotunnus", len(search.people))
        self._asked.name(self._holdings.source, search.people)
        return _bundle(self._shape(page))


def _bundle(page: Page) -> Answer:
    head = {"resourceType": "Bundle", "id": new_id(), "meta": {"lastUpdated": page.stamp}, "type": "searchset"}
    link = [{"relation": "next", "url": page.next}] if page.next else []
    entries = b",".join(b'{"resource":%s,"search":{"mode":"match"}}' % record for record in page.records)
    return Answer(
        media_type=FHIR, body=json.dumps(head | {"link": link}).encode()[:-1] + b',"entry":[' + entries + b"]}"
    )
