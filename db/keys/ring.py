"""The keys one process was given, and what it does with them."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from db.clock import now
from db.errors import DecryptionFailed, KeyMissing
from db.keys import packing, signing
from db.keys.held import Held
from db.keys.model import Encrypted, Key, Signed, State, Use
from db.keys.watch import Watch

_TEST_KEYS_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


class Keyring:
    """Keys by use; it prints none, uses none for another purpose, and sees within 5 s when its file has changed."""

    def __init__(self, keys: Iterable[Key], *, development: bool) -> None:
        self._held = Held(keys, development=development)
        self._watch: Watch | None = None

    @classmethod
    def open(cls, path: Path, uses: Collection[Use] | None = None) -> Self:
        """Read the keyring file and keep only the keys of ``uses`` (all when None)."""
        ring = cls((), development=False)
        ring._watch = Watch(path, frozenset(Use if uses is None else uses))
        ring._held = ring._watch.read()
        return ring

    @classmethod
    def for_tests(cls) -> Self:
        """Return development keys that are the same in every process and every run."""
        return cls((_test_key(use) for use in Use), development=True)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._held.uses())})"

    @property
    def development(self) -> bool:
        """Tell whether these keys are for trying out, and not for real people's data."""
        return self._held.development

    def key_ids(self, use: Use) -> tuple[str, ...]:
        """Name the live keys of a use, the one that makes new things first."""
        return tuple(key.id for key in self._fresh().live(use, now()))

    def settled_ids(self, use: Use, at: datetime) -> tuple[str, ...]:
        """Name the keys of a use that had settled at a moment, former ones by now perhaps; the one that made new things then is first."""
        return tuple(key.id for key in self._fresh().settled(use, at))

    def encrypt(self, use: Use, plaintext: bytes, *, context: bytes) -> Encrypted:
        """Encrypt with AES-256-GCM; ``context`` is not kept, and without it the box does not open."""
        held = self._fresh()
        key = held.current(use, now())
        (nonce,) = packing.nonces(1)
        return Encrypted(key.id, nonce, held.ciphers[key.id].encrypt(nonce, plaintext, context))

    def decrypt(self, use: Use, encrypted: Encrypted, *, context: bytes) -> bytes:
        """Open a box; ``KeyMissing`` names the key that is not here, ``DecryptionFailed`` means altered or elsewhere."""
        key = self._named(use, encrypted.key_id)
        try:
            return self._held.ciphers[key.id].decrypt(encrypted.nonce, encrypted.box, context)
        except (InvalidTag, ValueError):
            raise DecryptionFailed(f"A value encrypted with the key {key.id} does not open here.") from None

    def encrypt_packed(self, use: Use, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt into the one value of a column."""
        return packing.pack(self.encrypt(use, plaintext, context=context))

    def encrypt_many_packed(self, use: Use, values: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
        """Encrypt pairs of plaintext and context as ``encrypt_packed`` does each, under one key, in order."""
        held = self._fresh()
        key = held.current(use, now())
        encrypt, header, pairs = held.ciphers[key.id].encrypt, packing.header(key.id), list(values)
        return [
            b"".join((header, nonce, encrypt(nonce, plaintext, context)))
            for nonce, (plaintext, context) in zip(packing.nonces(len(pairs)), pairs, strict=True)
        ]

    def decrypt_packed(self, use: Use, packed: bytes, *, context: bytes) -> bytes:
        """Open the value of a column."""
        return self.decrypt(use, packing.unpack(packed), context=context)

    def reencrypt(self, use: Use, encrypted: Encrypted, *, context: bytes) -> Encrypted:
        """Close a box anew under the current key; readers open either while a table is walked."""
        return self.encrypt(use, self.decrypt(use, encrypted, context=context), context=context)

    def keyed_hash(self, use: Use, value: bytes, *, key_id: str | None = None) -> bytes:
        """Return HMAC-SHA-256 under the current key, or under the named one."""
        return hmac.digest(self._chosen(use, key_id).secret, value, "sha256")

    def keyed_hashes(self, use: Use, value: bytes) -> tuple[tuple[str, bytes], ...]:
        """Return (key id, HMAC-SHA-256) under each live key, the current one first; several while a key rotates."""
        live = self._fresh().live(use, now())
        return tuple((key.id, hmac.digest(key.secret, value, "sha256")) for key in live)

    def hash_many(self, use: Use, values: Iterable[str | bytes]) -> list[bytes]:
        """Hash each value as ``keyed_hash`` does under the current key, in order; text as UTF-8. The key is taken in once for all."""
        keyed, found = HMAC(self._chosen(use, None).secret, SHA256()), []
        for value in values:
            each = keyed.copy()
            each.update(value.encode() if isinstance(value, str) else value)
            found.append(each.finalize())
        return found

    def sign(self, use: Use, message: bytes, *, key_id: str | None = None) -> Signed:
        """Sign with Ed25519 under the current key, or under the named one."""
        key = self._chosen(use, key_id)
        return Signed(key.id, signing.sign(key.secret, message))

    def public_key(self, use: Use, key_id: str | None = None) -> bytes:
        """Return the raw 32 bytes of an Ed25519 public key."""
        return signing.public(self._chosen(use, key_id).secret)

    def jwk(self, use: Use = Use.TOKEN, *, private: bool = False) -> dict[str, str]:
        """Return the current token key as a JSON Web Key (EC P-256, ES256)."""
        key = self._chosen(use, None)
        return signing.token_jwk(key.id, key.secret, private=private)

    def jwks(self, use: Use = Use.TOKEN) -> list[dict[str, str]]:
        """Return the public halves of all live token keys, the current one first."""
        live = self._fresh().live(use, now())
        return [signing.token_jwk(key.id, key.secret, private=False) for key in live]

    def _chosen(self, use: Use, key_id: str | None) -> Key:
        return self._fresh().current(use, now()) if key_id is None else self._named(use, key_id)

    def _named(self, use: Use, key_id: str) -> Key:
        """Find a key by id; one that is not here may have come into the file a moment ago."""
        try:
            return self._fresh().named(use, key_id)
        except KeyMissing:
            return self._fresh(at_once=True).named(use, key_id)

    def _fresh(self, *, at_once: bool = False) -> Held:
        if self._watch is not None:
            self._held = self._watch.changed(at_once=at_once) or self._held
        return self._held


def _test_key(use: Use) -> Key:
    secret = hashlib.sha256(f"luukku tests {use}".encode()).digest()
    return Key(f"{use.value}-test", use, State.CURRENT, _TEST_KEYS_MADE_AT, secret)
