"""A municipal system as it would call the machine API: its own keys, tokens bound by DPoP, one resolve and one view.

Written from RFC 7523 (private_key_jwt), RFC 9449 (DPoP), RFC 7638 (thumbprints) and the API's own description.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE_S: Final = 60
SCOPES: Final = "people:resolve view:read"
CALL_TIMEOUT_S: Final = 20


@dataclass(frozen=True, slots=True)
class Key:
    """An ES256 key as a JWK; `kid` is its thumbprint."""

    jwk: dict[str, str]

    @classmethod
    def make(cls) -> Self:
        """Make a new key pair."""
        numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
        public = numbers.public_numbers
        return cls(
            {
                "kty": "EC",
                "crv": "P-256",
                "x": _coordinate(public.x),
                "y": _coordinate(public.y),
                "d": _coordinate(numbers.private_value),
            }
        )

    @property
    def public(self) -> dict[str, str]:
        """The public half, as it is registered and as a proof carries it."""
        return {name: value for name, value in self.jwk.items() if name != "d"}

    @property
    def thumbprint(self) -> str:
        """The RFC 7638 thumbprint."""
        canonical = json.dumps(self.public, sort_keys=True, separators=(",", ":"))
        return _base64url(hashlib.sha256(canonical.encode()).digest())

    def registered(self) -> dict[str, str]:
        """Give the public key as an entry of a JWKS."""
        return self.public | {"kid": self.thumbprint, "use": "sig", "alg": "ES256"}

    def sign(self, claims: dict[str, Any], **header: object) -> str:
        """Sign a compact JWS."""
        return jwt.encode(claims, jwt.PyJWK.from_dict(self.jwk, "ES256"), algorithm="ES256", headers=dict(header))


@dataclass(slots=True)
class Municipality:
    """One registered system of a municipality, at its desk: `base` is the API's public base address, which is also the issuer."""

    base: str
    client_id: str
    assertion_key: Key
    user: str
    http: httpx.Client
    scopes: str = SCOPES
    proof_key: Key = field(default_factory=Key.make)
    _token: str | None = None

    @classmethod
    def at(cls, base: str, *, client_id: str, key: Key, user: str) -> Self:
        """Sit down at the desk of a system, with a connection of its own."""
        return cls(base=base, client_id=client_id, assertion_key=key, user=user, http=httpx.Client())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def token(self) -> str:
        """Take an access token bound to the proof key, once."""
        if self._token is None:
            url = f"{self.base}/oauth/token"
            form = {
                "grant_type": "client_credentials",
                "scope": self.scopes,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._assertion(),
            }
            answer = self.http.post(url, data=form, headers={"DPoP": self.proof("POST", url)}, timeout=CALL_TIMEOUT_S)
            answer.raise_for_status()
            self._token = answer.json()["access_token"]
        return self._token

    def forget_token(self) -> None:
        """Drop the access token: it has ended, or is for other scopes than the next calls need."""
        self._token = None

    def proof(self, method: str, url: str, *, token: str | None = None) -> str:
        """Make a fresh DPoP proof for one call."""
        claims: dict[str, Any] = {"htm": method, "htu": url, "iat": int(time.time()), "jti": secrets.token_urlsafe(16)}
        if token is not None:
            claims["ath"] = _base64url(hashlib.sha256(token.encode()).digest())
        return self.proof_key.sign(claims, typ="dpop+jwt", jwk=self.proof_key.public)

    def call(
        self, method: str, path: str, *, purpose: str, case: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Make one call with token, proof and the three headers that say why, for which case and for which worker."""
        return self.send(method, path, {"Luukku-Purpose": purpose, "Luukku-Case": case}, body=body)

    def send(
        self, method: str, path: str, headers: dict[str, str], *, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Make one call with token, proof, the worker and these headers; the proof names the path without its query."""
        url, token = f"{self.base}{path}", self.token()
        proof = self.proof(method, url.partition("?")[0], token=token)
        of_every_call = {"Authorization": f"DPoP {token}", "DPoP": proof, "Luukku-User": self.user}
        return self.http.request(method, url, json=body, headers=headers | of_every_call, timeout=CALL_TIMEOUT_S)

    def changes(self, after: str, *, purpose: str, limit: int = 500) -> httpx.Response:
        """Read the next page of the feed."""
        return self.send("GET", f"/v1/changes?after={after}&limit={limit}", {"Luukku-Purpose": purpose})

    def begin(self, *, purpose: str, at: str = "now") -> httpx.Response:
        """Ask where to begin in the feed."""
        return self.send("GET", f"/v1/changes/token?at={at}", {"Luukku-Purpose": purpose})

    def report(self, applied: list[dict[str, Any]], *, key: str) -> httpx.Response:
        """Report what was done with what the feed told of."""
        return self.send("POST", "/v1/applied", {"Idempotency-Key": key}, body={"applied": applied})

    def view_of(self, hetu: str, *, purpose: str, case: str) -> httpx.Response:
        """Resolve a person by HETU, in the body, and read the support view; the refusal comes back as it is."""
        resolved = self.call("POST", "/v1/people/resolve", purpose=purpose, case=case, body={"hetu": hetu})
        if resolved.is_error:
            return resolved
        return self.call("GET", f"/v1/people/{resolved.json()['person_ref']}/support-view", purpose=purpose, case=case)

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.base,
            "iat": now,
            "exp": now + ASSERTION_LIFE_S,
            "jti": secrets.token_urlsafe(16),
        }
        return self.assertion_key.sign(claims, kid=self.assertion_key.thumbprint)


def _coordinate(number: int) -> str:
    return _base64url(number.to_bytes(32))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
