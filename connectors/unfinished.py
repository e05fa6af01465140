"""Files being written: each is locked by its writer, so that one whose writer was killed is known by its free lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


@contextmanager
def beside(folder: Path) -> Iterator[IO[bytes]]:
    """Open a new locked file in a folder, to be filled and moved to its place; one that was not moved goes.

    The lock ends with the process, whatever ends it; files in the folder that nobody holds are taken away first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _take_away_the_abandoned(folder)
    stream = _locked(folder)
    with stream:
        try:
            yield stream
        finally:
            Path(stream.name).unlink(missing_ok=True)


def _locked(folder: Path) -> IO[bytes]:
    """Make a file and lock it; again where another writer took it for abandoned before the lock was ours."""
    while True:
        stream = NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 - the caller closes it
        fcntl.flock(stream, fcntl.LOCK_EX)
        if os.fstat(stream.fileno()).st_nlink:
            return stream
        stream.close()


def _take_away_the_abandoned(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
