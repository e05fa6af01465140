"""Checked files: what validation let pass and what it refused, as encrypted Parquet under a manifest; a pure function of the landed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Final, Self
from uuid import UUID

import msgspec
import polars as pl

from connectors.errors import LandedAltered
from connectors.store import Store
from db.errors import DecryptionFailed, KeyMissing
from db.keys import Keyring, Use

MANIFEST_NAME: Final = "manifest.json"
RESULTS_NAME: Final = "results.json"
PEOPLE: Final = "people"
LINKS: Final = "links"
PROTECTION: Final = "protection"
QUARANTINE: Final = "quarantine"
PRESENT: Final = "present"
ELEMENT: Final = "element"
"""Beside a row of a full pull stands the digest of the element it came in, null where it is not to be remembered."""
OWNER: Final = "owner"
"""In a slice's frames the people stand by their row in its ``people`` file, so that a HETU is in that one alone."""
SHARD: Final = "batch"
"""In a slice's frames the batch stands by its place in the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A stored frame: its name in the manifest's folder, its rows, the SHA-256 of the stored bytes."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBatch:
    """A batch of the group: what its manifest said of it, how many rows came, why it is held, if it is, and what was known already.

    `repeats` is the batch that it repeats byte for byte: then nothing of it was read. `imprint` is what it is to be known again by.
    """

    batch_id: UUID
    full: bool
    stamp: datetime
    pulled: int
    quarantined: int
    held: tuple[str, ...] = ()
    seen: str | None = None
    repeats: UUID | None = None
    imprint: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one group was checked to: files by kind (a record's table, people, links, protection, quarantine), slice by slice."""

    key: str
    source: str
    suite: str
    parser: str
    batches: tuple[CheckedBatch, ...]
    slices: tuple[Mapping[str, File], ...] = field(default=())

    @property
    def folder(self) -> str:
        """Say where the files lie, relative to the store's root."""
        return f"checked/{self.key}"

    @property
    def path(self) -> str:
        """Say where the manifest itself lies."""
        return f"{self.folder}/{MANIFEST_NAME}"

    def to_json(self) -> bytes:
        """Give the manifest as it is stored."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Read a stored manifest. Raises LandedAltered."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise LandedAltered("A checked manifest is not what was written.") from None


def write_frame(store: Store, keyring: Keyring, *, folder: str, name: str, frame: pl.DataFrame) -> File:
    """Write a frame as encrypted Parquet."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="lz4", statistics=False)
    path = f"{folder}/{name}"
    stored = keyring.encrypt_packed(Use.STORE, buffer.getvalue(), context=path.encode())
    store.put(path, stored)
    return File(name=name, rows=frame.height, sha256=sha256(stored).hexdigest())


def read_frame(store: Store, keyring: Keyring, *, folder: str, file: File) -> pl.DataFrame:
    """Read a frame. Raises LandedAltered where it is not what was written."""
    return frame_of(opened(store, keyring, folder=folder, file=file))


def opened(store: Store, keyring: Keyring, *, folder: str, file: File) -> bytes:
    """Open a stored frame. Raises LandedAltered where it is not what was written."""
    path = f"{folder}/{file.name}"
    try:
        stored = store.get(path)
        if sha256(stored).hexdigest() != file.sha256:
            raise LandedAltered("A checked file is not what was written.")
        return keyring.decrypt_packed(Use.STORE, stored, context=path.encode())
    except FileNotFoundError:
        raise LandedAltered("A checked file is missing.") from None
    except (DecryptionFailed, KeyMissing):
        raise LandedAltered("A checked file does not open.") from None


def frame_of(parquet: bytes, columns: list[str] | None = None) -> pl.DataFrame:
    """Read what was opened, all of it or some columns."""
    return pl.read_parquet(BytesIO(parquet), columns=columns, use_statistics=False)


def read_checked(store: Store, path: str) -> Checked:
    """Read a checked manifest. Raises LandedAltered."""
    try:
        return Checked.from_json(store.get(path))
    except FileNotFoundError:
        raise LandedAltered("A checked manifest is missing.") from None
