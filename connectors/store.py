"""Where landed and checked files lie: a folder of this machine, or a bucket behind fsspec; a put is whole or has not happened."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import fsspec  # type: ignore[import-untyped]  # it ships no types

from connectors import unfinished

OWNER_ONLY = 0o700
UNFINISHED = ".unfinished"
"""The folder of a store in which files are written before they are put in their places."""


class Store(Protocol):
    """Files by path relative to the root, parts separated by slashes."""

    def put(self, path: str, body: bytes) -> None:
        """Write a file whole, over any that was there."""

    def get(self, path: str) -> bytes:
        """Read a file. Raises FileNotFoundError."""

    def folders(self, path: str) -> Iterator[str]:
        """Name the folders directly below one; none when it is not there."""

    def has(self, path: str) -> bool:
        """Tell whether there is a file."""

    def remove(self, path: str) -> None:
        """Take away a file or a folder with all in it; nothing when it is not there."""


class ListedStore(Store, Protocol):
    """A store that can also say which files are in a folder, for whoever sweeps it."""

    def names(self, path: str) -> Iterator[str]:
        """Name the files directly in a folder; none when it is not there."""


def open_store(root: str) -> ListedStore:
    """Open the store named by LUUKKU_STORE: a folder, or a URL that fsspec knows."""
    if "://" in root:
        filesystem, path = fsspec.core.url_to_fs(root)
        return BucketStore(filesystem, path)
    return FolderStore(Path(root))


class FolderStore:
    """A folder of this machine, readable by its owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, path: str, body: bytes) -> None:
        """Write beside, sync, and put in place: a crash leaves the old file or the new one.

        What a killed writer left beside is taken away first.
        """
        target = self._at(path)
        self._root.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.beside(self._root / UNFINISHED) as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
            Path(stream.name).replace(target)

    def get(self, path: str) -> bytes:
        """Read a file. Raises FileNotFoundError."""
        return self._at(path).read_bytes()

    def folders(self, path: str) -> Iterator[str]:
        """Name the folders directly below one."""
        at = self._at(path)
        return iter(sorted(one.name for one in at.iterdir() if one.is_dir())) if at.is_dir() else iter(())

    def names(self, path: str) -> Iterator[str]:
        """Name the files directly in a folder."""
        at = self._at(path)
        return iter(sorted(one.name for one in at.iterdir() if one.is_file())) if at.is_dir() else iter(())

    def has(self, path: str) -> bool:
        """Tell whether there is a file."""
        return self._at(path).is_file()

    def remove(self, path: str) -> None:
        """Take away a file or a folder."""
        at = self._at(path)
        if at.is_dir():
            shutil.rmtree(at, ignore_errors=True)
        else:
            at.unlink(missing_ok=True)

    def _at(self, path: str) -> Path:
        return self._root / _inside(path)


class BucketStore:
    """A bucket; its put is atomic by nature."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")

    def put(self, path: str, body: bytes) -> None:
        """Write a file whole."""
        self._filesystem.makedirs(str(PurePosixPath(self._at(path)).parent), exist_ok=True)
        self._filesystem.pipe_file(self._at(path), body)

    def get(self, path: str) -> bytes:
        """Read a file. Raises FileNotFoundError."""
        return bytes(self._filesystem.cat_file(self._at(path)))

    def folders(self, path: str) -> Iterator[str]:
        """Name the folders directly below one."""
        return self._within(path, "directory")

    def names(self, path: str) -> Iterator[str]:
        """Name the files directly in a folder."""
        return self._within(path, "file")

    def has(self, path: str) -> bool:
        """Tell whether there is a file."""
        return bool(self._filesystem.isfile(self._at(path)))

    def remove(self, path: str) -> None:
        """Take away a file or a folder."""
        if self._filesystem.exists(self._at(path)):
            self._filesystem.rm(self._at(path), recursive=True)

    def _within(self, path: str, kind: str) -> Iterator[str]:
        at = self._at(path)
        found = self._filesystem.ls(at, detail=True) if self._filesystem.isdir(at) else []
        return iter(sorted(PurePosixPath(one["name"]).name for one in found if one["type"] == kind))

    def _at(self, path: str) -> str:
        return f"{self._root}/{_inside(path)}"


def _inside(path: str) -> str:
    """Refuse a path that would lead out of the root."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError("A path in the store is relative and leads downwards.")
    return path
