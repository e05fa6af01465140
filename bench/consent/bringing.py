"""A peer that is published as source alone, brought for the time of a measurement: pure Python, pinned and hashed in a file of ours.

It goes into the measurement's own folder and away with it; the environment stays what the lock says. What builds it is the locked
setuptools, so no compiler and nothing unpinned takes part.
"""

import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

PINNED: Final = Path(__file__).parent / "peers" / "vakt.txt"
PACKAGE: Final = "vakt"
LONGEST_S: Final = 120
ABSENT: Final = (
    "could not be fetched: it is published as source alone, outside the lock, and this machine does not reach it"
)


def brought(folder: Path, *, pinned: Path = PINNED) -> str | None:
    """Install what the file pins into a folder, and give the peer's version; None when it cannot be had."""
    sys.stderr.write(f"bench: fetching {PACKAGE}, pinned and hashed in {pinned.name}\n")
    try:
        done = subprocess.run(_command(folder, pinned), check=False, capture_output=True, timeout=LONGEST_S)  # noqa: S603 - our own installer
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else version_in(folder)


def version_in(folder: Path) -> str | None:
    """Tell which version of the peer a folder holds."""
    return next((each.version for each in distributions(name=PACKAGE, path=[str(folder)])), None)


def _command(folder: Path, pinned: Path) -> Sequence[str]:
    """Use the installer that made the environment, with the settings of the machine that it was made with."""
    uv = str(Path(sys.executable).parent / "uv")
    into = ("--python", sys.executable, "--target", str(folder))
    exactly = (
        "--no-deps",
        "--require-hashes",
        "--no-build-isolation",
        "--only-binary",
        ":all:",
        "--no-binary",
        PACKAGE,
    )
    return (uv, "pip", "install", "--quiet", *into, *exactly, "--requirements", str(pinned))
