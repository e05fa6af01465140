"""How a running process learns that its keyring file has changed."""

from collections.abc import Collection
from pathlib import Path
from time import monotonic

from db.errors import KeyringUnusable
from db.keys import file
from db.keys.held import Held
from db.keys.model import Use

LOOK_EVERY_S = 5
"""Well below ``held.SETTLING``: every process knows a new key before any process makes something with it."""


class Watch:
    """Looks now and then whether the file is another; what was held stays when it cannot be read any more."""

    def __init__(self, path: Path, uses: Collection[Use]) -> None:
        self._path = path
        self._uses = uses
        self._look_at = 0.0
        self._seen: tuple[int, int] | None = None

    def read(self) -> Held:
        """Read the file, remembering which one it was."""
        self._look_at = monotonic() + LOOK_EVERY_S
        seen = self._mark()
        contents = file.read(self._path)
        self._seen = seen
        return contents.held(self._uses)

    def changed(self, *, at_once: bool) -> Held | None:
        """Return the keys anew if the file is another than last time; ``at_once``: look now."""
        if not at_once and monotonic() < self._look_at:
            return None
        self._look_at = monotonic() + LOOK_EVERY_S
        try:
            return None if self._mark() == self._seen else self.read()
        except KeyringUnusable:
            return None

    def _mark(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns
