"""Signatures: Ed25519 for what we attest, ECDSA on P-256 for the tokens that others read."""

import base64
from functools import cache, lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_P256_BYTES = 32
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def sign(seed: bytes, message: bytes) -> bytes:
    """Sign with Ed25519 (RFC 8032)."""
    return _private(seed).sign(message)


def public(seed: bytes) -> bytes:
    """Return the raw 32 bytes of the public key."""
    return _private(seed).public_key().public_bytes_raw()


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the Ed25519 signature over the message is of that raw public key; malformed ones are not."""
    try:
        _public(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def token_jwk(key_id: str, secret: bytes, *, private: bool) -> dict[str, str]:
    """Return the key as a JSON Web Key for ES256 (RFC 7517, 7518 6.2)."""
    numbers = _token_private(secret).private_numbers()
    point = numbers.public_numbers
    jwk = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": key_id}
    jwk |= {"x": _base64url(point.x), "y": _base64url(point.y)}
    return jwk | ({"d": _base64url(numbers.private_value)} if private else {})


@lru_cache(maxsize=64)
def _public(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@cache
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@cache
def _token_private(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Take the secret into [1, order - 1]; the bias is below 2^-32 and a key of this use lives a year."""
    scalar = int.from_bytes(secret, "big") % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(_P256_BYTES, "big")).rstrip(b"=").decode()
