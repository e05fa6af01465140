"""What somebody has written in a form, kept encrypted under a name that says nothing, and bound to that name."""

import json
from collections.abc import Mapping
from typing import Any

from db.keys import Keyring, Use
from web.sessions import digest


def sealed(keyring: Keyring, name: str, written: Mapping[str, Any]) -> bytes:
    """Encrypt it."""
    return keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, json.dumps(written).encode(), context=_context(name))


def opened(keyring: Keyring, name: str, box: bytes) -> dict[str, Any]:
    """Decrypt it; a box does not open under another name."""
    found: dict[str, Any] = json.loads(keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, box, context=_context(name)))
    return found


def _context(name: str) -> bytes:
    return b"web.draft\x00" + digest(name)
