"""``./luukku check``: format, lint, types, import contracts, rendered documents, each by its own tool, all of them even when one fails."""

import subprocess
import sys
from typing import Final

from rich.console import Console

from cli.settings import ROOT

STEPS: Final = (
    ("format", ("ruff", "format", "--check", "--quiet", ".")),
    ("lint", ("ruff", "check", "--quiet", ".")),
    ("types", ("mypy", ".")),
    ("import contracts", ("lint-imports",)),
    ("rendered documents", (sys.executable, "-m", "tests.spec.rendered", "--check")),
)


def check(console: Console) -> int:
    """Run each step and give the number of those that failed as the exit code."""
    failed = 0
    for name, command in STEPS:
        console.print(f"check: {name}")
        ended = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)  # noqa: S603 - our own tools
        failed += ended.returncode != 0
    return failed
