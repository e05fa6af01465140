"""The feed of changes: where to begin, the next page, the same of chosen people (API.md 5.5)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventType, RequestRef
from publish import feed_page
from publish.asking import Call, Form
from publish.cut import HELSINKI
from publish.feed_page import Wanted
from web import actors, bodies, edge, heads, refusals
from web.asked import refusals_told
from web.openapi import described
from web.problems import Kind, Problem
from web.scopes import Scope
from web.services import Services, services_of

START: Final = "GET /v1/changes/token"
PAGE: Final = "GET /v1/changes"
CHOSEN: Final = "POST /v1/changes"
USUAL: Final = 500
MOST: Final = bodies.MOST_LISTED
_LIMIT: Final = re.compile(r"[1-9][0-9]{0,3}")
NOW: Final = "now"

router = APIRouter(prefix="/v1")


@router.get("/changes/token", openapi_extra=described("changes_token", Scope.CHANGES, EventType.DISCLOSURE_PAGE))
def token(request: Request) -> Response:
    """Give the token to begin from: ``at=now``, or what was told before a day began in Helsinki."""
    given, clock = heads.parameters(request, "at").get("at", ""), services_of(request).clock
    since = None if given == NOW else _midnight(given, before=clock())
    return _answered(
        request,
        START,
        lambda services, call: feed_page.start(
            services.database, services.sealer, call, since=since, clock=services.clock
        ),
    )


@router.get("/changes", openapi_extra=described("changes", Scope.CHANGES, EventType.DISCLOSURE_PAGE))
def page(request: Request) -> Response:
    """Give the next page: of whom something changed, or is shown no more."""
    given = heads.parameters(request, "after", "limit")
    limit = given.get("limit", str(USUAL))
    if "after" not in given or not _LIMIT.fullmatch(limit) or int(limit) > MOST:
        raise Problem(Kind.BAD_REQUEST)
    wanted = Wanted(token=given["after"], limit=int(limit))
    return _answered(request, PAGE, _page(lambda: wanted))


@router.post("/changes", openapi_extra=described("changes_of", Scope.CHANGES, EventType.DISCLOSURE_PAGE))
def page_of_some(request: Request) -> Response:
    """Give the changes of chosen people."""
    heads.parameters(request)
    heads.see_json(request)

    def wanted() -> Wanted:
        after, refs = bodies.chosen(edge.state_of(request.scope).body)
        return Wanted(token=after, limit=MOST, refs=refs)

    return _answered(request, CHOSEN, _page(wanted))


_Answer = Callable[[Services, Call], bytes]


def _page(wanted: Callable[[], Wanted]) -> _Answer:
    return lambda services, call: feed_page.give(services.database, services.sealer, call, wanted, clock=services.clock)


def _answered(request: Request, route: str, answer: _Answer) -> Response:
    """Let a recipient's system in, and give it the answer; a refusal is told to the log."""
    services, purpose, user = services_of(request), heads.purpose(request), heads.user(request)
    caller = actors.identify(services, request, route=route)
    proof = caller.proof
    call = Call(
        form=Form.PAGE,
        system=caller.system,
        scope=Scope.CHANGES,
        token_scopes=caller.scopes,
        purpose=purpose,
        user=user,
        request=RequestRef(route=route, trust=refusals.TRUST, jti=proof.jti, key=proof.jkt),
        spend=caller.spend,
    )
    with refusals_told(services, caller, route=route, user=user):
        return Response(answer(services, call), media_type=heads.JSON)


def _midnight(text: str, *, before: datetime) -> datetime:
    """Read a day that has begun."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Problem(Kind.BAD_REQUEST) from None
    midnight = datetime(day.year, day.month, day.day, tzinfo=HELSINKI).astimezone(UTC)
    if midnight > before:
        raise Problem(Kind.BAD_REQUEST)
    return midnight
