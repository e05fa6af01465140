"""Decisions asked for without a view: what a read would show, why an authority's data are shown or not, an answer again (API.md 5.4)."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventType, RequestRef
from publish import decided_before, dry_run, explaining
from publish.asking import Call, Form, Question
from web import actors, decision_body, edge, heads, refusals
from web.actors import Caller
from web.asked import refusals_told
from web.decision_body import Asked
from web.heads import Head
from web.openapi import described
from web.problems import Kind, Problem
from web.scopes import Scope
from web.services import Services, services_of

ASK: Final = "POST /v1/decisions"
AGAIN: Final = "GET /v1/decisions/{id}"

router = APIRouter(prefix="/v1")


@router.post("/decisions", openapi_extra=described("decide", Scope.DECISIONS, EventType.QUERY_DECIDED))
def decide(request: Request) -> Response:
    """Name the categories that a read would show now; an authority that may is told why of its own, as of any moment."""
    services, head = services_of(request), heads.read(request)
    caller = actors.identify(services, request, route=ASK)
    with refusals_told(services, caller, route=ASK, user=head.user):
        body = _answer(services, caller, head, _body(services, request))
    if body is None:
        raise Problem(Kind.PERSON_NOT_AVAILABLE)
    return Response(body, media_type=heads.JSON)


@router.get("/decisions/{id}", openapi_extra=described("decided", Scope.DECISIONS, EventType.LOG_READ))
def decided(request: Request, id: str) -> Response:  # noqa: A002 - as the address names it
    """Give what the same system was answered then."""
    services, head = services_of(request), heads.read(request)
    caller = actors.identify(services, request, route=AGAIN)
    call = _call(caller, head, AGAIN, _scope_held(caller))
    with refusals_told(services, caller, route=AGAIN, user=head.user):
        body = decided_before.again(services.database, services.sealer, call, id, clock=services.clock)
        if body is None:
            raise Problem(Kind.NOT_FOUND)
    return Response(body, media_type=heads.JSON)


def _body(services: Services, request: Request) -> Asked | Problem:
    """Read the body; what is wrong with it is told only to who may ask at all."""
    try:
        return decision_body.read(
            edge.state_of(request.scope).body,
            before=services.clock(),
            artificial_only=services.settings.artificial_only,
        )
    except Problem as problem:
        return problem


def _answer(services: Services, caller: Caller, head: Head, asked: Asked | Problem) -> bytes | None:
    doors = services.database, services.sealer
    if isinstance(asked, Asked) and asked.recipient is not None:
        why = explaining.Question(
            subject=asked.subject, recipient=asked.recipient, at=asked.at, known_at=asked.known_at
        )
        call = _call(caller, head, ASK, Scope.EXPLANATIONS, asked)
        return explaining.ask(*doors, call, lambda: why, clock=services.clock)
    scope = _scope_held(caller) if isinstance(asked, Problem) else Scope.DECISIONS
    return dry_run.ask(*doors, _call(caller, head, ASK, scope, asked), lambda: _question(asked), clock=services.clock)


def _question(asked: Asked | Problem) -> Question:
    if isinstance(asked, Problem):
        raise asked
    return Question(subject=asked.subject)


def _scope_held(caller: Caller) -> Scope:
    """Take the scope by which a system asks that has only one of the two."""
    explains = Scope.EXPLANATIONS in caller.scopes and Scope.DECISIONS not in caller.scopes
    return Scope.EXPLANATIONS if explains else Scope.DECISIONS


def _call(caller: Caller, head: Head, route: str, scope: Scope, asked: Asked | Problem | None = None) -> Call:
    proof = caller.proof
    return Call(
        form=Form.DECISION,
        system=caller.system,
        scope=scope,
        token_scopes=caller.scopes,
        purpose=head.purpose,
        categories=asked.categories if isinstance(asked, Asked) else (),
        user=head.user,
        request=RequestRef(route=route, trust=refusals.TRUST, case=head.case, jti=proof.jti, key=proof.jkt),
        spend=caller.spend,
    )
