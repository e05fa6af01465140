"""``./luukku test``: pytest with everything it needs, naming what had to be left out; in CI nothing may be."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from cli.settings import ROOT, Refusal

CHROMIUM: Final = "chromium"
INSTALL_TIMEOUT_S: Final = 600
WORKERS: Final = "3"
"""One more than the processors we promise the time for. The third gives way (``tests/shared_out.py``): three alike run out of time."""
SHARED_OUT: Final = ("--numprocesses", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder")
"""Files go out in the order of their folders: long ones (functional) first, short ones (unit) last, so that all processes end together."""
EVERYTHING: Final = ("-m", "long or not long")


def test(arguments: Sequence[str], console: Console) -> int:
    """Make the machine ready, then hand over to pytest and give its exit code."""
    in_ci = os.environ.get("CI") == "true"  # noqa: TID251 - the door for the tests' settings
    missing = [*_without_chromium(console), *_without_reference()]
    if missing and in_ci:
        raise Refusal(f"In CI nothing may be left out, and this is missing: {', '.join(missing)}.")
    for what in missing:
        console.print(f"test: left out, because it is missing here: {what}")
    arguments = [part for given in arguments for part in (EVERYTHING if given == "--long" else (given,))]
    command = [
        "python",
        "-m",
        "pytest",
        *(SHARED_OUT if not _chosen(arguments) else ()),
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own tests


def _chosen(arguments: Sequence[str]) -> bool:
    """Whether the caller named tests of their own: those run in one process, with their output in order."""
    return any(Path(argument.partition("::")[0]).exists() for argument in arguments)


def _without_chromium(console: Console) -> list[str]:
    if shutil.which(CHROMIUM) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        console.print("test: installing Chromium")
        for command in (
            ("apt-get", "update", "-qq"),
            ("apt-get", "install", "-qq", "--yes", "--no-install-recommends", CHROMIUM),
        ):
            subprocess.run(command, check=False, capture_output=True, timeout=INSTALL_TIMEOUT_S)  # noqa: S603 - fixed commands
    return [] if shutil.which(CHROMIUM) else ["Chromium, for the tests of pages"]


def _without_reference() -> list[str]:
    folder = Path(os.environ.get("LUUKKU_REFERENCE", ROOT.parent / "shared" / "reference"))  # noqa: TID251 - as above
    return (
        []
        if folder.is_dir()
        else ["the official messages and code lists (LUUKKU_REFERENCE), for the tests against them"]
    )
