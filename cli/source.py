"""``./luukku source``: the connections listed, one joined, tried by one page that is forgotten, made live, stopped."""

from collections.abc import Iterator
from pathlib import Path

from cli import house
from cli.settings import Refusal, Settings
from cli.steward import acted, asked, refusals, steward
from connectors import connecting
from connectors.connecting import State
from connectors.errors import ConnectorError, PageRefused, PagingBroken, ProviderBroken, SourceChanged
from connectors.queries import trying
from connectors.trying import NoSuchConnection, Trial, try_source
from db.clock import now
from db.environment import Environment
from publish.refresh import write_leave_list
from schemas.vocabulary import Source

NOT_AS_AGREED = 1
NO_ANSWER = 3
_BROKEN = (SourceChanged, PageRefused, ProviderBroken, PagingBroken)


def listed(settings: Settings) -> str:
    """Tell each connection: its name, state, place and service."""
    rows = asked(settings, trying.connections)
    return "".join(f"{each.connection_id:<12} {each.state:<8} {each.place:<4} {each.service}\n" for each in rows)


def join(settings: Settings, path: Path) -> None:
    """Write a connection that a file describes, on trial."""
    at = now()
    with refusals():
        connection = connecting.read(_text(path), at=at)
    acted(settings, lambda tx: connecting.join(tx, connection=connection, by=steward(), at=at))


def turn(settings: Settings, name: str, state: str) -> None:
    """Make a connection live, or stop it."""
    acted(
        settings,
        lambda tx: connecting.turn(tx, connection_id=name, state=State(state), by=steward(), at=now()),
    )


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Refusal(f"{path} cannot be read.") from None


def tried(settings: Settings, name: str) -> tuple[str, int]:
    """Try a connection; gives what to print and the exit code: 0 good, 1 not as agreed, 3 no answer."""
    with house.reached(settings) as environment:
        try:
            trial = try_source(environment, connection_id=name, at=now(), leave=lambda: _leave(environment))
        except NoSuchConnection as error:
            raise Refusal(str(error)) from None
        except _BROKEN as error:
            return f"{name}: {error}\nNothing was stored.\n", NOT_AS_AGREED
        except ConnectorError as error:
            raise Refusal(str(error), code=NO_ANSWER) from None
    return "".join(f"{line}\n" for line in _lines(trial)), 0 if trial.good else NOT_AS_AGREED


def _leave(environment: Environment) -> str:
    """Have the list written of whom counties may be asked about: asking about a person discloses."""
    return write_leave_list(environment, source=Source.SOTE.value, at=now())


def _lines(trial: Trial) -> Iterator[str]:
    of = trial.connection
    if not trial.pages:
        yield f"{of.connection_id} ({of.state}): nobody may be asked about there, so nothing was asked."
        return
    taken = trial.pulled - trial.refused
    yield f"{of.connection_id} ({of.state}): {trial.pulled} rows on the first page, {taken} good, {trial.refused} broken"
    yield from (f"shape: {why}" for why in trial.held)
    yield from (
        f"shape: {path} is not in the contract ({count} times)" for path, count in sorted(trial.unknown.items())
    )
    yield from (f"rule: {' '.join(each)} ({count} times)" for each, count in sorted(trial.rules.items()))
    yield "Nothing was stored."
