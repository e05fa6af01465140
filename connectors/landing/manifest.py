"""What one batch landed: its parts, its evidence and its window; readers trust nothing that no manifest names (PIPELINE.md 1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import msgspec

from connectors.errors import LandedAltered
from connectors.source import XRoadIds
from schemas.vocabulary import Source

MANIFEST_NAME: Final = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A landed file: its name in the manifest's folder, the records it holds, its raw size, and the SHA-256 of the stored bytes."""

    name: str
    records: int
    raw_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one batch landed; readers trust nothing that no manifest names.

    The window is half-open: changes at or after `since` (None: a full answer) and before `until`, which is the next watermark; aware UTC.
    `folder` is relative to the store's root. The batch's own key is not here: it lies wrapped in the batch's row, under `key_id`.
    """

    batch: str
    source: Source
    interface: str
    shard: str
    since: datetime | None
    until: datetime
    attempt: str
    folder: str
    parts: tuple[Part, ...]
    calls: tuple[XRoadIds, ...]
    records: int
    key_id: str
    parser: str
    code: str
    landed_at: datetime

    @property
    def path(self) -> str:
        """Say where the manifest itself lies."""
        return f"{self.folder}/{MANIFEST_NAME}"

    @property
    def full(self) -> bool:
        """Whether the source gave all it holds: what is missing is gone."""
        return self.since is None

    def to_json(self) -> bytes:
        """Give the manifest as it is stored: JSON, UTF-8."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Read a stored manifest. Raises LandedAltered."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise LandedAltered("A manifest is not what was written.") from None
