"""Compact JWS under the receipt keys: PyJWT writes and reads the form, the keyring alone holds what signs (RFC 7515, 8037)."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import jwt
import msgspec
from jwt.algorithms import Algorithm

from db.keys import Keyring, Use, verify

ALGORITHM: Final = "EdDSA"
TYPE: Final = "consent-receipt+jwt"


class _Signer(NamedTuple):
    """A keyring, and which of its keys signs."""

    keyring: Keyring
    key_id: str


class _ByKeyring(Algorithm):
    """Ed25519 with keys that never leave the keyring: a signer signs, 32 public bytes verify."""

    def prepare_key(self, key: Any) -> Any:
        """Take a key as it is."""
        return key

    def sign(self, msg: bytes, key: _Signer) -> bytes:
        """Sign under the signer's key."""
        return key.keyring.sign(Use.RECEIPT, msg, key_id=key.key_id).signature

    def verify(self, msg: bytes, key: bytes, sig: bytes) -> bool:
        """Tell whether the signature is of this public key."""
        return verify(key, sig, msg)

    @staticmethod
    def to_jwk(*_: Any, **__: Any) -> Any:
        """Refuse: keys are published by ``jwks`` alone."""
        raise jwt.InvalidKeyError

    @staticmethod
    def from_jwk(*_: Any) -> Any:
        """Refuse: keys are read by ``public_bytes`` alone."""
        raise jwt.InvalidKeyError


_encode = msgspec.json.Encoder(order="sorted").encode
_jws = jwt.PyJWS(algorithms=[])
_jws.register_algorithm(ALGORITHM, _ByKeyring())


def sign(claims: Mapping[str, Any], keyring: Keyring, *, type_: str = TYPE) -> str:
    """Sign claims with the current key; the same claims under the same key give the same bytes."""
    key_id = keyring.key_ids(Use.RECEIPT)[0]
    signer: Any = _Signer(keyring, key_id)  # PyJWT hands it to our own algorithm as it is
    return _jws.encode(canonical(claims), signer, algorithm=ALGORITHM, headers={"typ": type_, "kid": key_id})


def canonical(claims: Mapping[str, Any]) -> bytes:
    """Write claims as JSON in one way: members sorted, no space."""
    return _encode(claims)


def jwks(keyring: Keyring) -> dict[str, list[dict[str, str]]]:
    """Give every key that may have signed a receipt, the one that signs now first (RFC 7517): a former one stays for good."""
    return {"keys": [_public(keyring, key_id) for key_id in keyring.key_ids(Use.RECEIPT)]}


def _public(keyring: Keyring, key_id: str) -> dict[str, str]:
    x = base64.urlsafe_b64encode(keyring.public_key(Use.RECEIPT, key_id)).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "alg": ALGORITHM, "use": "sig", "kid": key_id, "x": x}


def public_bytes(jwk: Mapping[str, Any]) -> bytes:
    """Read an Ed25519 key of a JWKS; raises ValueError when it is none, or holds a secret."""
    if (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519") or "d" in jwk:
        raise ValueError("not a public Ed25519 key")
    text = str(jwk.get("x"))
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def header_of(token: str) -> dict[str, Any]:
    """Read the header of a token not yet verified; raises ``jwt.DecodeError``."""
    header: dict[str, Any] = _jws.get_unverified_header(token)
    return header


def claims_of(token: str, public_key: bytes) -> dict[str, Any]:
    """Verify a token under a key and read its claims; raises ``jwt.InvalidTokenError``."""
    payload: bytes = _jws.decode(token, public_key, algorithms=[ALGORITHM])
    try:
        claims = json.loads(payload)
    except ValueError:
        raise jwt.DecodeError("The content is not JSON.") from None
    if not isinstance(claims, dict):
        raise jwt.DecodeError("The content is not an object.")
    return claims
