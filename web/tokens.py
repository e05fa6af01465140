"""Access tokens: ES256, five minutes, bound to the caller's proof key (RFC 9068, RFC 9449 6.1)."""

import hashlib
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from db.keys import Keyring, Use
from web import jose
from web.jose import BadToken
from web.settings import WebSettings

TYPE: Final = "at+jwt"
LIFE: Final = timedelta(seconds=300)
CLOCKS_DIFFER: Final = timedelta(seconds=10)
MOST_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Token:
    """What a token of ours says: whose it is, what it may be used for, and the key it is bound to."""

    system: str
    scopes: frozenset[str]
    jkt: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """Gives and reads tokens.

    A token whose signature was verified is remembered by its SHA-256 until it ends: the signature only, never how its system stands.
    """

    settings: WebSettings
    keyring: Keyring
    _kept: dict[bytes, Token] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def give(self, *, system: str, scopes: Collection[str], jkt: str, id_: UUID, at: datetime) -> str:
        """Make a token."""
        claims = {
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
            "sub": system,
            "client_id": system,
            "scope": " ".join(sorted(scopes)),
            "iat": int(at.timestamp()),
            "exp": int((at + LIFE).timestamp()),
            "jti": id_.hex,
            "cnf": {"jkt": jkt},
        }
        return jose.signed(claims, self.keyring.jwk(Use.TOKEN, private=True), type_=TYPE)

    def read(self, text: str, *, at: datetime) -> Token:
        """Read a token of ours that has not ended; raises BadToken."""
        name = hashlib.sha256(text.encode("latin-1", "replace")).digest()
        token = self._kept.get(name) or self._verified(text, at)
        if at >= token.ends_at:
            raise BadToken("it has ended")
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[name] = token
        return token

    def _verified(self, text: str, at: datetime) -> Token:
        header = jose.header_of(text)
        key = next((key for key in self.keyring.jwks(Use.TOKEN) if key["kid"] == header.get("kid")), None)
        if header.get("typ") != TYPE or header.get("alg") != "ES256" or key is None:
            raise BadToken("it is not a token of ours")
        claims = jose.claims_of(text, key, algorithm="ES256")
        if (claims.get("iss"), claims.get("aud")) != (self.settings.issuer, self.settings.audience):
            raise BadToken("it is for somebody else")
        if jose.moment_claim(claims, "iat") > (at + CLOCKS_DIFFER).timestamp():
            raise BadToken("it is from the future")
        bound: Any = claims.get("cnf")
        if not isinstance(bound, dict):
            raise BadToken("it is bound to no key")
        return Token(
            system=jose.text_claim(claims, "client_id"),
            scopes=frozenset(jose.text_claim(claims, "scope").split()),
            jkt=jose.text_claim(bound, "jkt"),
            ends_at=datetime.fromtimestamp(jose.moment_claim(claims, "exp"), at.tzinfo),
        )
