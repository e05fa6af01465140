"""Who asks: an access token and a fresh proof on every call, whatever it asks (API.md 2, 3)."""

from dataclasses import dataclass

from starlette.requests import Request

from audit.events import EventType
from audit.log import Spend
from web import dpop, edge, refusals
from web.dpop import Proof
from web.jose import BadToken
from web.limits import Rate
from web.problems import Kind, unauthenticated
from web.services import Services
from web.tokens import Token


@dataclass(frozen=True, slots=True)
class Caller:
    """A system that proved who it is, with what its token may be used for and the proof it used."""

    system: str
    scopes: frozenset[str]
    proof: Proof

    @property
    def spend(self) -> tuple[Spend, ...]:
        """What the seal of this call's event uses up."""
        return (Spend(key=self.proof.jkt, jti=self.proof.jti),)


def identify(services: Services, request: Request, *, route: str, rate: Rate = Rate.CALLS) -> Caller:
    """Say which system calls, and count the call; raises the problems of 401 and 429."""
    token, text = _token(services, request)
    try:
        proof = _proof(services, request, token, text)
    except BadToken:
        problem = unauthenticated(Kind.PROOF_REFUSED, "invalid_dpop_proof")
        refusals.tell(services, EventType.ACCESS_FAILED, route=route, problem=problem.kind, system=token.system)
        raise problem from None
    taken = services.limits.take(token.system, rate, at=services.clock())
    edge.state_of(request.scope).headers.update(taken.headers())
    return Caller(token.system, token.scopes, proof)


def _token(services: Services, request: Request) -> tuple[Token, str]:
    """Take the token from the one place it may stand; a failure is nobody's, so it is told to no log."""
    given = request.headers.getlist("Authorization")
    scheme, _, text = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "dpop" or not text:
        raise unauthenticated(Kind.UNAUTHENTICATED, "invalid_token")
    try:
        return services.tokens.read(text, at=services.clock()), text
    except BadToken:
        raise unauthenticated(Kind.UNAUTHENTICATED, "invalid_token") from None


def _proof(services: Services, request: Request, token: Token, text: str) -> Proof:
    proof = verified_proof(services, request, token=text)
    if proof.jkt != token.jkt:
        raise BadToken("its key is not the token's")
    return proof


def verified_proof(services: Services, request: Request, *, token: str | None = None) -> Proof:
    """Check the one proof of a call against the public addresses we are known under, never against its ``Host``."""
    given = request.headers.getlist("DPoP")
    if len(given) != 1:
        raise BadToken("there is not exactly one")
    path = request.scope["raw_path"].decode("ascii", "replace")
    addresses = [base + path for base in services.settings.addresses]
    return dpop.verify(given[0], method=request.method, addresses=addresses, at=services.clock(), token=token)
