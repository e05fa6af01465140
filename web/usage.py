"""Who has looked at a person: find, period and heartbeat by the form of Estonia's Data Tracker (API.md 5.9)."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventType, RequestRef
from publish import usage
from publish.usage import Portal
from web import actors, edge, heads, refusals, usage_body, usage_words
from web.actors import Caller
from web.asked import refusals_told
from web.openapi import described
from web.pages import languages
from web.problems import Kind, Problem
from web.scopes import Scope
from web.services import services_of

FIND: Final = "POST /v1/usage/find"
PERIOD: Final = "GET /v1/usage/period"
HEARTBEAT: Final = "GET /v1/usage/heartbeat"

router = APIRouter(prefix="/v1/usage")


@router.post("/find", openapi_extra=described("usage_find", Scope.USAGE, EventType.LOG_READ))
def find(request: Request) -> Response:
    """Tell who has looked at a person whom the portal has identified, or who is represented by them; the answer is shown, not kept."""
    services = services_of(request)
    heads.parameters(request)
    heads.see_json(request)
    user, language = heads.user(request), languages.chosen(None, request.headers.get("Accept-Language", ""))
    caller = actors.identify(services, request, route=FIND)
    with refusals_told(services, caller, route=FIND, user=user):
        body = usage.find(
            services.database,
            services.sealer,
            _portal(caller, FIND, user),
            lambda: usage_body.read(
                edge.state_of(request.scope).body, artificial_only=services.settings.artificial_only
            ),
            lambda read, found: usage_words.usages(read, found, language),
            clock=services.clock,
        )
    if body is None:
        raise Problem(Kind.PERSON_NOT_AVAILABLE)
    return Response(body, media_type=heads.JSON, headers={"Content-Language": language.value})


@router.get("/period", openapi_extra=described("usage_period", Scope.USAGE, EventType.LOG_READ))
def period(request: Request) -> Response:
    """Tell from when on looks are shown; without an end: to this moment."""
    return _plain(request, PERIOD, usage.period)


@router.get("/heartbeat", openapi_extra=described("usage_heartbeat", Scope.USAGE, EventType.LOG_READ))
def heartbeat(request: Request) -> Response:
    """Tell that looks can be asked for."""
    return _plain(request, HEARTBEAT, usage.heartbeat)


def _plain(request: Request, route: str, answer: usage.Answer) -> Response:
    services = services_of(request)
    heads.parameters(request)
    user = heads.user(request)
    caller = actors.identify(services, request, route=route)
    with refusals_told(services, caller, route=route, user=user):
        body = answer(services.database, services.sealer, _portal(caller, route, user), clock=services.clock)
    return Response(body, media_type=heads.JSON)


def _portal(caller: Caller, route: str, user: str) -> Portal:
    proof = caller.proof
    return Portal(
        system=caller.system,
        scope=Scope.USAGE,
        token_scopes=caller.scopes,
        user=user,
        request=RequestRef(route=route, trust=refusals.TRUST, jti=proof.jti, key=proof.jkt),
        spend=caller.spend,
    )
