"""Cosignatures of witnesses (C2SP tlog-cosignature, cosignature/v1): a timed Ed25519 signature on a checkpoint."""

import struct
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Final, Self

from audit.checkpoint import DASH, KEY_ID_BYTES, VKEY_PARTS, Checkpoint, signature_line, to_base64, unbase64
from audit.errors import BadNote
from audit.tree import HASH_BYTES
from db.keys import verify

COSIGNATURE: Final = b"\x04"
_TIME: Final = struct.Struct(">Q")
_MAX_TIME: Final = 2**63 - 1


@dataclass(frozen=True)
class WitnessKey:
    """A witness by its name and Ed25519 public key (raw), written ``name+key id+base64`` with signature type 0x04."""

    name: str
    public_key: bytes

    @cached_property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, line feed, signature type and public key."""
        return sha256(self.name.encode() + b"\n" + COSIGNATURE + self.public_key).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(COSIGNATURE + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a witness's key; another signature type or a key id that does not fit is refused."""
        parts = text.split("+", VKEY_PARTS - 1)
        raw = unbase64(parts[2]) if len(parts) == VKEY_PARTS else b""
        key = cls(parts[0], raw[1:])
        if raw[:1] != COSIGNATURE or len(key.public_key) != HASH_BYTES or key.key_id.hex() != parts[1]:
            raise BadNote("A witness's key is not a cosignature/v1 key of its own id.")
        return key


@dataclass(frozen=True, slots=True)
class Cosignature:
    """That a witness saw no larger tree than this one by then."""

    witness: WitnessKey
    at: datetime
    line: str


def cosigned(checkpoint: Checkpoint, key: WitnessKey, sign: Callable[[bytes], bytes], at: datetime) -> str:
    """Return the signature line; ``sign`` makes an Ed25519 signature that ``key`` verifies."""
    seconds = int(at.timestamp())
    signature = sign(_message(checkpoint.text, seconds))
    return f"{DASH}{key.name} {to_base64(key.key_id + _TIME.pack(seconds) + signature)}\n"


def cosignatures(text: str, lines: Iterable[str], keys: Collection[WitnessKey]) -> list[Cosignature]:
    """Return the good cosignatures of known witnesses on a checkpoint's text; lines of others are ignored.

    Raises ``BadNote`` for a malformed line, and for a line of a known witness that does not fit.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found = []
    for line in lines:
        name, raw = signature_line(line)
        key = known.get((name, raw[:KEY_ID_BYTES]))
        if key is not None:
            found.append(Cosignature(key, _time(key, raw[KEY_ID_BYTES:], text), f"{line}\n"))
    return found


def _time(key: WitnessKey, timed: bytes, text: str) -> datetime:
    seconds = int.from_bytes(timed[: _TIME.size], "big")
    if seconds > _MAX_TIME or not verify(key.public_key, timed[_TIME.size :], _message(text, seconds)):
        raise BadNote(f"The cosignature of the witness {key.name} does not fit the checkpoint.")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise BadNote(f"The cosignature of the witness {key.name} has no time.") from None


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
