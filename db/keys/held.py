"""The keys a process holds at one moment, and which of them makes new things."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.errors import KeyMissing
from db.keys.model import KIND_OF, Key, Kind, State, Use

SETTLING = timedelta(seconds=60)
"""A rotated key waits so long before it makes anything: by then every process has read it and finds what it makes."""


class Held:
    """Keys that do not change; the ring exchanges the whole when the file has."""

    def __init__(self, keys: Iterable[Key], *, development: bool) -> None:
        self.development = development
        self.by_id = {key.id: key for key in keys}
        self.ciphers = {key.id: AESGCM(key.secret) for key in self.by_id.values()}
        self._by_use: dict[Use, list[Key]] = {}
        for key in sorted(self.by_id.values(), key=lambda key: (key.made_at, key.id), reverse=True):
            self._by_use.setdefault(key.use, []).append(key)

    def uses(self) -> list[Use]:
        """Name the uses that have a key."""
        return sorted(self._by_use)

    def current(self, use: Use, at: datetime) -> Key:
        """Return the key that makes new things: the newest settled one, or the oldest when none has settled yet."""
        candidates = [key for key in self._by_use.get(use, ()) if key.state is State.CURRENT]
        if not candidates:
            raise KeyMissing(f"for {use}")
        return next((key for key in candidates if key.made_at + SETTLING <= at), candidates[-1])

    def settled(self, use: Use, at: datetime) -> tuple[Key, ...]:
        """Return the keys of a use that had settled at a moment, the newest first: that one made new things then."""
        return tuple(key for key in self._by_use.get(use, ()) if key.made_at + SETTLING <= at)

    def live(self, use: Use, at: datetime) -> tuple[Key, ...]:
        """Return every key of a use that may have made what is at hand, the one that makes new things first, then the newest.

        A former key of a keyed hash has made nothing: what it found was hashed anew before its rotation ended.
        """
        current = self.current(use, at)
        others = [key for key in self._by_use[use] if key is not current]
        if KIND_OF[use] is Kind.HASH:
            return (current, *(key for key in others if key.state is State.CURRENT))
        return (current, *others)

    def named(self, use: Use, key_id: str) -> Key:
        """Return a key by its id; one of another use is as missing as none."""
        key = self.by_id.get(key_id)
        if key is None or key.use is not use:
            raise KeyMissing(key_id)
        return key
