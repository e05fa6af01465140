"""Who acts at a command line: the account that runs it, as a steward; the log keeps a pseudonym."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from audit.events import Actor
from cli import house
from cli.settings import Refusal, Settings
from connectors.connecting import NotAConnection
from connectors.errors import ConnectorError
from connectors.joining import NotKnown, SamePerson
from connectors.stewarding import NotWaiting
from db.engine import Login, Read, Transaction

T = TypeVar("T")


def name() -> str:
    """Name the account."""
    return getpass.getuser()


def steward() -> Actor:
    """Say who acts."""
    return Actor(system="luukku", user=name(), role="steward")


def asked(settings: Settings, question: Callable[[Read], T]) -> T:
    """Ask the books something."""
    with (
        house.reached(settings) as environment,
        environment.database(Login.CONNECTOR, pool_size=1) as database,
        database.read() as read,
    ):
        return question(read)


def acted(settings: Settings, act: Callable[[Transaction], None]) -> None:
    """Do something in one transaction; what nobody waits for is refused."""
    with (
        refusals(),
        house.reached(settings) as environment,
        environment.database(Login.CONNECTOR, pool_size=1) as database,
        database.transaction() as tx,
    ):
        act(tx)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what stewards are refused into a sentence and exit code 2, what a source did into code 3."""
    try:
        yield
    except (NotWaiting, NotKnown, SamePerson, NotAConnection) as error:
        raise Refusal(str(error)) from None
    except ConnectorError as error:
        raise Refusal(str(error), code=3) from None
