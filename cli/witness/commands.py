"""The commands under ``./luukku witness``; each hands over, as those in main do."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import settings
from cli.shown import shown

DEFAULT_PORT = 8650

app = typer.Typer(no_args_is_help=True, help="Be a witness of a log, or see how far our own witnesses follow.")

Logs = Annotated[list[str], typer.Option("--log", help="The verifier key of a log to witness, from its keeper.")]


@app.command()
def new(folder: Path, name: str) -> None:
    """Make a witness's key in FOLDER and print the public key that logs are told; NAME is like an address."""
    from cli.witness.serving import new as command

    sys.stdout.write(shown(lambda: command(folder, name)))


@app.command()
def serve(
    folder: Path,
    log: Logs,
    host: Annotated[str, typer.Option(help="The address to listen at; TLS is the proxy's.")] = settings.HOST,
    port: Annotated[int, typer.Option(min=1, max=settings.LAST_PORT)] = DEFAULT_PORT,
) -> None:
    """Be the witness of FOLDER: cosign what continues what was cosigned, refuse all else."""
    from cli.witness.serving import serve as command

    shown(lambda: command(folder, log, host, port))


@app.command()
def ask() -> None:
    """Ask our witnesses now; 1 when one of them has seen another history than ours."""
    from cli.witness.asking import ask as command

    told, code = shown(lambda: command(settings.from_environ()))
    sys.stdout.write(told)
    raise typer.Exit(code)


@app.command()
def status() -> None:
    """Tell how many of our witnesses have cosigned what."""
    from cli.witness.asking import status as command

    sys.stdout.write(shown(lambda: command(settings.from_environ())))
