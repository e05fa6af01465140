"""What pages load beside themselves: our own style sheet and fonts, each under an address that changes with its content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "static"
PREFIX: Final = "/static/"
MEDIA_TYPES: Final[Mapping[str, str]] = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
HASH_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    content: bytes
    media_type: str


@cache
def served() -> Mapping[str, Asset]:
    """Give every file by its address; a style sheet names the others by plain names, which are replaced by their addresses."""
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.rglob("*")) if path.suffix in MEDIA_TYPES}
    return {
        address(name): Asset(_content(name, content), MEDIA_TYPES[Path(name).suffix]) for name, content in files.items()
    }


@cache
def address(name: str) -> str:
    """Give a file's address: its name under the hash of what is served."""
    path = next(path for path in FOLDER.rglob("*") if path.name == name)
    return f"{PREFIX}{hashlib.sha256(_content(name, path.read_bytes())).hexdigest()[:HASH_LENGTH]}/{name}"


def _content(name: str, content: bytes) -> bytes:
    if not name.endswith(".css"):
        return content
    for font in sorted(FOLDER.rglob("*.woff2")):
        content = content.replace(f'"{font.name}"'.encode(), f'"{address(font.name)}"'.encode())
    return content
