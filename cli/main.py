"""The commands, each a few lines that hand over; a refusal is one sentence and an exit code."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import groups, settings
from cli.shown import console, shown
from cli.verify.commands import app as verify
from cli.witness.commands import app as witness

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
for name in ("keys", "source", "quarantine", "batch", "person", "worker", "consent", "receipt"):
    app.add_typer(getattr(groups, name), name=name)
app.add_typer(verify, name="verify")
app.add_typer(witness, name="witness")

People = Annotated[
    int | None,
    typer.Option("--people", min=1, max=settings.MOST_PEOPLE, help="How many synthetic clients the sources know."),
]
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def up(people: People = None) -> None:
    """Start everything, refresh once, and stay until Ctrl-C."""
    from cli.up import up as command

    shown(lambda: command(settings.from_environ(people=people), console))


@app.command()
def run(
    people: People = None, *, as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False
) -> None:
    """Do one full refresh through Airflow, and stop; 1 where a timetable was red, which `failed` names."""
    from cli.run import run as command
    from cli.run import told

    summary = shown(lambda: command(settings.from_environ(people=people), console))
    sys.stdout.write(json.dumps(summary.as_dict(), indent=2) + "\n" if as_json else told(summary))
    raise typer.Exit(int(bool(summary.failed)))


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Run the tests with everything they need; arguments go to pytest, --long adds the long ones."""
    from cli.test import test as command

    raise typer.Exit(shown(lambda: command(context.args, console)))


@app.command()
def check() -> None:
    """Check format, lint, types, import contracts and rendered documents."""
    from cli.check import check as command

    raise typer.Exit(shown(lambda: command(console)))


@app.command(context_settings=PASS_ON)
def bench(context: typer.Context, name: str) -> None:
    """Measure NAME beside its limit and its peers, as a table and as JSON."""
    from cli.bench import bench as command

    raise typer.Exit(shown(lambda: command(name, context.args)))


@app.command()
def tiles(folder: Path) -> None:
    """Write the access log into FOLDER as C2SP tiles, which `verify` checks on any machine."""
    from cli.tiles import write as command

    sys.stdout.write(shown(lambda: command(settings.from_environ(), folder)))


@app.command()
def backup(folder: Annotated[Path, typer.Argument(help="A folder of its own, best on another disk.")]) -> None:
    """Copy databases, store and fence into FOLDER, beside a running instance; the keys are kept apart."""
    from cli.backup.making import backup as command

    sys.stdout.write(shown(lambda: command(settings.from_environ(), folder)))


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A whole copy that `backup` made.")],
    fence: Annotated[
        Path | None, typer.Option(help="The fence of the lost instance; else the one under LUUKKU_HOME, if it is left.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint of the log that others kept; may be given more than once.")
    ] = None,
) -> None:
    """Put a copy in place where there is no data, and tell what it lacks; 1 the copy is damaged, 3 other keys, 4 another log."""
    from cli.backup.restoring import Given
    from cli.backup.restoring import restore as command

    sys.stdout.write(shown(lambda: command(settings.from_environ(), folder, Given(fence, checkpoint or ()))))


@app.command(hidden=True)
def serve(process: str) -> None:
    """Run one child process in the foreground: web, sequencer or simulators."""
    from cli.serve import serve as command

    shown(lambda: command(process, settings.from_environ()))
