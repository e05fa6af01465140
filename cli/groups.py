"""The commands that come in groups: keys, sources, quarantine, batches, persons, receipts; each hands over, as those in main do."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import settings
from cli.shown import console, shown

keys = typer.Typer(no_args_is_help=True, help="The keys of this instance: one per use, in a file outside the data.")
source = typer.Typer(no_args_is_help=True, help="The connections to the sources.")
quarantine = typer.Typer(no_args_is_help=True, help="Rows that were refused, and wait to be mended.")
batch = typer.Typer(no_args_is_help=True, help="Batches that are held, and wait for a steward.")
person = typer.Typer(no_args_is_help=True, help="Persons whom the sources know under two identities.")
consent = typer.Typer(no_args_is_help=True, help="Consents in the forms of standards, out and in.")
worker = typer.Typer(no_args_is_help=True, help="Who looks at people for an organisation, by the name it gives them.")
receipt = typer.Typer(no_args_is_help=True, help="Receipts of consents, checked offline.")

Of = Annotated[str | None, typer.Option("--source", help="te, kela or sote.")]
Ids = Annotated[list[int] | None, typer.Argument(help="Rows by number; all of the source without one.")]


@keys.command()
def new(
    *, development: Annotated[bool, typer.Option("--development", help="Keys for the bundled database alone.")] = False
) -> None:
    """Make a keyring with one key per use, where there is none."""
    from cli import keys as command

    sys.stdout.write(shown(lambda: command.new(settings.from_environ(), development=development)))


@keys.command(name="list")
def list_() -> None:
    """List use, id, state and making of each key, and no key material."""
    from cli import keys as command

    sys.stdout.write(shown(lambda: command.listed(settings.from_environ())))


@keys.command()
def rotate(use: str) -> None:
    """Make a new key for USE, bring what rests under the one before it over, and end; begun again, it goes on where it was."""
    from cli import rotation as command

    sys.stdout.write(shown(lambda: command.rotate(settings.from_environ(), use, console)))


@source.command(name="list")
def list_connections() -> None:
    """List every connection with its state, place and service."""
    from cli import source as command

    sys.stdout.write(shown(lambda: command.listed(settings.from_environ())))


@source.command(name="join")
def join_source(description: Path) -> None:
    """Write the connection that the file DESCRIPTION describes, on trial."""
    from cli import source as command

    shown(lambda: command.join(settings.from_environ(), description))


@source.command()
def live(name: str) -> None:
    """Let the connection NAME be pulled with the source's next run."""
    from cli import source as command

    shown(lambda: command.turn(settings.from_environ(), name, "live"))


@source.command()
def stop(name: str) -> None:
    """Leave the connection NAME alone from the source's next run on."""
    from cli import source as command

    shown(lambda: command.turn(settings.from_environ(), name, "stopped"))


@source.command(name="try")
def try_(name: str) -> None:
    """Pull one page over the connection NAME, judge it, store nothing; 0 good, 1 not as agreed, 3 no answer."""
    from cli import source as command

    told, code = shown(lambda: command.tried(settings.from_environ(), name))
    sys.stdout.write(told)
    raise typer.Exit(code)


@quarantine.command(name="list")
def list_waiting(of: Of = None) -> None:
    """List the rows that wait, by number, record, field and code."""
    from cli import quarantine as command

    sys.stdout.write(shown(lambda: command.listed(settings.from_environ(), of)))


@quarantine.command()
def show(number: int) -> None:
    """Show what is known of one row; never what was sent."""
    from cli import quarantine as command

    sys.stdout.write(shown(lambda: command.told(settings.from_environ(), number)))


@quarantine.command()
def explain(
    number: int,
    cause: Annotated[str, typer.Option(help="Why it broke; no personal data.")],
    owner: Annotated[str, typer.Option(help="Who mends it.")],
    due: Annotated[str, typer.Option(help="By when, as 2026-07-01.")],
) -> None:
    """Write why a row broke, who mends it and by when."""
    from cli import quarantine as command

    shown(lambda: command.explain(settings.from_environ(), number, cause=cause, owner=owner, due=due))


@quarantine.command()
def revalidate(of: Annotated[str, typer.Option("--source", help="te, kela or sote.")], rows: Ids = None) -> None:
    """Judge rows again from the bytes that were kept, after a rule or a source was mended; the good ones are merged."""
    from cli import quarantine as command

    sys.stdout.write(shown(lambda: command.revalidate(settings.from_environ(), of, rows)))


