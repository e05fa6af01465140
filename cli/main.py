"""The commands, each a few lines that hand over; a refusal is one sentence and an exit code."""

import json
import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from cli import settings
from cli.settings import Refusal

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
console = Console(stderr=True, highlight=False, soft_wrap=True)

T = TypeVar("T")
People = Annotated[
    int | None, typer.Option("--people", min=1, max=550_000, help="How many synthetic clients the sources know.")
]
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def up(people: People = None) -> None:
    """Start everything, refresh once, and stay until Ctrl-C."""
    from cli.up import up as command

    _shown(lambda: command(settings.from_environ(people=people), console))


@app.command()
def run(
    people: People = None, *, as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False
) -> None:
    """Do one full refresh through Airflow, and stop."""
    from cli.run import run as command
    from cli.run import told

    summary = _shown(lambda: command(settings.from_environ(people=people), console))
    sys.stdout.write(json.dumps(summary.as_dict(), indent=2) + "\n" if as_json else told(summary))


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Run the tests with everything they need; arguments go to pytest, --long adds the long ones."""
    from cli.test import test as command

    raise typer.Exit(_shown(lambda: command(context.args, console)))


@app.command()
def check() -> None:
    """Check format, lint, types, import contracts and rendered documents."""
    from cli.check import check as command

    raise typer.Exit(_shown(lambda: command(console)))


@app.command(context_settings=PASS_ON)
def bench(context: typer.Context, name: str) -> None:
    """Measure NAME beside its limit and its peers, as a table and as JSON."""
    from cli.bench import bench as command

    raise typer.Exit(_shown(lambda: command(name, context.args)))


@app.command()
def verify() -> None:
    """Re-hash the whole access log, offline, and name the first event that is not as it was."""
    from cli.verify import verify as command

    raise typer.Exit(_shown(lambda: command(settings.from_environ())))


@app.command(hidden=True)
def serve(process: str) -> None:
    """Run one child process in the foreground: web, sequencer or simulators."""
    from cli.serve import serve as command

    _shown(lambda: command(process, settings.from_environ()))


def _shown(command: Callable[[], T]) -> T:
    try:
        return command()
    except Refusal as refusal:
        console.print(f"luukku: {refusal}", markup=False)
        raise typer.Exit(refusal.code) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
