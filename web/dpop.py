"""DPoP: a proof on every call that the caller holds the key its token is bound to (RFC 9449 4.2, 4.3)."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from web import jose
from web.jose import BadToken

TYPE: Final = "dpop+jwt"
OLDEST: Final = timedelta(seconds=60)
AHEAD: Final = timedelta(seconds=10)
LONGEST_ID: Final = 128
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds: the thumbprint of its key, and its id, to be used once."""

    jkt: str
    jti: str


def verify(proof: str, *, method: str, addresses: Iterable[str], at: datetime, token: str | None = None) -> Proof:
    """Check a proof against the call it came with; raises BadToken naming the rule.

    ``addresses`` are our configured public ones with the path, never what the caller's ``Host`` says. ``token``: the access token that the
    proof has to name (``ath``); none at the token endpoint.
    """
    header = jose.header_of(proof)
    algorithm = jose.text_claim(header, "alg", among=jose.ALGORITHMS)
    if header.get("typ") != TYPE or not isinstance(header.get("jwk"), dict):
        raise BadToken("it is not a proof with a key")
    claims = jose.claims_of(proof, header["jwk"], algorithm=algorithm)
    named = jose.text_claim(claims, "htu")
    if claims.get("htm") != method or not any(same_address(named, address) for address in addresses):
        raise BadToken("it is for another call")
    check_age(jose.moment_claim(claims, "iat"), at)
    if token is not None and not _names(claims, token):
        raise BadToken("it is for another token")
    return Proof(jose.thumbprint(header["jwk"]), once(claims))


def once(claims: Mapping[str, Any]) -> str:
    """Take the id that may be used once."""
    jti = jose.text_claim(claims, "jti")
    if len(jti) > LONGEST_ID or not jti.isascii() or not jti.isprintable():
        raise BadToken("its jti is not as it should be")
    return jti


def check_age(issued: float, at: datetime) -> None:
    """Refuse what was made over a minute ago, or more than the clocks may differ from now."""
    if not (at - OLDEST).timestamp() <= issued <= (at + AHEAD).timestamp():
        raise BadToken("it was not made just now")


def same_address(one: str, other: str) -> bool:
    """Compare two addresses as RFC 9449 4.3 does: case and default port normalised, query and fragment ignored."""
    try:
        return _normal(urlsplit(one)) == _normal(urlsplit(other))
    except ValueError:
        return False


def _normal(address: SplitResult) -> tuple[str, str, int | None, str]:
    if address.username is not None or not address.hostname:
        raise ValueError("An address of a call has a host and no user.")
    port = address.port or _PORTS.get(address.scheme)
    return address.scheme, address.hostname, port, address.path or "/"


def _names(claims: Mapping[str, Any], token: str) -> bool:
    named = claims.get("ath")
    return isinstance(named, str) and named.isascii() and hmac.compare_digest(named, jose.digest(token.encode()))
