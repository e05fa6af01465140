"""A receipt checked without us: its form, its signature, and that it agrees with itself."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import jwt

from consent.receipts import jose
from consent.receipts.claims import SCHEMA

LONGEST: Final = 64 * 1024
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MANDATORY: Final = ("iss", "iat", "jti", "sub", "conformsTo", "event", "prev", "status", "log")
_MOMENTS: Final = ("signed", "effective", "recorded", "until")


class Verdict(StrEnum):
    """How a check ended; the exit codes of ``./luukku receipt verify`` follow."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True)
class Finding:
    """How a check ended, what is wrong in sentences, and the claims where the signature holds."""

    verdict: Verdict
    wrong: tuple[str, ...] = ()
    key_id: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


def verify(text: str, keys: Sequence[Mapping[str, Any]]) -> Finding:
    """Check a receipt against the public keys of a JWKS; nothing is asked of anybody."""
    token = text.strip()
    if len(token) > LONGEST or not _COMPACT.fullmatch(token):
        return Finding(Verdict.MALFORMED, ("This is not a compact JWS: three parts of base64url, joined by dots.",))
    try:
        header = jose.header_of(token)
    except jwt.InvalidTokenError:
        return Finding(Verdict.MALFORMED, ("Its header cannot be read.",))
    if (header.get("alg"), header.get("typ")) != (jose.ALGORITHM, jose.TYPE):
        return Finding(Verdict.MALFORMED, (f"Its header does not say {jose.ALGORITHM} and {jose.TYPE}.",))
    return _with_key(token, str(header.get("kid")), keys)


def _with_key(token: str, key_id: str, keys: Sequence[Mapping[str, Any]]) -> Finding:
    known = next((key for key in keys if key.get("kid") == key_id), None)
    if known is None:
        return Finding(Verdict.UNKNOWN_KEY, ("The key it names is not among those given.",), key_id)
    try:
        claims = jose.claims_of(token, jose.public_bytes(known))
    except ValueError:
        return Finding(Verdict.UNKNOWN_KEY, ("The key it names is not a public Ed25519 key.",), key_id)
    except jwt.InvalidSignatureError:
        return Finding(
            Verdict.REFUTED, ("Its signature does not hold: it was altered, or is not of this key.",), key_id
        )
    except jwt.InvalidTokenError:
        return Finding(Verdict.MALFORMED, ("Its content cannot be read.",), key_id)
    wrong = tuple(_wrong(claims))
    return Finding(Verdict.REFUTED if wrong else Verdict.VERIFIED, wrong, key_id, claims)


def keys_of(jwks: str) -> list[Mapping[str, Any]]:
    """Read a JWKS; raises ValueError when it is none."""
    document = json.loads(jwks)
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError("not a JWKS")
    return keys


def sha256_of(text: str) -> str:
    """Give the SHA-256 that the next receipt of the same matter names in ``prev``."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def _wrong(claims: Mapping[str, Any]) -> Iterator[str]:
    """Name what does not fit together in claims whose signature holds."""
    for name in _MANDATORY:
        if name not in claims:
            yield f"{name} is missing."
    if claims.get("conformsTo") != SCHEMA:
        yield "conformsTo does not name the form of a consent receipt."
    for name in _MOMENTS:
        if not _is_moment(claims.get(name)):
            yield f"{name} is not a moment."
    if not _is_bound(claims.get("notice")):
        yield "notice.sha256 is not that of the text shown."


def _is_moment(value: object) -> bool:
    if value is None:
        return True
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _is_bound(notice: object) -> bool:
    if not isinstance(notice, dict):
        return notice is None
    return hashlib.sha256(str(notice.get("text")).encode()).hexdigest() == notice.get("sha256")
