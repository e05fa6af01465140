"""The manifest of an export: each file's SHA-256 in a signed note (ACCESS-LOG 12), so that the export as a whole is known as ours."""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Final

from audit.checkpoint import DASH, KEY_ID_BYTES, VerifierKey, signature_line, to_base64
from audit.errors import BadNote, UnknownSigner
from db.keys import Keyring, Use, verify

NAME: Final = "manifest"
_SERIES: Final = "/export"


def exporter(host: str, public_key: bytes) -> VerifierKey:
    """Name a key that signs exports: ``<host>/export``."""
    return VerifierKey(f"{host}{_SERIES}", public_key)


def is_exporter(key: VerifierKey) -> bool:
    """Tell whether a key signs exports, and not checkpoints."""
    return key.name.endswith(_SERIES)


def signed_manifest(files: Mapping[str, bytes], keyring: Keyring, host: str, *, key_id: str) -> str:
    """List files by name as ``sha256sum`` does, and sign the list; the same files under the same key give the same bytes (Ed25519)."""
    text = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    key = exporter(host, keyring.public_key(Use.EXPORT, key_id))
    signature = keyring.sign(Use.EXPORT, text.encode(), key_id=key_id).signature
    return f"{text}\n{DASH}{key.name} {to_base64(key.key_id + signature)}\n"


def listed(note: str) -> dict[str, str]:
    """Return what a manifest lists, name -> SHA-256 in hex, whoever signed it. Raises ``BadNote``."""
    text, _, _ = note.partition("\n\n")
    rows = [line.partition("  ") for line in text.removesuffix("\n").split("\n")]
    if not all(digest and parted and name for digest, parted, name in rows):
        raise BadNote("A line of the manifest is not a SHA-256 and a name.")
    return {name: digest for digest, _, name in rows}


def check_signature(note: str, keys: Collection[VerifierKey]) -> None:
    """See that one of these keys signed a manifest. Raises ``UnknownSigner`` when none did, ``BadNote`` for a signature that is bad."""
    text, parted, lines = note.partition("\n\n")
    known = {(key.name, key.key_id): key for key in keys}
    signed = False
    for line in lines.splitlines() if parted else ():
        name, raw = signature_line(line)
        key = known.get((name, raw[:KEY_ID_BYTES]))
        if key is not None and not verify(key.public_key, raw[KEY_ID_BYTES:], f"{text}\n".encode()):
            raise BadNote("A signature of a key we know does not fit the manifest.")
        signed = signed or key is not None
    if not signed:
        raise UnknownSigner("No key we know has signed the manifest.")
