"""The closed lists that the API speaks of, for any registered system (API.md 5.10)."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.reasons import TEXTS as REASONS
from schemas.codes import places
from schemas.vocabulary import Ground, Reason, Text
from schemas.words import CATEGORIES, PURPOSES, SOURCES
from web import actors, asked, heads
from web.openapi import described
from web.problem_words import TITLES
from web.problems import Kind, Problem
from web.services import services_of

LISTS: Final = "GET /v1/codelists"
ONE: Final = "GET /v1/codelists/{id}"
KEPT_S: Final = 3_600
Named = Iterable[tuple[str, Text]]

router = APIRouter(prefix="/v1")


def _grounds() -> Named:
    return ((ground, REASONS[Reason(ground.value)]) for ground in Ground)


def _municipalities() -> Named:
    """Name municipalities of today; abroad a municipality goes by its Finnish name."""
    for code in places.MUNICIPALITIES.codes:
        found = places.municipality(code.code)
        if found.merged_into is None:
            yield found.code, Text(found.name_fi, found.name_sv, found.name_fi)


def _areas() -> Named:
    """Name employment areas; they have one name."""
    return ((area.code, Text(area.name_fi, area.name_fi, area.name_fi)) for area in places.AREAS.codes)


CODELISTS: Final[Mapping[str, tuple[str, Callable[[], Named]]]] = {
    "categories": ("2026-11-22", CATEGORIES.items),
    "purposes": ("2026-11-22", PURPOSES.items),
    "grounds": ("2026-11-22", _grounds),
    "sources": ("2026-11-22", SOURCES.items),
    "facts": ("2026-11-22", dict[str, Text]().items),
    "reasons": ("2026-11-22", REASONS.items),
    "problems": ("2026-11-22", TITLES.items),
    "municipalities": ("2026-11-22", _municipalities),
    "employment-areas": ("2026-11-22", _areas),
}
"""Each list's version, the day on which it last changed (a test holds the two together), and what it holds.

No derived fact is given yet, so their list is empty.
"""


@router.get("/codelists", openapi_extra=described("codelists", None, None))
def listed(request: Request) -> Response:
    """Name the lists with their versions."""
    _let_in(request, LISTS)
    return _answered(request, _index())


@router.get("/codelists/{id}", openapi_extra=described("codelist", None, None))
def one(request: Request, id: str) -> Response:  # noqa: A002 - as the address names it
    """Give one list."""
    _let_in(request, ONE)
    if id not in CODELISTS:
        raise Problem(Kind.NOT_FOUND)
    return _answered(request, body(id))


@cache
def body(name: str) -> bytes:
    """Write a list: its codes with their names in the three languages."""
    version, codes = CODELISTS[name]
    named = [{"code": str(code), "fi": text.fi, "sv": text.sv, "en": text.en} for code, text in codes()]
    return _json({"id": name, "version": version, "codes": named})


@cache
def _index() -> bytes:
    return _json({"codelists": [{"id": name, "version": version} for name, (version, _) in CODELISTS.items()]})


def _let_in(request: Request, route: str) -> None:
    heads.parameters(request)
    services = services_of(request)
    asked.see_registered(services, actors.identify(services, request, route=route))


def _answered(request: Request, text: bytes) -> Response:
    """Send a list, or only that the caller's copy is still it."""
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"max-age={KEPT_S}"}
    if tag in (known.strip() for known in request.headers.get("If-None-Match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=heads.JSON, headers=headers)


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
