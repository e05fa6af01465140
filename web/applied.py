"""What a recipient did with what it held of people of whom less is shown: its report, taken in once (API.md 5.7)."""

import json
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit.events import Actor, EventType
from db.engine import Transaction
from publish import outbox, recipients
from publish.once import Answer, Made, once
from web import actors, bodies, edge, heads
from web.actors import Caller
from web.asked import refusals_told
from web.openapi import described
from web.scopes import Scope
from web.services import Services, services_of

ROUTE: Final = "POST /v1/applied"

router = APIRouter(prefix="/v1")


@router.post(
    "/applied",
    status_code=HTTPStatus.CREATED,
    openapi_extra=described("applied", Scope.CHANGES, EventType.ENDED_APPLIED),
)
def applied(request: Request) -> Response:
    """Take in reports; those of entries that are not of the recipient's own feed change nothing and are not counted."""
    services = services_of(request)
    heads.parameters(request)
    heads.see_json(request)
    user, key = heads.user(request), heads.one(request, "Idempotency-Key", heads.KEY)
    caller = actors.identify(services, request, route=ROUTE)
    with refusals_told(services, caller, route=ROUTE, user=user):
        answer = _taken_in(services, caller, user, key, edge.state_of(request.scope).body)
    return Response(answer.text, answer.status, media_type=heads.JSON)


def _taken_in(services: Services, caller: Caller, user: str, key: str, body: bytes) -> Answer:
    """Let the system in, then read the body, then take it in: in one transaction with its events and with the answer kept."""
    at = services.clock()
    with services.database.read() as read:
        standing = recipients.let_in(read, system=caller.system, scope=Scope.CHANGES, token_scopes=caller.scopes, at=at)
    reports = bodies.reports(body)
    by = Actor(org=standing.recipient, system=caller.system, user=user)

    def take_in(tx: Transaction) -> Answer:
        return _answer(outbox.apply(tx, by=by, recipient=standing.recipient, reports=reports, at=at))

    made = Made(system=caller.system, key=key, body=body, proof=f"{caller.proof.jkt} {caller.proof.jti}")
    return once(services.database, made, take_in, at=at)


def _answer(accepted: int) -> Answer:
    return Answer(HTTPStatus.CREATED, json.dumps({"accepted": accepted}))
