"""The one door to the identity provider: what it publishes of itself, and the exchange of a code for an ID token."""

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx

from web.sign_in.settings import SignInSettings

KEPT: Final = timedelta(minutes=10)
ANSWER_TIMEOUT_S: Final = 5
LARGEST_ANSWER: Final = 64 * 1024
SCOPE: Final = "openid"
ANEW: Final = {"prompt": "login", "max_age": "0"}
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class ProviderFailed(Exception):
    """The provider did not answer, or not as the standards have it; nothing of its answer is told."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself, and its keys, as of ``read_at``."""

    authorization_endpoint: str
    token_endpoint: str
    keys: tuple[Mapping[str, Any], ...]
    read_at: datetime


@contextmanager
def reached(settings: SignInSettings) -> Iterator["Provider"]:
    """Open the way to the provider, and close it at the end."""
    with httpx.Client() as http:
        yield Provider(settings, http)


@dataclass(slots=True)
class Provider:
    """Asks the provider; ``http`` follows no redirects, so that a secret goes nowhere else."""

    settings: SignInSettings
    http: httpx.Client
    _kept: Metadata | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self, *, at: datetime) -> Metadata:
        """Give what the provider publishes, read anew every ten minutes."""
        with self._lock:
            if self._kept is None or at - self._kept.read_at > KEPT:
                self._kept = self._read(at)
            return self._kept

    def forget(self) -> None:
        """Read it anew next time: a token named a key that is not among those kept."""
        with self._lock:
            self._kept = None

    def address(self, metadata: Metadata, *, state: str, nonce: str, challenge: str, anew: bool = False) -> str:
        """Give the address to send a browser to (OpenID Connect Core 3.1.2.1, RFC 7636 4.3).

        ``anew``: whoever is signed in there already has to prove again who they are, and the token has to say when they did.
        """
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{metadata.authorization_endpoint}?{urlencode(asked | (ANEW if anew else {}))}"

    def exchange(self, metadata: Metadata, *, code: str, verifier: str) -> str:
        """Exchange a code for an ID token; the access token beside it is dropped."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._asked("POST", metadata.token_endpoint, data=form, headers=self._proof())
        return _text(answer, "id_token")

    def _proof(self) -> dict[str, str]:
        """Prove that it is us (RFC 6749 2.3.1)."""
        pair = f"{quote(self.settings.client_id, safe='')}:{quote(self.settings.secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def _read(self, at: datetime) -> Metadata:
        said = self._asked("GET", f"{self.settings.issuer}/.well-known/openid-configuration")
        if said.get("issuer") != self.settings.issuer:
            raise ProviderFailed("It calls itself by another name.")
        keys = self._asked("GET", _text(said, "jwks_uri")).get("keys")
        if not isinstance(keys, list):
            raise ProviderFailed("It has no keys.")
        return Metadata(_text(said, "authorization_endpoint"), _text(said, "token_endpoint"), tuple(keys), at)

    def _asked(self, method: str, url: str, **given: Any) -> Mapping[str, Any]:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ProviderFailed("One of its addresses is not https.")
        try:
            answer = self.http.request(method, url, timeout=ANSWER_TIMEOUT_S, follow_redirects=False, **given)
            said = answer.json() if len(answer.content) <= LARGEST_ANSWER else None
        except (httpx.HTTPError, ValueError):
            raise ProviderFailed("It did not answer.") from None
        if answer.status_code != httpx.codes.OK or not isinstance(said, dict):
            raise ProviderFailed("It refused.")
        return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise ProviderFailed(f"It gave no {name}.")
    return value
