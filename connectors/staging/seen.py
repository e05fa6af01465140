"""What a connection gave last time and staging still holds: equal bytes are counted and not read again (PIPELINE.md 1).

A connection's file lists, for each element that was accepted whole, its digest and the records it brought. It is as old as the data: the
watermark's row names it. Elements with a refused record never enter; another parser, suite or leave for everybody makes it worthless. What
a person's own leave or protection changes is asked about by name, and named answers are always read. It serves full pulls alone: a window
brings only what is new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import polars as pl

from connectors.checked import ELEMENT, File, read_frame, write_frame
from connectors.errors import LandedAltered
from connectors.frames import Frame, pack, unpack
from connectors.layout import KEY
from connectors.ledger import Batch
from connectors.staging.elements import taken
from connectors.store import Store
from db.keys import Keyring
from schemas.vocabulary import Source

TABLE: Final = "table"
NAME: Final = "name"
SCHEMA: Final = {ELEMENT: pl.Binary, TABLE: pl.String, KEY: pl.String}
NAMED: Final = {NAME: pl.String, ELEMENT: pl.Binary}
KEPT_FOR: Final = frozenset({Source.TE, Source.KELA})
FOLDER: Final = "seen"


def nothing() -> pl.DataFrame:
    """Give the file of a connection that was never pulled."""
    return pl.DataFrame(schema=SCHEMA)


def made_by(*parts: object) -> str:
    """Name what a file depends on: parser, suite, what may be kept of everybody."""
    return sha256(repr(parts).encode()).hexdigest()[:16]


def is_kept(store: Store, batch: Batch, names: Mapping[str, str]) -> bool:
    """Tell whether the file of a batch's connection is there, or none is kept of its source."""
    stored = names.get(batch.connection_id, "").rpartition(":")[0]
    return batch.source not in KEPT_FOR or (bool(stored) and store.has(f"{FOLDER}/{stored}"))


def read(store: Store, keyring: Keyring, *, name: str | None, by: str) -> pl.DataFrame:
    """Read a connection's file; an empty one where there is none, it was made by others, or it is not what was written."""
    if name is None or not name.startswith(f"{by}-"):
        return nothing()
    stored, _, digest = name.rpartition(":")
    try:
        return read_frame(store, keyring, folder=FOLDER, file=File(name=stored, rows=0, sha256=digest))
    except LandedAltered:
        return nothing()


def write(store: Store, keyring: Keyring, *, by: str, batch: str, rows: pl.DataFrame) -> str:
    """Write a connection's file, and give its name with its digest."""
    file = write_frame(store, keyring, folder=FOLDER, name=f"{by}-{batch}.parquet", frame=rows)
    return f"{file.name}:{file.sha256}"


@dataclass(slots=True)
class Sieve:
    """Lets through, of the parts of one full batch, what is not known; keeps what was and by what the rest is named."""

    source: Source
    known: frozenset[bytes]
    present: list[bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)

    def through(self, part: bytes) -> bytes:
        """Give a part less the elements that are known: as it came when none is, empty when all are."""
        pages = [(frame, self._page(frame)) for frame in unpack(part)]
        if all(left is frame for frame, left in pages):
            return part
        return b"".join(pack(left) for _, left in pages if left is not None)

    def _page(self, frame: Frame) -> Frame | None:
        page = taken(self.source, frame)
        if page is None:
            return frame
        new = self._new(page.digests)
        self._note(page.digests, new, page.names(new))
        is_list_without_news = self.source is Source.TE and not new
        return None if is_list_without_news else page.kept(new)

    def _new(self, digests: Sequence[bytes]) -> Sequence[int]:
        """Give the places of what is not known: of all of it where nothing is."""
        if not self.known:
            return range(len(digests))
        return [place for place, digest in enumerate(digests) if digest not in self.known]

    def _note(self, digests: Sequence[bytes], new: Sequence[int], names: Sequence[str]) -> None:
        self.names += names
        if len(new) == len(digests):
            self.digests += digests
            return
        news = set(new)
        self.present += [digest for place, digest in enumerate(digests) if place not in news]
        self.digests += [digests[place] for place in new]

    def named(self) -> pl.DataFrame:
        """Give the digest of each new element by its name, and begin anew."""
        found = pl.DataFrame({NAME: self.names, ELEMENT: self.digests}, schema=NAMED)
        self.names, self.digests = [], []
        return found
