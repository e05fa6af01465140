"""How a command speaks: progress and refusals on standard error, one sentence each, with an exit code."""

from collections.abc import Callable
from typing import Final, TypeVar

import typer
from rich.console import Console

from cli.settings import Refusal

console: Final = Console(stderr=True, highlight=False, soft_wrap=True)
T = TypeVar("T")


def shown(command: Callable[[], T]) -> T:
    """Run a command; a refusal becomes its sentence and its exit code, Ctrl-C 130."""
    try:
        return command()
    except Refusal as refusal:
        console.print(f"luukku: {refusal}", markup=False)
        raise typer.Exit(refusal.code) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
