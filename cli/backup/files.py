"""The store's files copied: each whole and on the disk; those that are erased meanwhile are passed over."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from cli.backup.manifest import OWNER_ONLY, listed, synced
from cli.settings import Refusal
from connectors.store import UNFINISHED


def folder_of(store: str) -> Path:
    """Return the folder of a store on this machine; raises Refusal for a bucket."""
    if "://" in store:
        raise Refusal(f"The store {store} is no folder of this machine; copy the bucket by its own tools.", code=3)
    return Path(store)


def copy_new(source: Path, target: Path) -> None:
    """Copy what is not there yet, or was written anew since."""
    target.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    for name, path in listed(source):
        with suppress(FileNotFoundError):
            if not name.startswith(f"{UNFINISHED}/") and not _same(path, target / name):
                copy(path, target / name)


def _same(source: Path, target: Path) -> bool:
    """Tell whether a file was copied and not written since, by its size and its time."""
    ours = source.stat()
    if not target.exists():
        return False
    theirs = target.stat()
    return (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns)


def copy(source: Path, target: Path) -> None:
    """Copy a file beside its place, see it on the disk, and put it there; raises FileNotFoundError where it has gone."""
    target.parent.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    with source.open("rb") as read, beside.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())
        os.utime(written.fileno(), ns=(0, os.fstat(read.fileno()).st_mtime_ns))
    beside.replace(target)
    synced(target.parent)
