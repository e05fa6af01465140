"""A wellbeing services county's client system, FHIR R4 over X-Road REST: searched for the persons who may be asked about (DOMAIN.md 6)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

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
from connectors.json_page import NULL, refuse_charset, refuse_media, shaped
from connectors.paging import Walk, instant
from connectors.sote.lines import Cutter
from connectors.sote.whitelist import NEEDED_FOR
from connectors.sote.wire import HETU
from connectors.source import Page, Window, XRoadIds
from connectors.transport import Answer, Call, Transport, retry_after
from schemas.identifiers import Hetu
from schemas.vocabulary import Category

INTERFACE: Final = "fhir-r4/4.0.1"
PEOPLE_A_SEARCH: Final = 100
PAGE_RECORDS: Final = 100
HELD_BACK: Final = timedelta(seconds=60)
MEDIA: Final = frozenset({"application/fhir+json", "application/json"})
FHIR: Final = "application/fhir+json"
OK: Final = 200
GONE: Final = 410
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_$.-]+(/[A-Za-z0-9_$.-]+)*")


class Ask(NamedTuple):
    """A person whom the county may be asked about now, and the categories that may be kept of them."""

    hetu: Hetu
    categories: frozenset[Category]


class _Link(msgspec.Struct):
    relation: str
    url: str


class _Entry(msgspec.Struct):
    resource: msgspec.Raw


class _Meta(msgspec.Struct, rename="camel"):
    last_updated: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _Bundle(msgspec.Struct, tag_field="resourceType", tag="Bundle", forbid_unknown_fields=True, rename="camel"):
    """All that FHIR R4 names of a Bundle: one without entries leaves them out, so a renamed `entry` would pass for nothing found."""

    meta: _Meta = msgspec.field(default_factory=_Meta)
    link: list[_Link] = []
    entry: list[_Entry] = []
    id: msgspec.Raw = NULL
    implicit_rules: msgspec.Raw = NULL
    language: msgspec.Raw = NULL
    identifier: msgspec.Raw = NULL
    type: msgspec.Raw = NULL
    timestamp: msgspec.Raw = NULL
    total: msgspec.Raw = NULL
    signature: msgspec.Raw = NULL


class _Got(NamedTuple):
    bundle: _Bundle
    body: bytes
    xroad: XRoadIds


_BUNDLE: Final = msgspec.json.Decoder(_Bundle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sote:
    """One county, asked about the people of `asks` alone; `now` gives the present moment."""

    transport: Transport
    county: str
    asks: Callable[[], Iterable[Ask]]
    now: Callable[[], datetime]
    interface: str = INTERFACE

    def pull(self, window: Window) -> Iterator[Page]:
        """Yield every page, cut to the whitelist.

        The window ends 60 s ago, so that late commits are not lost, or where the county says its data end, if that is earlier.
        """
        until = self.now() - HELD_BACK
        for categories, people in _chunks(self.asks()):
            hetus = [hetu.reveal() for hetu in people]
            cutter = Cutter(county=self.county, people=frozenset(hetus), allowed=categories)
            for kind in NEEDED_FOR:
                if NEEDED_FOR[kind] & categories:
                    yield from self._walk(_search(kind, hetus, window, until), kind, until, cutter)

    def _walk(self, first: Call, kind: str, until: datetime, cutter: Cutter) -> Iterator[Page]:
        walk, call, read = Walk(now=self.now), first, _read
        while True:
            got = self.transport.rest(call, read)
            resources = [bytes(entry.resource) for entry in got.bundle.entry]
            repeated = walk.repeated(resources)
            fresh = [resource for place, resource in enumerate(resources) if place not in repeated]
            lines = cutter.lines(got.body, fresh)
            stamp = got.bundle.meta.last_updated or until
            walk.refuse_future(stamp)
            yield Page(
                kind=kind,
                body=lines,
                stamp=min(stamp, until),
                xroad=got.xroad,
                records=max(lines.count(b"\n") - 1, 0),
            )
            link = walk.follow(_next(got.bundle))
            if link is None:
                return
            call, read = self._following(link), _read_on

    def _following(self, link: str) -> Call:
        """Take path and query of a link to the X-Road address; its host is the provider's own. Raises ProviderBroken."""
        address = urlsplit(link)
        _, base, path = unquote(address.path).partition(f"/{self.transport.service.code}/")
        if not base or not _PLAIN_PATH.fullmatch(path) or ".." in path:
            raise ProviderBroken("The link to the next page leads out of the service.")
        return Call(path=path, query=tuple(parse_qsl(address.query, keep_blank_values=True)), accept=FHIR)


def _chunks(asks: Iterable[Ask]) -> Iterator[tuple[frozenset[Category], list[Hetu]]]:
    """Gather people of equal permissions into searches of at most 100; memory holds one unfinished search of each kind."""
    waiting: defaultdict[frozenset[Category], list[Hetu]] = defaultdict(list)
    for ask in asks:
        people = waiting[ask.categories]
        people.append(ask.hetu)
        if len(people) == PEOPLE_A_SEARCH:
            yield ask.categories, waiting.pop(ask.categories)
    yield from waiting.items()


def _search(kind: str, hetus: list[str], window: Window, until: datetime) -> Call:
    """Write a search; the identity codes stand in the form, never in the address."""
    person = "identifier" if kind == "Patient" else "patient.identifier"
    since = () if window.since is None else (("_lastUpdated", f"ge{instant(window.since)}"),)
    form = (
        (person, ",".join(f"{HETU}|{hetu}" for hetu in hetus)),
        *since,
        ("_lastUpdated", f"lt{instant(until)}"),
        ("_sort", "_lastUpdated"),
        ("_count", str(PAGE_RECORDS)),
    )
    return Call(method="POST", path=f"{kind}/_search", form=form, accept=FHIR)


def _next(bundle: _Bundle) -> str | None:
    return next((link.url for link in bundle.link if link.relation == "next"), None)


def _read(answer: Answer) -> _Got:
    if answer.status != OK:
        raise refused(answer)
    refuse_media(answer.media_type, MEDIA)
    refuse_charset(answer.body, answer.charset)
    return _Got(shaped(answer.body, _BUNDLE), answer.body, answer.xroad)


def _read_on(answer: Answer) -> _Got:
    """Read a later page; where the first may be too old, a later one is a search that the county forgot."""
    if answer.status == GONE:
        raise CursorExpired("The county no longer keeps the search.")
    return _read(answer)


def refused(answer: Answer) -> ConnectorError:
    """Read a refusal by its status (DOMAIN.md 6.1); what an OperationOutcome says may name a person and is not kept."""
    told = f"The county answered {answer.status}."
    match answer.status:
        case 401 | 403:
            return AccessRefused(told)
        case 410:
            return StampTooOld(told)
        case 429 | 500 | 502 | 503 | 504:
            return Transient(told, retry_after=retry_after(answer))
        case 400 | 405 | 406 | 413 | 414 | 415 | 422:
            return OurBug(told)
    return ProviderBroken(told)
