"""The fence: the last announced checkpoint in a file outside the database, so that a rolled-back log is noticed."""

import os
from pathlib import Path

SLOT_BYTES = 4_096
_SLOTS = 2
_OWNER_ONLY = 0o600


class Fence:
    """A file of two slots, written in turn: a write that is cut off leaves the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = 0

    def read(self) -> list[str]:
        """Return the notes in the slots, none when the file is not there; a slot that was cut off is not a note."""
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        slots = (content[start : start + SLOT_BYTES] for start in range(0, len(content), SLOT_BYTES))
        return [slot.rstrip(b"\0").decode(errors="replace") for slot in slots if slot.strip(b"\0")]

    def write(self, note: str) -> None:
        """Put a note into the next slot and see it on the disk; raises ``OSError`` when it cannot be kept."""
        slot = note.encode().ljust(SLOT_BYTES, b"\0")
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, _OWNER_ONLY)
        try:
            os.pwrite(descriptor, slot, self._turn % _SLOTS * SLOT_BYTES)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        self._turn += 1
