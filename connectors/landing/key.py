"""The key of one batch: its landed parts open with nothing else, so that erasing it from the batch's row erases every copy."""

import os
from datetime import UTC, datetime
from typing import Final

from connectors.errors import LandedAltered
from db.errors import DecryptionFailed
from db.keys import Key, Keyring, Use
from db.keys.model import SECRET_BYTES, State

_NAME: Final = "batch"
_MADE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


class BatchKey:
    """Closes and opens the parts of one batch (AES-256-GCM); a part opens only under the path it was written to."""

    def __init__(self, secret: bytes) -> None:
        self._ring = Keyring([Key(_NAME, Use.STORE, State.CURRENT, _MADE_AT, secret)], development=False)

    def close(self, part: bytes, *, path: str) -> bytes:
        """Encrypt a part."""
        return self._ring.encrypt_packed(Use.STORE, part, context=path.encode())

    def open(self, stored: bytes, *, path: str) -> bytes:
        """Decrypt a part. Raises LandedAltered."""
        try:
            return self._ring.decrypt_packed(Use.STORE, stored, context=path.encode())
        except DecryptionFailed:
            raise LandedAltered("A landed part does not open.") from None


def new_key(keyring: Keyring, batch: str) -> tuple[BatchKey, bytes]:
    """Make a batch's key: for use, and wrapped under the store's key for the batch's row."""
    secret = os.urandom(SECRET_BYTES)
    return BatchKey(secret), keyring.encrypt_packed(Use.STORE, secret, context=_context(batch))


def unwrap(keyring: Keyring, wrapped: bytes, *, batch: str) -> BatchKey:
    """Give the key of a batch from its row. Raises db.errors.KeyMissing, which names the key id, or DecryptionFailed."""
    return BatchKey(keyring.decrypt_packed(Use.STORE, wrapped, context=_context(batch)))


def rewrapped(keyring: Keyring, wrapped: bytes, *, batch: str) -> bytes:
    """Wrap a batch's key anew, under the store's key that is current now."""
    secret = keyring.decrypt_packed(Use.STORE, wrapped, context=_context(batch))
    return keyring.encrypt_packed(Use.STORE, secret, context=_context(batch))


def _context(batch: str) -> bytes:
    return f"store key of batch {batch}".encode()
