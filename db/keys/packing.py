"""An encrypted value as the one bytes of a database column."""

import os
from collections.abc import Iterator

from db.errors import DecryptionFailed
from db.keys.model import Encrypted

NONCE_BYTES = 12
_VERSION = 1
_HEADER_BYTES = 2


def nonces(number: int) -> Iterator[bytes]:
    """Draw random nonces, all at once: a question to the kernel for each would take as long as encrypting under it."""
    drawn = os.urandom(NONCE_BYTES * number)
    return (drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))


def pack(encrypted: Encrypted) -> bytes:
    """Lay out: version (1 byte), length of the key id (1), key id (ASCII), nonce (12), box."""
    return header(encrypted.key_id) + encrypted.nonce + encrypted.box


def header(key_id: str) -> bytes:
    """Lay out what stands before the nonce: the same for all that one key encrypts."""
    name = key_id.encode("ascii")
    return bytes([_VERSION, len(name)]) + name


def unpack(packed: bytes) -> Encrypted:
    """Take apart what ``pack`` laid out."""
    if len(packed) < _HEADER_BYTES or packed[0] != _VERSION:
        raise DecryptionFailed("These bytes are not an encrypted value of a form we know.")
    nonce_at = _HEADER_BYTES + packed[1]
    box_at = nonce_at + NONCE_BYTES
    key_id = packed[_HEADER_BYTES:nonce_at].decode("ascii", "replace")
    return Encrypted(key_id, packed[nonce_at:box_at], packed[box_at:])
