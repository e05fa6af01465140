"""Parts in the store: pages gathered to 16 MiB, compressed, encrypted, hashed; and back again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import zstandard

from connectors.errors import LandedAltered
from connectors.landing.key import BatchKey
from connectors.landing.manifest import Manifest, Part
from connectors.limits import PART_BYTES
from connectors.store import Store

LEVEL: Final = 3


@dataclass(slots=True, kw_only=True)
class PartWriter:
    """Gathers frames of one attempt; memory holds one part."""

    store: Store
    folder: str
    key: BatchKey
    parts: list[Part] = field(default_factory=list)
    waiting: list[bytes] = field(default_factory=list)
    size: int = 0
    records: int = 0

    def add(self, frame: bytes, records: int) -> None:
        """Take a page; the part before it is written where both would not fit."""
        if self.size + len(frame) > PART_BYTES:
            self.flush()
        self.waiting.append(frame)
        self.size += len(frame)
        self.records += records

    def flush(self) -> None:
        """Write what waits as a part."""
        if not self.waiting:
            return
        name = f"part-{len(self.parts):04d}"
        path = f"{self.folder}/{name}"
        packed = zstandard.ZstdCompressor(level=LEVEL).compress(b"".join(self.waiting))
        stored = self.key.close(packed, path=path)
        self.store.put(path, stored)
        digest = sha256(stored).hexdigest()
        self.parts.append(Part(name=name, records=self.records, raw_bytes=self.size, sha256=digest))
        self.waiting, self.size, self.records = [], 0, 0


def open_parts(store: Store, manifest: Manifest, key: BatchKey) -> Iterator[bytes]:
    """Yield each part raw, as `parse` of its source takes it. Raises LandedAltered where a part is missing or not what was written."""
    for part in manifest.parts:
        yield _opened(store, f"{manifest.folder}/{part.name}", part, key)


def _opened(store: Store, path: str, part: Part, key: BatchKey) -> bytes:
    try:
        stored = store.get(path)
    except FileNotFoundError:
        raise LandedAltered("A landed part is missing.") from None
    if sha256(stored).hexdigest() != part.sha256:
        raise LandedAltered("A landed part is not what was written.")
    try:
        raw = zstandard.ZstdDecompressor().decompress(key.open(stored, path=path), max_output_size=part.raw_bytes)
    except zstandard.ZstdError:
        raise LandedAltered("A landed part does not unpack.") from None
    return raw


def read_manifest(store: Store, path: str, *, sha256_hex: str | None = None) -> Manifest:
    """Read a manifest, against the digest kept in the batch's row where it is given. Raises LandedAltered."""
    try:
        body = store.get(path)
    except FileNotFoundError:
        raise LandedAltered("A manifest is missing.") from None
    if sha256_hex is not None and sha256(body).hexdigest() != sha256_hex:
        raise LandedAltered("A manifest is not what was written.")
    return Manifest.from_json(body)
