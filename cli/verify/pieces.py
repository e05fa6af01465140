"""``./luukku verify proof | consistency | witness | export``: what left the log, checked without the log's keeper."""

import tempfile
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from audit.manifest import NAME as MANIFEST
from audit.proof import Proof
from audit.tiles import CHECKPOINT, TilesCopy
from audit.verify.pieces import verify_consistency, verify_proof, verify_witness
from audit.verify.sealed import verify_sealed
from cli.settings import Refusal
from cli.verify.given import Given, exporters_of, signers_of, told
from cli.verify.log import unreadable, verify_files

MAX_EXPORT_BYTES: Final = 64 << 30
"""What a packed export may unpack to."""


def proof(path: Path, given: Given) -> int:
    """Verify a ``.tlog-proof``."""
    with unreadable():
        shown = Proof.parse(path.read_text(encoding="utf-8"))
        return told(verify_proof(shown, signers_of(given, shown.checkpoint.origin)))


def consistency(old: Path, new: Path, given: Given) -> int:
    """Verify that the log of OLD (a checkpoint, or a folder of tiles) begins the log in the folder NEW."""
    with unreadable():
        copy = TilesCopy.of(new)
        signers = signers_of(given, copy.note.partition("\n")[0])
        return told(verify_consistency(_note(old), copy.note, copy.node_at, signers))


def witness(path: Path, folder: Path, given: Given) -> int:
    """Verify that the checkpoint which a witness cosigned is in the history in a folder of tiles."""
    with unreadable():
        copy = TilesCopy.of(folder)
        signers = signers_of(given, copy.note.partition("\n")[0])
        return told(verify_witness(_note(path), copy.size, copy.node_at, signers))


def export(path: Path, given: Given) -> int:
    """Verify an export: a folder of tiles or a sealed answer of a search, or either as a ZIP."""
    if path.is_dir():
        return _unpacked(path, given)
    with tempfile.TemporaryDirectory(prefix="luukku-export-") as folder:
        _unpack(path, Path(folder))
        return _unpacked(Path(folder), given)


def _unpacked(folder: Path, given: Given) -> int:
    if not (folder / MANIFEST).exists():
        return verify_files(folder, given)
    with unreadable():
        return told(verify_sealed(folder, lambda origin: signers_of(given, origin), exporters_of(given)))


def _unpack(path: Path, folder: Path) -> None:
    try:
        with ZipFile(path) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_EXPORT_BYTES:
                raise Refusal(f"{path} is larger than any export of ours.")
            packed.extractall(folder)
    except (BadZipFile, OSError):
        raise Refusal(f"{path} is not an export: neither a folder of tiles nor a ZIP of one.") from None


def _note(path: Path) -> str:
    return (path / CHECKPOINT if path.is_dir() else path).read_text(encoding="utf-8")
