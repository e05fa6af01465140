"""A log as files: C2SP tlog-tiles, with the checkpoint, hash tiles of 256 and bundles of entries (ACCESS-LOG 6)."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from audit.checkpoint import Checkpoint, SignedNote, parted
from audit.errors import BadTiles
from audit.tree import HASH_BYTES, Frontier, Place, leaf_hash, node_hash

WIDTH: Final = 256
"""Hashes to a tile, entries to a bundle."""
LEVELS: Final = 8
"""Levels of the tree to a level of tiles."""
CHECKPOINT: Final = "checkpoint"
NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
"""A checkpoint in a file does not say when it was signed."""

_length = struct.Struct(">H")


def number_path(n: int) -> str:
    """Write a tile's number in groups of three digits, all but the last marked: 1234067 is ``x001/x234/067``."""
    last, rest = f"{n % 1000:03}", n // 1000
    while rest:
        last, rest = f"x{rest % 1000:03}/{last}", rest // 1000
    return last


def tile_path(level: int | str, n: int, width: int = WIDTH) -> str:
    """Name the file of a tile, or of a bundle (level ``entries``); one that is not full is named with its width."""
    return f"tile/{level}/{number_path(n)}" + (f".p/{width}" if width < WIDTH else "")


def write(folder: Path, entries: Iterable[bytes], note: str) -> int:
    """Write the log that a note signs; return its size. Raises ``BadTiles`` when the entries do not lead to its root."""
    checkpoint = Checkpoint.parse(parted(note)[0])
    frontier, rows = Frontier(), list[list[bytes]]()
    for n, bundle in enumerate(_bundles(entries)):
        _put(folder / tile_path("entries", n, len(bundle)), b"".join(_length.pack(len(each)) + each for each in bundle))
        completed = frontier.extend([leaf_hash(each) for each in bundle])
        for level, hashes in enumerate(completed[::LEVELS]):
            if level == len(rows):
                rows.append([])
            rows[level] += hashes
            _put_full(folder, level, rows, frontier.size)
    if (frontier.size, frontier.root()) != (checkpoint.size, checkpoint.root):
        raise BadTiles("The entries do not lead to the root that was signed.")
    _put_rest(folder, rows, frontier.size)
    _put(folder / CHECKPOINT, note.encode())
    return frontier.size


def _bundles(entries: Iterable[bytes]) -> Iterator[list[bytes]]:
    bundle: list[bytes] = []
    for entry in entries:
        bundle.append(entry)
        if len(bundle) == WIDTH:
            yield bundle
            bundle = []
    if bundle:
        yield bundle


def _put_full(folder: Path, level: int, rows: list[list[bytes]], size: int) -> None:
    row = rows[level]
    if len(row) == WIDTH:
        n = (size >> LEVELS * level) // WIDTH - 1
        _put(folder / tile_path(level, n), b"".join(row))
        row.clear()


def _put_rest(folder: Path, rows: list[list[bytes]], size: int) -> None:
    for level, row in enumerate(rows):
        if row:
            n = (size >> LEVELS * level) // WIDTH
            _put(folder / tile_path(level, n, len(row)), b"".join(row))


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@dataclass(frozen=True)
class TilesCopy:
    """A log in a folder of tiles; what is not there, or is cut off, is not there."""

    folder: Path
    year: int
    size: int
    note: str

    @classmethod
    def of(cls, folder: Path) -> "TilesCopy":
        """Open a folder by its checkpoint. Raises ``BadTiles`` or ``BadNote``."""
        try:
            note = (folder / CHECKPOINT).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            raise BadTiles("There is no checkpoint in the folder.") from None
        checkpoint = Checkpoint.parse(parted(note)[0])
        year = checkpoint.origin.rpartition("/")[2]
        if not year.isdigit():
            raise BadTiles("Line 1 of the checkpoint does not name the log of a year.")
        return cls(folder, int(year), checkpoint.size, note)

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry) by index."""
        for n in range(-(-self.size // WIDTH)):
            yield from enumerate(self.bundle(n), start=n * WIDTH)

    def bundle(self, n: int) -> list[bytes]:
        """Read a bundle's entries as far as they are whole."""
        content, found, at = self._read("entries", n, self.size), [], 0
        while at + _length.size <= len(content):
            (length,) = _length.unpack_from(content, at)
            at += _length.size + length
            found.append(content[at - length : at])
        return found if at == len(content) else found[:-1]

    def nodes(self, level: int) -> Iterator[tuple[int, bytes]]:
        """Yield (n, hash) of a level of the tree by n: stored ones, or made of the stored ones below."""
        row, folded = divmod(level, LEVELS)
        width = WIDTH >> folded
        for n in range(-(-(self.size >> LEVELS * row) // WIDTH)):
            hashes = self.tile(row, n)
            for _ in range(folded):
                hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=False)]
            yield from enumerate(hashes, start=n * width)

    def tile(self, row: int, n: int) -> list[bytes]:
        """Read a tile's hashes."""
        content = self._read(str(row), n, self.size >> LEVELS * row)
        return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]

    def node_at(self, place: Place) -> bytes:
        """Return the hash of a full subtree. Raises ``BadTiles`` when its tile is not there."""
        row, folded = divmod(place.level, LEVELS)
        n, at = divmod(place.n << folded, WIDTH)
        hashes = self.tile(row, n)[at : at + (1 << folded)]
        if len(hashes) < 1 << folded:
            raise BadTiles(f"The tile {tile_path(row, n)} is not there or is cut off.")
        while len(hashes) > 1:
            hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def notes(self) -> Iterator[SignedNote]:
        """Yield the signed note."""
        checkpoint = Checkpoint.parse(parted(self.note)[0])
        yield SignedNote(checkpoint.size, checkpoint.root, self.note, NO_TIME)

    def _read(self, level: str, n: int, count: int) -> bytes:
        return _content(self.folder / tile_path(level, n, min(WIDTH, count - n * WIDTH)))


@lru_cache(maxsize=64)
def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
