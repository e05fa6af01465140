"""The commands under ``./luukku verify``; each hands over, as those in main do."""

from pathlib import Path
from typing import Annotated

import typer

from cli import settings
from cli.shown import shown
from cli.verify.given import Given
from db.environment import from_environ

app = typer.Typer(
    help="Check the access log, or what left it, and name what is wrong; 0 verified, 1 refuted, 2 unreadable, 3 unchecked."
)

Keys = Annotated[list[str] | None, typer.Option("--key", help="A verifier key of the log, or a file of them.")]
Witnesses = Annotated[list[str] | None, typer.Option("--witness", help="A witness's key, or a file of them.")]
Witnessed = Annotated[
    list[Path] | None,
    typer.Option("--witnessed", exists=True, help="A checkpoint as a witness keeps it; needs --witness."),
]
Quorum = Annotated[int, typer.Option("--quorum", min=0, help="How many of the witnesses must have cosigned.")]
Details = Annotated[bool, typer.Option("--details", help="Decrypt the details too; needs the database.")]
File = Annotated[Path, typer.Argument(exists=True)]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]


@app.callback(invoke_without_command=True)
def whole(context: typer.Context) -> None:
    """Check the access log, or what left it; without a command, the log of this instance."""
    if context.invoked_subcommand is None:
        log()


@app.command()
def log(
    folder: Annotated[Path | None, typer.Argument(exists=True, file_okay=False)] = None,
    key: Keys = None,
    witness: Witnesses = None,
    witnessed: Witnessed = None,
    *,
    details: Details = False,
) -> None:
    """Hash every entry again: in the database of this instance, or in FOLDER, a folder of tiles."""
    from cli.verify.log import verify_files, verify_tables

    given = _given(key, witness)
    if folder is None:
        raise typer.Exit(
            shown(lambda: verify_tables(settings.from_environ(), given, witnessed or (), with_details=details))
        )
    raise typer.Exit(shown(lambda: verify_files(folder, given)))


@app.command()
def proof(file: File, key: Keys = None, witness: Witnesses = None, quorum: Quorum = 0) -> None:
    """Check a proof that an entry stands in the log: FILE is a .tlog-proof."""
    from cli.verify import pieces

    raise typer.Exit(shown(lambda: pieces.proof(file, _given(key, witness, quorum))))


@app.command()
def consistency(old: File, new: Folder, key: Keys = None, witness: Witnesses = None, quorum: Quorum = 0) -> None:
    """Check that the log of OLD, a checkpoint or a folder of tiles, is the beginning of the log in the folder NEW."""
    from cli.verify import pieces

    raise typer.Exit(shown(lambda: pieces.consistency(old, new, _given(key, witness, quorum))))


@app.command()
def export(file: File, key: Keys = None) -> None:
    """Check an export: a folder of tiles, or a ZIP of one."""
    from cli.verify import pieces

    raise typer.Exit(shown(lambda: pieces.export(file, _given(key))))


@app.command(name="witness")
def seen_by_witness(file: File, folder: Folder, key: Keys = None, witness: Witnesses = None) -> None:
    """Check that FILE, a checkpoint which a witness cosigned, is in the history in FOLDER, a folder of tiles."""
    from cli.verify import pieces

    raise typer.Exit(shown(lambda: pieces.witness(file, folder, _given(key, witness, 1))))


def _given(keys: list[str] | None, witnesses: list[str] | None = None, quorum: int = 0) -> Given:
    environment = from_environ()
    return Given(environment.keyring_path, keys or (), witnesses or (), quorum, environment.home)