@quarantine.command()
def discard(number: int, why: Annotated[str, typer.Option(help="source_withdrew, not_ours or retention.")]) -> None:
    """Close a row that will never be taken."""
    from cli import quarantine as command

    shown(lambda: command.discard(settings.from_environ(), number, why=why))


@batch.command(name="list")
def list_held() -> None:
    """List the batches that are held, each with the reason."""
    from cli import batch as command

    sys.stdout.write(shown(lambda: command.listed(settings.from_environ())))


@batch.command()
def accept(batch_id: str) -> None:
    """Let a held batch be merged as it is, with the source's next run."""
    from cli import batch as command

    shown(lambda: command.accept(settings.from_environ(), batch_id))


@batch.command()
def reject(batch_id: str) -> None:
    """Give a held batch up; the source's next run pulls it again."""
    from cli import batch as command

    shown(lambda: command.reject(settings.from_environ(), batch_id))


@person.command()
def join() -> None:
    """Make one person of two; asks for both ids and the reason, or reads them as three lines."""
    from cli import person as command

    from_id, into_id = typer.prompt("The person to be joined (person_id)"), typer.prompt("To whom (person_id)")
    why = typer.prompt("Why")
    shown(lambda: command.join(settings.from_environ(), from_id, into_id, why=why))


@consent.command()
def export(
    person_id: str,
    form: Annotated[
        str, typer.Option("--as", help="fhir (R4 Consents) or 27560 (ISO/IEC TS 27560 in JSON-LD).")
    ] = "fhir",
) -> None:
    """Print all that the person PERSON_ID has said, as JSON; the look is in their log."""
    from cli import consent as command

    sys.stdout.write(shown(lambda: command.exported(settings.from_environ(), person_id, form)))


@consent.command()
def proof(
    act_id: Annotated[str, typer.Argument(help="The reference of the withdrawal, as its page and receipt show it.")],
) -> None:
    """Print who stopped when after a withdrawal, signed (a compact JWS), with its place in the log; the look is in the person's log."""
    from cli import consent as command

    sys.stdout.write(shown(lambda: command.proved(settings.from_environ(), act_id)))


@consent.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A FHIR R4 Bundle of Consents, a list of them, or one.")],
    office: Annotated[str, typer.Option(help="The business id of the office whose clients they are.")],
) -> None:
    """Take in FHIR Consents, with a line for each; 0 all were recorded, 1 one was refused and the others stand."""
    from cli import consent as command

    told, code = shown(lambda: command.imported(settings.from_environ(), file, office))
    sys.stdout.write(told)
    raise typer.Exit(code)


@worker.command(name="register")
def register_worker() -> None:
    """Write who works under a name; asks for organisation, name, HETU and surname."""
    from cli import worker as command

    of, name = typer.prompt("The organisation (Y-tunnus)"), typer.prompt("What it calls the worker")
    hetu, surname = typer.prompt("The worker's HETU", hide_input=True), typer.prompt("The worker's surname")
    shown(lambda: command.registered(settings.from_environ(), of, name, hetu=hetu, surname=surname))


@worker.command(name="leave")
def worker_left() -> None:
    """Write that a worker left; asks for organisation and name."""
    from cli import worker as command

    of, name = typer.prompt("The organisation (Y-tunnus)"), typer.prompt("What it calls the worker")
    shown(lambda: command.left(settings.from_environ(), of, name))


@receipt.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The receipt: one line, a compact JWS.")],
    jwks: Annotated[Path | None, typer.Option(help="The issuer's public keys; this instance's without one.")] = None,
) -> None:
    """Check a receipt offline; 0 verified, 1 altered or contradicting itself, 2 no receipt, 3 its key is not given."""
    from cli import receipt as command

    told, code = shown(lambda: command.verified(settings.from_environ(), file, jwks))
    sys.stdout.write(told)
    raise typer.Exit(code)


@receipt.command(name="keys")
def receipt_keys() -> None:
    """Print the public keys that check receipts, former ones too, as a JWKS."""
    from cli import receipt as command

    sys.stdout.write(json.dumps(shown(lambda: command.own_keys(settings.from_environ())), indent=1) + "\n")
