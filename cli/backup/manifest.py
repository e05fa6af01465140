"""What a copy holds, file by file, with the SHA-256 of each: written last, so that a copy that was cut off has none."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, Self

from cli.settings import Refusal

NAME: Final = "manifest.json"
FORM: Final = 1
DAMAGED_CODE: Final = 1
OWNER_ONLY: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``files``: path below the copy's folder -> SHA-256, hex. ``keys``: use -> ids of the keys it was written with."""

    made_at: str
    release: str
    keys: Mapping[str, list[str]]
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write it beside and put it in place, all of it on the disk first."""
        told = {"form": FORM, "made_at": self.made_at, "release": self.release, "keys": self.keys, "files": self.files}
        beside = folder / f"{NAME}.new"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(told, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / NAME)
        synced(folder)

    @classmethod
    def checked(cls, folder: Path) -> Self:
        """Read the manifest of a copy and hold every file against it; raises Refusal naming the first that is not as it was written."""
        found = cls._read(folder / NAME)
        for name, digest in sorted(found.files.items()):
            path = folder / name
            if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
                raise Refusal(f"The copy is damaged: {name} is not there. Nothing was restored.", code=DAMAGED_CODE)
            if digest_of(path) != digest:
                raise Refusal(
                    f"The copy is damaged: {name} is not as it was written. Nothing was restored.", code=DAMAGED_CODE
                )
        return found

    @classmethod
    def _read(cls, path: Path) -> Self:
        if not path.is_file():
            raise Refusal(f"{path.parent} holds no whole copy: there is no {NAME}, as of one that was cut off.")
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            form = told.pop("form")
            found = cls(**told)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refusal(f"The copy is damaged: {NAME} cannot be read.", code=DAMAGED_CODE) from None
        if form != FORM:
            raise Refusal(f"The copy is of form {form}, and this release reads form {FORM}.", code=3)
        return found


def digest_of(path: Path) -> str:
    """Return a file's SHA-256, hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def listed(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file below a folder, by its path there, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def synced(folder: Path) -> None:
    """See a folder's names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
