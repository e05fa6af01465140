"""What a key is: an id, a use, a state, and a secret that is never printed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Use(StrEnum):
    """What a key is for; no key has two uses (AMENDMENTS 12)."""

    IDENTITY_ENCRYPTION = "identity_encryption"
    IDENTITY_HASH = "identity_hash"
    LOG_PSEUDONYM = "log_pseudonym"
    LOG_DETAIL = "log_detail"
    CHECKPOINT = "checkpoint"
    RECEIPT = "receipt"
    TOKEN = "token"  # noqa: S105 - the name of a use
    STORE = "store"
    FEED_TOKEN = "feed_token"  # noqa: S105 - the name of a use
    EXPORT = "export"


class Kind(StrEnum):
    """Which algorithm a use calls for."""

    ENCRYPT = "AES-256-GCM"
    HASH = "HMAC-SHA-256"
    SIGN = "Ed25519"
    TOKEN = "ES256"  # noqa: S105 - the name of an algorithm


KIND_OF = {
    Use.IDENTITY_ENCRYPTION: Kind.ENCRYPT,
    Use.IDENTITY_HASH: Kind.HASH,
    Use.LOG_PSEUDONYM: Kind.HASH,
    Use.LOG_DETAIL: Kind.ENCRYPT,
    Use.CHECKPOINT: Kind.SIGN,
    Use.RECEIPT: Kind.SIGN,
    Use.TOKEN: Kind.TOKEN,
    Use.STORE: Kind.ENCRYPT,
    Use.FEED_TOKEN: Kind.SIGN,
    Use.EXPORT: Kind.SIGN,
}

SECRET_BYTES = 32


class State(StrEnum):
    """Former keys only open what they closed; of the current ones the newest that has settled makes new things."""

    CURRENT = "current"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the keyring; ``secret`` is 32 bytes: an AES or HMAC key, an Ed25519 seed or a P-256 scalar."""

    id: str
    use: Use
    state: State
    made_at: datetime
    secret: bytes = field(repr=False)


class Encrypted(NamedTuple):
    """A box that only the named key opens, and only in the context it was made in."""

    key_id: str
    nonce: bytes
    box: bytes


class Signed(NamedTuple):
    """A signature and the key that made it."""

    key_id: str
    signature: bytes
