"""A client's proof of who it is: private_key_jwt (RFC 7523 3) as FAPI 2.0 narrows it."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from publish.cut import HELSINKI
from publish.recipients import Keys
from web import dpop, jose
from web.jose import BadToken
from web.settings import WebSettings

LONGEST_LIFE: Final = timedelta(seconds=300)
CLOCKS_DIFFER: Final = timedelta(seconds=10)
_TYPES: Final = (None, "JWT", "client-authentication+jwt")
_CLIENT: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


def client_of(assertion: str) -> str:
    """Say whose assertion it claims to be, before any key is asked."""
    jose.header_of(assertion)
    client = jose.text_claim(jose.unverified_claims(assertion), "sub")
    if not _CLIENT.fullmatch(client):
        raise BadToken("its sub is not a client id")
    return client


def verify(assertion: str, *, client: str, keys: Keys, settings: WebSettings, at: datetime) -> str:
    """Check an assertion of this client against its registered keys and return its ``jti``; raises BadToken naming the rule."""
    header = jose.header_of(assertion)
    algorithm = jose.text_claim(header, "alg", among=keys.algorithms)
    if "jwk" in header or header.get("typ") not in _TYPES:
        raise BadToken("it is not a client's assertion")
    claims = jose.claims_of(assertion, _key(header, keys, at), algorithm=algorithm)
    audiences = (settings.issuer, settings.token_endpoint) if keys.token_audience else (settings.issuer,)
    jose.text_claim(claims, "aud", among=audiences)
    if (claims.get("iss"), claims.get("sub")) != (client, client):
        raise BadToken("its iss and sub are not the client")
    _check_times(claims, at)
    return dpop.once(claims)


def _key(header: Mapping[str, Any], keys: Keys, at: datetime) -> Mapping[str, Any]:
    """Find the registered key that is named and has not ended."""
    today = at.astimezone(HELSINKI).date().isoformat()
    named = jose.text_claim(header, "kid")
    for key in keys.jwks:
        if key.get("kid") == named and key.get("ends", today) >= today:
            return key
    raise BadToken("its kid is of no live key")


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    ends = jose.moment_claim(claims, "exp")
    if not at.timestamp() < ends <= (at + LONGEST_LIFE).timestamp():
        raise BadToken("it has ended, or lasts too long")
    if "iat" in claims:
        dpop.check_age(jose.moment_claim(claims, "iat"), at)
    if "nbf" in claims and jose.moment_claim(claims, "nbf") > (at + CLOCKS_DIFFER).timestamp():
        raise BadToken("it is not in force yet")
