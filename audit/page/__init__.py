"""One page that verifies proofs in a browser, from its file alone: it loads nothing and sends nothing (ACCESS-LOG 8)."""

from pathlib import Path
from typing import Final

NAME: Final = "verify.html"


def verifier() -> bytes:
    """Give the page."""
    return (Path(__file__).parent / NAME).read_bytes()
