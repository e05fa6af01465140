"""One call about a person from its head to the gate's answer, in the order in which things are checked (API.md 1.4)."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from audit.errors import EventRejected, LogUnavailable, Replayed
from audit.events import EventType, RequestRef
from db.errors import DatabaseError
from publish import gate
from publish.asking import Call, Form, Question
from publish.errors import NotEntitled
from publish.gate import Disclosed
from web import actors, heads, refusals
from web.actors import Caller
from web.heads import Head
from web.limits import Rate
from web.problems import Kind, Problem, unauthenticated
from web.scopes import Scope
from web.services import Services, services_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation about one person: its route's template, what it needs and what it answers with."""

    route: str
    scope: Scope
    form: Form
    rate: Rate = Rate.CALLS
    with_categories: bool = False


def ask(request: Request, operation: Operation, question: Callable[[Head], Question]) -> Disclosed:
    """Put a call to the gate. Form of the head (400), who (401), what the recipient may ask (403), the body (422), the person (404)."""
    services = services_of(request)
    head = heads.read(request, with_categories=operation.with_categories)
    caller = actors.identify(services, request, route=operation.route, rate=operation.rate)
    try:
        disclosed = gate.disclose(
            services.database,
            services.sealer,
            _call(operation, head, caller),
            lambda: question(head),
            clock=services.clock,
        )
    except NotEntitled as refused:
        _tell(services, operation, head, caller, problem=refused.refusal, recipient=refused.recipient)
        raise Problem(Kind(refused.refusal.value)) from None
    except Problem as problem:
        _tell(services, operation, head, caller, problem=problem.kind)
        raise
    if disclosed is None:
        raise Problem(Kind.PERSON_NOT_AVAILABLE)
    return disclosed


def _call(operation: Operation, head: Head, caller: Caller) -> Call:
    proof = caller.proof
    return Call(
        form=operation.form,
        system=caller.system,
        scope=operation.scope,
        token_scopes=caller.scopes,
        purpose=head.purpose,
        categories=head.categories,
        user=head.user,
        request=RequestRef(route=operation.route, trust=refusals.TRUST, case=head.case, jti=proof.jti, key=proof.jkt),
        spend=caller.spend,
    )


def _tell(
    services: Services,
    operation: Operation,
    head: Head,
    caller: Caller,
    *,
    problem: str,
    recipient: str | None = None,
) -> None:
    refusals.tell(
        services,
        EventType.ACCESS_REFUSED,
        route=operation.route,
        problem=problem,
        system=caller.system,
        recipient=recipient,
        user=head.user,
        spend=caller.spend,
    )


def problem_of(error: Exception) -> Problem:
    """Name the problem that an error from below comes out as; nothing of its text does."""
    match error:
        case Replayed():
            return unauthenticated(Kind.PROOF_REFUSED, "invalid_dpop_proof")
        case LogUnavailable():
            return Problem(Kind.LOG_UNAVAILABLE)
        case EventRejected():
            return Problem(Kind.BAD_REQUEST)
        case DatabaseError():
            return Problem(Kind.NOT_READY)
        case _:
            return Problem(Kind.INTERNAL)
