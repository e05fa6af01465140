"""FHIR search by form body, and paging by a link whose token stands for what was asked: no identity code is ever in an address."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from simulators.sote import parameters
from simulators.sote.holdings import Holdings, written
from simulators.sote.outcomes import Refused
from simulators.sote.resources import KINDS, instant
from simulators.wire import Page, Request
from simulators.xroad import new_id

INNER_BASE = "https://sote-sisainen.invalid/fhir-r4"
FORM = "application/x-www-form-urlencoded"
KEPT_SEARCHES = 10_000
KEPT_RESULTS = 32
PERSON_PARAMETERS = {"Patient": {"patient.identifier", "identifier"}}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search: whose resources of a type, changed in [since, until)."""

    kind: str
    people: tuple[str, ...]
    since: datetime | None
    until: datetime
    size: int


class Searches:
    """The searches of one county whose next pages may still be asked for."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._kept: OrderedDict[str, Search] = OrderedDict()
        self._results: OrderedDict[str, list[bytes]] = OrderedDict()

    def begin(self, kind: str, request: Request) -> tuple[Search, Page]:
        """Start a search from a form body and give its first page."""
        search = _read(kind, request, self._holdings.closing)
        token = new_id()
        _keep(self._kept, token, search, KEPT_SEARCHES)
        return search, self._page(search, token, 0)

    def go_on(self, request: Request) -> Page:
        """Give a later page by its link; 410 when the search is no longer kept."""
        asked = dict(request.parameters)
        token = asked.get("_getpages", "")
        if token not in self._kept:
            raise Refused(410, "The search is no longer kept.")
        return self._page(self._kept[token], token, parameters.number(asked.get("_getpagesoffset", "0")))

    def _page(self, search: Search, token: str, start: int) -> Page:
        found = self._results.get(token) or self._found(search)
        _keep(self._results, token, found, KEPT_RESULTS)
        end = start + search.size
        asked = {"_getpages": token, "_getpagesoffset": end, "_count": search.size}
        return Page(
            listing=f"{search.kind} {token}",
            records=tuple(found[start:end]),
            next=f"{INNER_BASE}/{search.kind}?{urlencode(asked)}" if end < len(found) else None,
            stamp=instant(search.until),
        )

    def _found(self, search: Search) -> list[bytes]:
        found = [
            (moment, resource)
            for hetu in search.people
            for moment, resource in self._holdings.of(hetu, [search.kind], since=search.since, until=search.until)
        ]
        return [written(resource) for _, resource in sorted(found, key=lambda one: (one[0], one[1]["id"]))]


def _keep(store: OrderedDict[str, T], token: str, value: T, most: int) -> None:
    store[token] = value
    while len(store) > most:
        store.popitem(last=False)


def _read(kind: str, request: Request, closing: datetime) -> Search:
    if kind not in KINDS:
        raise Refused(404, "This type of resource is not known here.")
    if not (request.header("content-type") or "").startswith(FORM):
        raise Refused(415, "A search is sent as a form.")
    asked = parse_qsl(request.body.decode())
    return Search(
        kind=kind,
        people=parameters.people(PERSON_PARAMETERS.get(kind, {"patient.identifier"}), asked),
        since=parameters.bound(asked, "ge"),
        until=min(parameters.bound(asked, "lt") or closing, closing),
        size=parameters.size(dict(asked).get("_count")),
    )
