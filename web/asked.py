"""One call about a person from its head to the gate's answer, in the order in which things are checked (API.md 1.4)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from audit.errors import EventRejected, LogUnavailable, Replayed
from audit.events import EventType, RequestRef
from db.errors import DatabaseError
from publish import gate, recipients
from publish.asking import Call, Form, Question
from publish.errors import KeyReused, NotEntitled, PositionPast, PositionUnknown, ProofUsed, Refusal
from publish.gate import Disclosed
from publish.recipients import Keys, Standing
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
    with refusals_told(services, caller, route=operation.route, user=head.user):
        disclosed = gate.disclose(
            services.database,
            services.sealer,
            call(operation, head, caller),
            lambda: question(head),
            clock=services.clock,
        )
    if disclosed is None:
        raise Problem(Kind.PERSON_NOT_AVAILABLE)
    return disclosed


def see_registered(services: Services, caller: Caller) -> tuple[Standing, Keys]:
    """Give how a system stands that asks about nobody, and its keys; raises the problem of one that is not active."""
    at = services.clock()
    with services.database.read() as read:
        found = recipients.registered(read, system=caller.system, at=at)
    if found is None or not (found[0].active and found[0].recipient_active):
        raise Problem(Kind(Refusal.RECIPIENT_NOT_ACTIVE.value))
    return found


@contextmanager
def refusals_told(services: Services, caller: Caller, *, route: str, user: str) -> Iterator[None]:
    """Put it into the log when a call by somebody who proved who they are is refused, and raise it as a problem."""
    try:
        yield
    except Problem as problem:
        _tell(services, caller, route, user, problem.kind)
        raise
    except NotEntitled as refused:
        _tell(services, caller, route, user, refused.refusal, recipient=refused.recipient)
        raise Problem(Kind(refused.refusal.value)) from None
    except tuple(_PROBLEMS) as refused:
        known = _PROBLEMS[type(refused)]()
        _tell(services, caller, route, user, known.kind)
        raise known from None


_PROBLEMS: Final[Mapping[type[Exception], Callable[[], Problem]]] = {
    PositionUnknown: lambda: Problem(Kind.TOKEN_INVALID),
    PositionPast: lambda: Problem(Kind.TOKEN_EXPIRED),
    KeyReused: lambda: Problem(Kind.KEY_REUSED),
    ProofUsed: lambda: unauthenticated(Kind.PROOF_REFUSED, "invalid_dpop_proof"),
}


def call(operation: Operation, head: Head, caller: Caller) -> Call:
    """Put together what is known of a call before its body is looked at."""
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
    services: Services, caller: Caller, route: str, user: str, problem: str, *, recipient: str | None = None
) -> None:
    refusals.tell(
        services,
        EventType.ACCESS_REFUSED,
        route=route,
        problem=problem,
        system=caller.system,
        recipient=recipient,
        user=user,
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
