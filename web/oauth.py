"""The authorization server: client credentials alone, proved by a signed assertion, for tokens bound by DPoP (API.md 3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from audit.errors import EventRejected, Replayed
from audit.events import Actor, Event, EventType, RequestRef, RetentionClass
from audit.log import Disclosure, Spend
from db.ids import uuid7
from db.keys import Use
from publish import recipients
from publish.recipients import Standing
from web import actors, assertions, edge, jose, refusals
from web.dpop import Proof
from web.jose import BadToken
from web.limits import Rate
from web.openapi import needs
from web.scopes import Scope
from web.services import Services, services_of
from web.tokens import LIFE

GRANT: Final = "client_credentials"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM: Final = "application/x-www-form-urlencoded"
ROUTE: Final = "POST /oauth/token"
MOST_FIELDS: Final = 20

router = APIRouter()


@dataclass(slots=True, eq=False)
class Refused(Exception):
    """A token is not given (RFC 6749 5.2, RFC 9449 5); ``system``: whose, once that is known."""

    error: str
    system: str | None = None

    def answer(self) -> Response:
        """Write it down."""
        return JSONResponse({"error": self.error}, 401 if self.error == "invalid_client" else 400)


@router.get("/.well-known/oauth-authorization-server", openapi_extra=needs(None, None))
def metadata(request: Request) -> Response:
    """Describe the authorization server (RFC 8414)."""
    settings = services_of(request).settings
    return JSONResponse(
        {
            "issuer": settings.issuer,
            "token_endpoint": settings.token_endpoint,
            "jwks_uri": f"{settings.issuer}/oauth/jwks",
            "scopes_supported": [scope.value for scope in Scope],
            "response_types_supported": [],
            "grant_types_supported": [GRANT],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(jose.ADVERTISED),
            "dpop_signing_alg_values_supported": list(jose.ADVERTISED),
        }
    )


@router.get("/oauth/jwks", openapi_extra=needs(None, None))
def jwks(request: Request) -> Response:
    """Give the public keys that our tokens are signed with."""
    return JSONResponse({"keys": services_of(request).keyring.jwks(Use.TOKEN)})


@router.post("/oauth/token", openapi_extra=needs(None, EventType.SESSION_OPENED))
def token(request: Request) -> Response:
    """Give an access token of five minutes, bound to the key of the DPoP proof that the request carries."""
    services = services_of(request)
    try:
        return _given(services, request)
    except Refused as refused:
        if refused.system is not None:
            refusals.tell(services, EventType.ACCESS_FAILED, route=ROUTE, problem=refused.error, system=refused.system)
        return refused.answer()


def _given(services: Services, request: Request) -> Response:
    form = _form(request)
    standing, assertion_id = _client(services, form)
    taken = services.limits.take(standing.system, Rate.TOKEN, at=services.clock())
    edge.state_of(request.scope).headers.update(taken.headers())
    proof = _proof(services, request, standing.system)
    scopes = _scopes(form, standing)
    spend = (Spend(key=standing.system, jti=assertion_id), Spend(key=proof.jkt, jti=proof.jti))
    _seal(services, standing, spend)
    at = services.clock()
    text = services.tokens.give(system=standing.system, scopes=scopes, jkt=proof.jkt, id_=uuid7(at), at=at)
    life_s = int(LIFE.total_seconds())
    return JSONResponse(
        {"access_token": text, "token_type": "DPoP", "expires_in": life_s, "scope": " ".join(sorted(scopes))}
    )


def _form(request: Request) -> Mapping[str, str]:
    """Read the form: each member once, nothing in the address, no second way to prove oneself."""
    if request.url.query or "Authorization" in request.headers:
        raise Refused("invalid_request")
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
        raise Refused("invalid_request")
    try:
        body = edge.state_of(request.scope).body.decode()
        pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused("invalid_request") from None
    form = dict(pairs)
    if len(form) < len(pairs) or "client_secret" in form or "grant_type" not in form:
        raise Refused("invalid_request")
    if form["grant_type"] != GRANT:
        raise Refused("unsupported_grant_type")
    return form


def _client(services: Services, form: Mapping[str, str]) -> tuple[Standing, str]:
    """Say which active system it is, and the id of its assertion."""
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise Refused("invalid_client")
    assertion, at = form.get("client_assertion", ""), services.clock()
    try:
        client = assertions.client_of(assertion)
    except BadToken:
        raise Refused("invalid_client") from None
    with services.database.read() as read:
        found = recipients.registered(read, system=client, at=at)
    if found is None or form.get("client_id", client) != client:
        raise Refused("invalid_client", client if found else None)
    standing, keys = found
    try:
        jti = assertions.verify(assertion, client=client, keys=keys, settings=services.settings, at=at)
    except BadToken:
        raise Refused("invalid_client", client) from None
    if not (standing.active and standing.recipient_active):
        raise Refused("invalid_client", client)
    return standing, jti


def _proof(services: Services, request: Request, system: str) -> Proof:
    try:
        return actors.verified_proof(services, request)
    except BadToken:
        raise Refused("invalid_dpop_proof", system) from None


def _scopes(form: Mapping[str, str], standing: Standing) -> Collection[str]:
    """Give what is asked of what is granted; all of it when nothing is asked (RFC 6749 3.3)."""
    asked = frozenset(form["scope"].split(" ")) if "scope" in form else standing.scopes
    if not asked or not asked <= standing.scopes:
        raise Refused("invalid_scope", standing.system)
    return asked


def _seal(services: Services, standing: Standing, spend: tuple[Spend, ...]) -> None:
    """Put it into the log that the system was let in; assertion and proof are used up with it."""
    at = services.clock()
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.SESSION_OPENED,
        actor=Actor(org=standing.recipient, system=standing.system),
        retention=RetentionClass.ADMIN,
        request=RequestRef(route=ROUTE, trust=refusals.TRUST, jti=spend[1].jti, key=spend[1].key),
    )
    try:
        services.sealer.seal(Disclosure(event=event, spend=spend))
    except Replayed:
        raise Refused("invalid_client", standing.system) from None
    except EventRejected:
        raise Refused("invalid_request", standing.system) from None
