"""The provider itself: discovery, keys, authorization with PKCE, and the token endpoint (OpenID Connect Core 3.1, RFC 7636, RFC 9207).

Written from the standards; it knows one client, and refuses what a careful provider refuses.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from simulators.identity_provider.accounts import ACCOUNTS, Account
from simulators.municipality import Key

CODE_LIFE_S = 60
TOKEN_LIFE_S = 300


@dataclass(frozen=True, slots=True)
class Client:
    """The one relying party: its id, its secret, and where its users may be sent back to."""

    client_id: str
    secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Code:
    account: Account
    redirect_uri: str
    challenge: str
    nonce: str
    made_at: float


class IdentityProvider:
    """The endpoints under an issuer's address; ``changed`` lets a test bend the next ID token's claims or header."""

    def __init__(self, issuer: str, client: Client) -> None:
        self.issuer = issuer
        self.key = Key.make()
        self.changed: dict[str, Any] = {}
        self._client = client
        self._codes: dict[str, _Code] = {}

    def router(self) -> APIRouter:
        """Put the endpoints together, under the issuer's path."""
        router = APIRouter(prefix=urlsplit(self.issuer).path, include_in_schema=False)
        router.add_api_route("/.well-known/openid-configuration", self.discovery, methods=["GET"])
        router.add_api_route("/jwks", self.jwks, methods=["GET"])
        router.add_api_route("/authorize", self.choose, methods=["GET"])
        router.add_api_route("/authorize", self.chosen, methods=["POST"])
        router.add_api_route("/token", self.token, methods=["POST"])
        return router

    def discovery(self) -> Response:
        """Tell where everything is (OpenID Connect Discovery 3)."""
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def jwks(self) -> Response:
        """Give the public key."""
        return JSONResponse({"keys": [self.key.registered()]})

    def choose(self, request: Request) -> Response:
        """Ask who signs in: a button for each account."""
        refused = self._refused(request.query_params)
        return refused or HTMLResponse(_page(request.query_params))

    async def chosen(self, request: Request) -> Response:
        """Send the browser back with a code, or with a refusal when the user gave up."""
        form = _form(await request.body())
        refused = self._refused(form)
        if refused:
            return refused
        account = next((one for one in ACCOUNTS if one.name == form.get("account")), None)
        answer = {"error": "access_denied"} if account is None else {"code": self._code(account, form)}
        query = urlencode(answer | {"state": form["state"], "iss": self.issuer})
        return RedirectResponse(f"{form['redirect_uri']}?{query}", status_code=303)

    async def token(self, request: Request) -> Response:
        """Exchange a code for an ID token, once, for the client that proves itself and knows the verifier."""
        if not self._is_client(request.headers.get("authorization", "")):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        form = _form(await request.body())
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or not _fits(code, form):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        answer = {"access_token": secrets.token_hex(16), "token_type": "Bearer", "id_token": self._id_token(code)}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def _refused(self, given: Mapping[str, str]) -> Response | None:
        """Refuse on our own page what may not be answered at the client's address."""
        right = given.get("client_id") == self._client.client_id and given.get("response_type") == "code"
        right = right and given.get("redirect_uri") in self._client.redirect_uris
        right = right and given.get("code_challenge_method") == "S256" and bool(given.get("code_challenge"))
        right = right and "openid" in given.get("scope", "").split() and bool(given.get("state"))
        return None if right else HTMLResponse("<h1>The client's request does not hold.</h1>", status_code=400)

    def _code(self, account: Account, form: Mapping[str, str]) -> str:
        code = secrets.token_hex(16)
        self._codes[code] = _Code(
            account, form["redirect_uri"], form["code_challenge"], form.get("nonce", ""), time.time()
        )
        return code

    def _is_client(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        wanted = f"{self._client.client_id}:{self._client.secret}"
        try:
            told = unquote(base64.b64decode(given).decode())
        except ValueError:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(told, wanted)

    def _id_token(self, code: _Code) -> str:
        at = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self._client.client_id,
            "iat": at,
            "auth_time": at,
            "exp": at + TOKEN_LIFE_S,
            "nonce": code.nonce,
        }
        claims |= code.account.claims() | self.changed
        return self.key.sign(
            {name: value for name, value in claims.items() if value is not None}, kid=self.key.thumbprint
        )


def _fits(code: _Code, form: Mapping[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    in_time = time.time() - code.made_at < CODE_LIFE_S
    same = form.get("grant_type") == "authorization_code" and form.get("redirect_uri") == code.redirect_uri
    return in_time and same and hmac.compare_digest(challenge, code.challenge)


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _page(query: Mapping[str, str]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in query.items()
    )
    buttons = "".join(
        f'<p><button name="account" value="{one.name}">{escape(one.label)}</button></p>'
        for one in (*ACCOUNTS, Account(name="", label="Cancel"))
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>Stand-in identity provider</title><h1>Who signs in?</h1><form method="post">{hidden}{buttons}</form></html>'
    )
