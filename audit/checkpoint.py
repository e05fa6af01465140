"""Checkpoints as C2SP signed notes: origin, size, root, and Ed25519 signatures (ACCESS-LOG 6)."""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Self

from audit.errors import BadNote, UnknownSigner
from audit.tree import HASH_BYTES
from db.keys import verify

HOST = "luukku.example"
"""Whose log it is, where no setting says otherwise."""

MAX_NOTE_BYTES = 8_192
ED25519 = b"\x01"
KEY_ID_BYTES = 4
DASH = "\u2014 "
VKEY_PARTS = 3
_BODY_LINES = 3
_SIZE = re.compile("0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class VerifierKey:
    """A name and an Ed25519 public key (raw, 32 bytes), written ``name+key id+base64`` (C2SP signed-note)."""

    name: str
    public_key: bytes

    @cached_property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, line feed, signature type and public key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(ED25519 + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key; another signature type or a key id that does not fit is refused."""
        parts = text.split("+", VKEY_PARTS - 1)
        if len(parts) != VKEY_PARTS:
            raise BadNote("A verifier key has three parts: name, key id, key.")
        raw = unbase64(parts[2])
        key = cls(parts[0], raw[1:])
        if raw[:1] != ED25519 or len(key.public_key) != HASH_BYTES or key.key_id.hex() != parts[1]:
            raise BadNote("A verifier key is not an Ed25519 key of its own id.")
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's size and root under the name of its log (C2SP tlog-checkpoint), without extension lines."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the three lines; anything more, less or otherwise written is refused."""
        lines = text.split("\n")
        if len(lines) != _BODY_LINES + 1 or lines[-1] or not lines[0]:
            raise BadNote("A checkpoint has three lines: origin, size, root.")
        origin, size, root = lines[:_BODY_LINES]
        if not _SIZE.fullmatch(size):
            raise BadNote("Line 2 of the checkpoint is not a size.")
        checkpoint = cls(origin, int(size), unbase64(root))
        if len(checkpoint.root) != HASH_BYTES:
            raise BadNote("Line 3 of the checkpoint is not a root.")
        return checkpoint


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A checkpoint as it is kept: the note, and what is written beside it."""

    size: int
    root: bytes
    note: str
    signed_at: datetime


def origin_of(host: str, year: int) -> str:
    """Name the log of a year."""
    return f"{host}/audit/{year}"


def signed(checkpoint: Checkpoint, key: VerifierKey, sign: Callable[[bytes], bytes]) -> str:
    """Return the signed note; ``sign`` makes an Ed25519 signature that ``key`` verifies."""
    return f"{checkpoint.text}\n{signed_line(checkpoint, key, sign)}"


def signed_line(checkpoint: Checkpoint, key: VerifierKey, sign: Callable[[bytes], bytes]) -> str:
    """Return the line of one signer; a note may have several."""
    return f"{DASH}{key.name} {to_base64(key.key_id + sign(checkpoint.text.encode()))}\n"


def parted(note: str) -> tuple[str, list[str]]:
    """Part a signed note into the text that is signed and the signature lines. Raises ``BadNote``."""
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n") or len(note.encode()) > MAX_NOTE_BYTES:
        raise BadNote("A signed note is a text, an empty line and signature lines.")
    return f"{text}\n", lines.split("\n")[:-1]


def opened(note: str, keys: Collection[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note that at least one of ``keys`` signed.

    Lines of unknown keys are ignored; a bad line of a known key refuses the note (C2SP signed-note). Raises ``BadNote``,
    ``UnknownSigner`` when no line is of a key we know.
    """
    text, lines = parted(note)
    known = {(key.name, key.key_id): key for key in keys}
    if not _signers(text.encode(), lines, known):
        raise UnknownSigner("No key we know has signed this note.")
    return Checkpoint.parse(text)


def signing(note: str, vkeys: Iterable[str]) -> list[str]:
    """Return those of some keys whose line stands under a note. Raises ``BadNote``."""
    named = {(name, raw[:KEY_ID_BYTES]) for name, raw in map(signature_line, parted(note)[1])}
    keys = map(VerifierKey.parse, vkeys)
    return [str(key) for key in keys if (key.name, key.key_id) in named]


def _signers(message: bytes, lines: Iterable[str], known: dict[tuple[str, bytes], VerifierKey]) -> list[VerifierKey]:
    found = []
    for line in lines:
        name, raw = signature_line(line)
        key = known.get((name, raw[:KEY_ID_BYTES]))
        if key is None:
            continue
        if not verify(key.public_key, raw[KEY_ID_BYTES:], message):
            raise BadNote("A signature of a key we know does not fit the note.")
        found.append(key)
    return found


def signature_line(line: str) -> tuple[str, bytes]:
    """Take a line under a note apart: the signer's name, then key id and signature."""
    name, separator, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not separator or not name or "+" in name:
        raise BadNote("A signature line of the note is malformed.")
    return name, unbase64(encoded)


def to_base64(raw: bytes) -> str:
    """Write bytes as notes do."""
    return base64.b64encode(raw).decode()


def unbase64(text: str) -> bytes:
    """Read base64. Raises ``BadNote``."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("A part of the note is not base64.") from None
