"""Whom an entry is about, told so that only who holds the key can tell; and the salt of its digests (ACCESS-LOG 13, 14).

K[year, class] is HMAC-SHA-256 of K[year - 1, class], so that of a class that has ended the keys of its years can be destroyed, and those
of later years and other classes stay. A keyring begins with one key, which gives the first year's of every class; with the first
destruction it gives way to a key per class, of the oldest year that is still linked to people.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from audit.events import RetentionClass
from db.errors import KeyMissing
from db.keys import Keyring, Use

PSEUDONYM_BYTES = 16
SALT_BYTES = 16
FIRST_YEAR: Final = 2026
"""The year of the first logs."""
_OF_CLASS: Final = re.compile(rf"{Use.LOG_PSEUDONYM}-([a-z]+)-([0-9]{{4}})")
_Mac = Callable[[bytes], bytes]


def pseudonym(keyring: Keyring, year: int, retention: RetentionClass, kind: str, value: str) -> str:
    """Return the first 16 bytes, in hex, of HMAC-SHA-256(K[year, class], kind || 0x00 || value).

    ``kind`` is ``person`` (value: the person_id), ``user`` or ``case`` (value: as the caller named it). Raises ``KeyMissing`` for a year
    whose key was destroyed.
    """
    return _mac(keyring, year, retention)(f"{kind}\0{value}".encode())[:PSEUDONYM_BYTES].hex()


def salt(keyring: Keyring, year: int, retention: RetentionClass, event_id: UUID) -> bytes:
    """Return what keeps the digests of an event from being guessed; the same event again gets the same."""
    return _mac(keyring, year, retention)(b"salt\0" + event_id.bytes)[:SALT_BYTES]


def first_years(keyring: Keyring) -> dict[RetentionClass, int]:
    """Say of which year the oldest key of each class is; of all that have no key of their own, the first."""
    return {class_: _own(keyring, class_)[1] for class_ in RetentionClass}


def roots_after(keyring: Keyring, years: Mapping[RetentionClass, int]) -> dict[str, bytes]:
    """Give the keys, by id, that stand for all that is kept when nothing older than these years is; classes not named keep theirs.

    They take the place of every key of this use. One that stays as it is is not among them, but named by ``kept_of``.
    """
    made: dict[str, bytes] = {}
    for class_ in RetentionClass:
        key_id, first = _own(keyring, class_)
        year = max(first, years.get(class_, first))
        if key_id is None or year > first:
            made[_id(class_, year)] = _key(keyring, year, class_)
    return made


def kept_of(keyring: Keyring, years: Mapping[RetentionClass, int]) -> frozenset[str]:
    """Name the keys that stay as they are."""
    owns = ((class_, *_own(keyring, class_)) for class_ in RetentionClass)
    return frozenset(key_id for class_, key_id, first in owns if key_id and years.get(class_, first) <= first)


@lru_cache(maxsize=256)
def _mac(keyring: Keyring, year: int, retention: RetentionClass) -> _Mac:
    """Give what counts under K[year, class]; a process forgets what was destroyed when it ends."""
    key_id, first = _own(keyring, retention)
    if key_id is not None and year <= first:
        if year < first:
            raise KeyMissing(_id(retention, year))
        return lambda value: keyring.keyed_hash(Use.LOG_PSEUDONYM, value, key_id=key_id)
    key = _key(keyring, year, retention)
    return lambda value: hmac.digest(key, value, "sha256")


def _key(keyring: Keyring, year: int, retention: RetentionClass) -> bytes:
    """Count K[year, class] from the key that the class begins with, which itself stays in the keyring."""
    key_id, first = _own(keyring, retention)
    begun = first + 1 if key_id else min(first, year)
    key = keyring.keyed_hash(Use.LOG_PSEUDONYM, _label(begun, retention), key_id=key_id)
    for later in range(begun + 1, year + 1):
        key = hmac.digest(key, _label(later, retention), "sha256")
    return key


def _own(keyring: Keyring, retention: RetentionClass) -> tuple[str | None, int]:
    """Find the key of a class and of which year it is; without one the keyring's first key gives it."""
    for key_id in keyring.key_ids(Use.LOG_PSEUDONYM):
        named = _OF_CLASS.fullmatch(key_id)
        if named and named[1] == retention:
            return key_id, int(named[2])
    return None, FIRST_YEAR


def _label(year: int, retention: RetentionClass) -> bytes:
    return f"{year}/{retention}".encode()


def _id(retention: RetentionClass, year: int) -> str:
    return f"{Use.LOG_PSEUDONYM}-{retention}-{year}"
