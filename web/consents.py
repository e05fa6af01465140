"""The consents in force of a person that name who asks (API.md 5.3)."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventType
from publish import in_force
from publish.asking import Form, Question, by_reference
from web import actors, asked, heads
from web.asked import Operation, refusals_told
from web.openapi import described
from web.problems import Kind, Problem
from web.scopes import Scope
from web.services import services_of

LIST: Final = Operation(route="GET /v1/people/{person_ref}/consents", scope=Scope.CONSENTS, form=Form.CONSENTS)

router = APIRouter(prefix="/v1")


@router.get(
    "/people/{person_ref}/consents", openapi_extra=described("consents", Scope.CONSENTS, EventType.QUERY_CONSENTS)
)
def consents(request: Request, person_ref: str) -> Response:
    """List them; empty where only the law gives something."""
    services, head = services_of(request), heads.read(request)
    caller = actors.identify(services, request, route=LIST.route)
    with refusals_told(services, caller, route=LIST.route, user=head.user):
        body = in_force.consents(
            services.database,
            services.sealer,
            asked.call(LIST, head, caller),
            lambda: Question(subject=by_reference(person_ref)),
            clock=services.clock,
        )
    if body is None:
        raise Problem(Kind.PERSON_NOT_AVAILABLE)
    return Response(body, media_type=heads.JSON)
