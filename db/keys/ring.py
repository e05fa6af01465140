"""The keys one process holds, and what it does with them."""

import hashlib
import hmac
import os
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.errors import DecryptionFailed, KeyMissing
from db.keys import file, packing, signing
from db.keys.model import Encrypted, Key, Signed, State, Use

_TEST_KEYS_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


class Keyring:
    """Keys by use; it can neither print them nor use one for another purpose."""

    def __init__(self, keys: Iterable[Key], *, development: bool) -> None:
        self.development = development
        self._by_id = {key.id: key for key in keys}
        self._by_use: dict[Use, list[Key]] = {}
        for key in sorted(self._by_id.values(), key=lambda key: (key.current, key.made_at, key.id), reverse=True):
            self._by_use.setdefault(key.use, []).append(key)
        self._ciphers = {key.id: AESGCM(key.secret) for key in self._by_id.values()}

    def __repr__(self) -> str:
        return f"Keyring({', '.join(sorted(self._by_use))})"

    @classmethod
    def open(cls, path: Path, uses: Collection[Use] | None = None) -> Self:
        """Read the keyring file and keep only the keys of ``uses`` (all when None)."""
        contents = file.read(path)
        kept = (key for key in contents.keys if uses is None or key.use in uses)
        return cls(kept, development=contents.development)

    @classmethod
    def for_tests(cls) -> Self:
        """Return development keys that are the same in every process and every run."""
        return cls((_test_key(use) for use in Use), development=True)

    def key_ids(self, use: Use) -> tuple[str, ...]:
        """Name the live keys of a use, the current one first."""
        return tuple(key.id for key in self._by_use.get(use, ()))

    def encrypt(self, use: Use, plaintext: bytes, *, context: bytes) -> Encrypted:
        """Encrypt with AES-256-GCM; ``context`` is not kept, and without it the box does not open."""
        key = self._current(use)
        nonce = os.urandom(packing.NONCE_BYTES)
        return Encrypted(key.id, nonce, self._ciphers[key.id].encrypt(nonce, plaintext, context))

    def decrypt(self, use: Use, encrypted: Encrypted, *, context: bytes) -> bytes:
        """Open a box; ``KeyMissing`` names the key that is not here, ``DecryptionFailed`` means altered or elsewhere."""
        key = self._named(use, encrypted.key_id)
        try:
            return self._ciphers[key.id].decrypt(encrypted.nonce, encrypted.box, context)
        except (InvalidTag, ValueError):
            raise DecryptionFailed(f"A value encrypted with the key {key.id} does not open here.") from None

    def encrypt_packed(self, use: Use, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt into the one value of a column."""
        return packing.pack(self.encrypt(use, plaintext, context=context))

    def decrypt_packed(self, use: Use, packed: bytes, *, context: bytes) -> bytes:
        """Open the value of a column."""
        return self.decrypt(use, packing.unpack(packed), context=context)

    def keyed_hash(self, use: Use, value: bytes, *, key_id: str | None = None) -> bytes:
        """Return HMAC-SHA-256 under the current key, or under the named one."""
        key = self._current(use) if key_id is None else self._named(use, key_id)
        return hmac.digest(key.secret, value, "sha256")

    def keyed_hashes(self, use: Use, value: bytes) -> tuple[tuple[str, bytes], ...]:
        """Return (key id, HMAC-SHA-256) under each live key, the current one first; two while a key rotates."""
        self._current(use)
        return tuple((key.id, hmac.digest(key.secret, value, "sha256")) for key in self._by_use[use])

    def hash_many(self, use: Use, values: Iterable[str | bytes]) -> list[bytes]:
        """Hash each value under the current key, in order; text as UTF-8."""
        secret, digest = self._current(use).secret, hmac.digest
        return [digest(secret, value.encode() if isinstance(value, str) else value, "sha256") for value in values]

    def sign(self, use: Use, message: bytes) -> Signed:
        """Sign with Ed25519 under the current key."""
        key = self._current(use)
        return Signed(key.id, signing.sign(key.secret, message))

    def public_key(self, use: Use, key_id: str | None = None) -> bytes:
        """Return the raw 32 bytes of an Ed25519 public key."""
        key = self._current(use) if key_id is None else self._named(use, key_id)
        return signing.public(key.secret)

    def jwk(self, use: Use = Use.TOKEN, *, private: bool = False) -> dict[str, str]:
        """Return the current token key as a JSON Web Key (EC P-256, ES256)."""
        key = self._current(use)
        return signing.token_jwk(key.id, key.secret, private=private)

    def jwks(self, use: Use = Use.TOKEN) -> list[dict[str, str]]:
        """Return the public halves of all live token keys, the current one first."""
        return [signing.token_jwk(key.id, key.secret, private=False) for key in self._by_use.get(use, ())]

    def _current(self, use: Use) -> Key:
        keys = self._by_use.get(use)
        if not keys or not keys[0].current:
            raise KeyMissing(f"for {use}")
        return keys[0]

    def _named(self, use: Use, key_id: str) -> Key:
        key = self._by_id.get(key_id)
        if key is None or key.use is not use:
            raise KeyMissing(key_id)
        return key


def _test_key(use: Use) -> Key:
    secret = hashlib.sha256(f"luukku tests {use}".encode()).digest()
    return Key(f"{use.value}-test", use, State.CURRENT, _TEST_KEYS_MADE_AT, secret)
