"""What can identify, beside the entry: encrypted, committed to by a salted digest, and erasable with its key."""

import json
import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from audit.events import RetentionClass
from db.clock import now
from db.ids import uuid7
from db.keys import Encrypted, Key, Keyring, State, Use

MAX_DETAIL_BYTES = 65_536
_KEY_BYTES = 32
_KEYS_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Box:
    """An encrypted detail with its wrapped key: what ``detail`` and ``detail_key`` hold."""

    key_id: UUID
    wrapped: bytes
    nonce: bytes
    box: bytes


@dataclass(frozen=True, slots=True)
class _DetailKey:
    id: UUID
    wrapped: bytes
    keyring: Keyring


def commitment(salt: bytes, plaintext: bytes) -> str:
    """Return what the entry says of its detail: SHA-256, in hex, of salt and canonical plaintext."""
    return sha256(salt + plaintext).hexdigest()


def commitment_of(plaintext: bytes) -> str:
    """Return the commitment to a detail that was opened; its salt stands in it."""
    return commitment(bytes.fromhex(json.loads(plaintext)["salt"]), plaintext)


def encrypted(
    keyring: Keyring, event_id: UUID, plaintext: bytes, *, year: int, retention: RetentionClass, person: str | None
) -> Box:
    """Encrypt under a key of this person, class and year; the event's id is associated data.

    A process makes each such key once and sends it along with every box, so no writer reads or waits for another's.
    """
    key = _detail_key(keyring, year, retention, person)
    made = key.keyring.encrypt(Use.LOG_DETAIL, plaintext, context=event_id.bytes)
    return Box(key.id, key.wrapped, made.nonce, made.box)


def decrypted(keyring: Keyring, event_id: UUID, box: Box) -> bytes:
    """Open a detail. Raises ``KeyMissing`` or ``DecryptionFailed``."""
    secret = keyring.decrypt_packed(Use.LOG_DETAIL, box.wrapped, context=box.key_id.bytes)
    inner = _keyring_of(box.key_id, secret)
    return inner.decrypt(Use.LOG_DETAIL, Encrypted(str(box.key_id), box.nonce, box.box), context=event_id.bytes)


@lru_cache(maxsize=_KEYS_KEPT)
def _detail_key(keyring: Keyring, _year: int, _retention: RetentionClass, _person: str | None) -> _DetailKey:
    key_id, secret = uuid7(now()), secrets.token_bytes(_KEY_BYTES)
    wrapped = keyring.encrypt_packed(Use.LOG_DETAIL, secret, context=key_id.bytes)
    return _DetailKey(key_id, wrapped, _keyring_of(key_id, secret))


def _keyring_of(key_id: UUID, secret: bytes) -> Keyring:
    key = Key(str(key_id), Use.LOG_DETAIL, State.CURRENT, now(), secret)
    return Keyring((key,), development=False)
