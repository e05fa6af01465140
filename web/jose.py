"""Signed tokens: compact JWS (RFC 7515) under a short list of algorithms, and key thumbprints (RFC 7638, 8037)."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

import jwt
from jwt.algorithms import OKPAlgorithm

ALGORITHMS: Final = ("ES256", "PS256", "EdDSA", "Ed25519")
"""What we verify; ``Ed25519`` is the newer name of ``EdDSA`` on that curve (RFC 9864)."""
ADVERTISED: Final = ALGORITHMS[:3]
LONGEST_TOKEN: Final = 8 * 1024
SMALLEST_RSA_BITS: Final = 2048
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_POINTING_ELSEWHERE: Final = frozenset({"jku", "x5u", "x5c", "crit", "b64"})
"""Header members by which a token could bring its own trust or its own rules."""
_PUBLIC_MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_FITS: Final = {
    "ES256": ("EC", "P-256"),
    "PS256": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}

_jws = jwt.PyJWS(algorithms=list(ALGORITHMS))
_jws.register_algorithm("Ed25519", OKPAlgorithm())


class BadToken(Exception):
    """A token that does not hold; which rule broke is told, never a value."""


def header_of(token: str) -> Mapping[str, Any]:
    """Read the header of a compact JWS before its signature is known to hold."""
    if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise BadToken("it is not a compact JWS")
    header = _object(token.partition(".")[0])
    if not header.keys().isdisjoint(_POINTING_ELSEWHERE):
        raise BadToken("its header points elsewhere")
    return header


def unverified_claims(token: str) -> Mapping[str, Any]:
    """Read the claims before any signature: only to find whose key has to verify it."""
    return _object(token.split(".")[1])


def claims_of(token: str, jwk: Mapping[str, Any], *, algorithm: str) -> Mapping[str, Any]:
    """Verify the signature by this key under this algorithm, and read the claims."""
    check_key(jwk, algorithm)
    try:
        key = jwt.PyJWK.from_dict(dict(jwk), "EdDSA" if algorithm == "Ed25519" else algorithm).key
        _jws.decode(token, key, algorithms=[algorithm])
    except jwt.PyJWTError:
        raise BadToken("its signature does not hold") from None
    return _object(token.split(".")[1])


def signed(claims: Mapping[str, Any], jwk: Mapping[str, str], *, type_: str) -> str:
    """Sign claims with ES256."""
    key = jwt.PyJWK.from_dict(dict(jwk), "ES256")
    return jwt.encode(dict(claims), key, algorithm="ES256", headers={"typ": type_, "kid": jwk["kid"]})


def check_key(jwk: Mapping[str, Any], algorithm: str) -> None:
    """Refuse a key that is private, of another kind than its algorithm, or too short."""
    if algorithm not in ALGORITHMS:
        raise BadToken("its algorithm is not accepted")
    if not jwk.keys().isdisjoint(_PRIVATE_MEMBERS):
        raise BadToken("its key is not a public one")
    kind, curve = _FITS[algorithm]
    if jwk.get("kty") != kind or jwk.get("crv") != curve:
        raise BadToken("its key is not of its algorithm")
    if kind == "RSA" and 8 * len(_bytes(jwk.get("n"))) < SMALLEST_RSA_BITS:
        raise BadToken("its key is too short")


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a public key: its required members, sorted (RFC 7638 3, RFC 8037 2)."""
    names = _PUBLIC_MEMBERS.get(str(jwk.get("kty")), ())
    if not names or not all(isinstance(jwk.get(name), str) for name in names):
        raise BadToken("its key is not complete")
    canonical = json.dumps({name: jwk[name] for name in names}, sort_keys=True, separators=(",", ":"))
    return digest(canonical.encode())


def digest(value: bytes) -> str:
    """Return base64url of SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(value).digest()).rstrip(b"=").decode()


def text_claim(claims: Mapping[str, Any], name: str, *, among: Collection[str] | None = None) -> str:
    """Take a claim that has to be a text, of a closed list where one is given."""
    value = claims.get(name)
    if not isinstance(value, str) or not value or (among is not None and value not in among):
        raise BadToken(f"its {name} is not as it should be")
    return value


def moment_claim(claims: Mapping[str, Any], name: str) -> float:
    """Take a claim that has to be a moment, in seconds since 1970 (RFC 7519, NumericDate)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadToken(f"its {name} is not a moment")
    try:
        return float(value)
    except OverflowError:
        raise BadToken(f"its {name} is not a moment") from None


def _object(segment: str) -> Mapping[str, Any]:
    try:
        value = json.loads(_bytes(segment))
    except (ValueError, RecursionError):
        raise BadToken("it is not JSON") from None
    if not isinstance(value, dict):
        raise BadToken("it is not a JSON object")
    return value


def _bytes(segment: object) -> bytes:
    if not isinstance(segment, str):
        raise BadToken("it is not base64url")
    try:
        return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadToken("it is not base64url") from None
