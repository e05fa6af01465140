"""Encrypt, keyed hash, sign, verify, by key id: the only place that names the cryptography library."""

from db.keys.file import add, complete, destroy, list_keys, new_keyring, retire, rotate, rotating, supersede, supplement
from db.keys.model import Encrypted, Key, Signed, State, Use
from db.keys.ring import Keyring
from db.keys.signing import verify

__all__ = [
    "Encrypted",
    "Key",
    "Keyring",
    "Signed",
    "State",
    "Use",
    "add",
    "complete",
    "destroy",
    "list_keys",
    "new_keyring",
    "retire",
    "rotate",
    "rotating",
    "supersede",
    "supplement",
    "verify",
]
