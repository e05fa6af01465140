"""The machine API: resolve a person, read the view, see how things stand (API.md 5)."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from audit.events import EventType
from publish import freshness
from publish.asking import Form, Question, by_hetu, by_reference
from publish.gate import Disclosed
from web import actors, bodies, edge
from web.asked import Operation, ask, see_registered
from web.limits import Rate
from web.openapi import described
from web.scopes import Scope
from web.services import services_of

RESOLVE: Final = Operation(route="POST /v1/people/resolve", scope=Scope.RESOLVE, form=Form.REFERENCE, rate=Rate.RESOLVE)
READ: Final = Operation(
    route="GET /v1/people/{person_ref}/support-view", scope=Scope.VIEW, form=Form.VIEW, with_categories=True
)
EMERGENCY: Final = Operation(
    route="POST /v1/people/{person_ref}/support-view", scope=Scope.VIEW, form=Form.VIEW, with_categories=True
)
STATUS: Final = "GET /v1/status"

router = APIRouter(prefix="/v1")


@router.post("/people/resolve", openapi_extra=described("resolve", Scope.RESOLVE, EventType.QUERY_RESOLVED))
def resolve(request: Request) -> Response:
    """Give the recipient's lasting reference of a person, when a read would show something now."""
    artificial_only = services_of(request).settings.artificial_only
    disclosed = ask(
        request,
        RESOLVE,
        lambda _: Question(subject=by_hetu(bodies.hetu(_body(request), artificial_only=artificial_only))),
    )
    return Response(disclosed.body, media_type="application/json")


@router.get("/people/{person_ref}/support-view", openapi_extra=described("view", Scope.VIEW, EventType.DISCLOSURE_READ))
def read_view(request: Request, person_ref: str) -> Response:
    """Give the sections that may be shown of a person for the purpose, now."""
    return _view(request, ask(request, READ, lambda _: Question(subject=by_reference(person_ref))))


@router.post(
    "/people/{person_ref}/support-view", openapi_extra=described("emergency", Scope.VIEW, EventType.DISCLOSURE_READ)
)
def read_view_in_emergency(request: Request, person_ref: str) -> Response:
    """Give the same with what the law opens in an emergency; its justification is kept in the log."""

    def question(user: str) -> Question:
        return Question(subject=by_reference(person_ref), emergency=bodies.emergency(_body(request), user=user))

    return _view(request, ask(request, EMERGENCY, lambda head: question(head.user)))


@router.get("/status", openapi_extra=described("status", None, None))
def status(request: Request) -> Response:
    """Tell any registered system how fresh each source is, and when its own keys end."""
    services = services_of(request)
    _, keys = see_registered(services, actors.identify(services, request, route=STATUS))
    with services.database.read() as read:
        sources = freshness.sources(read, at=services.clock())
    return JSONResponse(
        {
            "state": "ok" if all(source.fresh for source in sources) else "late",
            "version": services.settings.version,
            "sources": [
                {"source": each.source, "as_of": each.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"), "fresh": each.fresh}
                for each in sources
            ],
            "keys": [_key(key) for key in keys.jwks],
        }
    )


def _key(key: Mapping[str, Any]) -> dict[str, Any]:
    return {name: key[name] for name in ("kid", "ends") if name in key}


def _body(request: Request) -> bytes:
    return edge.state_of(request.scope).body


def _view(request: Request, disclosed: Disclosed) -> Response:
    """Send the view, or only that the caller's copy is still it: decided and sealed all the same."""
    services_of(request).answered.count(disclosed.at)
    known = (tag.strip() for tag in request.headers.get("If-None-Match", "").split(","))
    headers = {"ETag": disclosed.etag}
    if disclosed.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(disclosed.body, media_type="application/json", headers=headers)
