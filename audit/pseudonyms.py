"""Whom an entry is about, told so that only who holds the key can tell; and the salt of its digests (ACCESS-LOG 13)."""

import hmac
from functools import lru_cache
from uuid import UUID

from audit.events import RetentionClass
from db.keys import Keyring, Use

PSEUDONYM_BYTES = 16
SALT_BYTES = 16


def pseudonym(keyring: Keyring, year: int, retention: RetentionClass, kind: str, value: str) -> str:
    """Return the first 16 bytes, in hex, of HMAC-SHA-256(K[year, class], kind || 0x00 || value).

    ``kind`` is ``person`` (value: the person_id), ``user`` or ``case`` (value: as the caller named it).
    """
    digest = hmac.digest(_key(keyring, year, retention), f"{kind}\0{value}".encode(), "sha256")
    return digest[:PSEUDONYM_BYTES].hex()


def salt(keyring: Keyring, year: int, retention: RetentionClass, event_id: UUID) -> bytes:
    """Return what keeps the digests of an event from being guessed; the same event again gets the same."""
    return hmac.digest(_key(keyring, year, retention), b"salt\0" + event_id.bytes, "sha256")[:SALT_BYTES]


@lru_cache(maxsize=64)
def _key(keyring: Keyring, year: int, retention: RetentionClass) -> bytes:
    return keyring.keyed_hash(Use.LOG_PSEUDONYM, f"{year}/{retention}".encode())
