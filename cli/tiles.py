"""``./luukku tiles``: the log as files that anyone can verify without us (C2SP tlog-tiles), the reading of it an event like any other."""

from collections.abc import Iterator
from pathlib import Path

from audit import tiles
from audit.errors import BadTiles
from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.log import record
from audit.queries import verification, witnessing
from audit.verify.database import DatabaseCopy
from audit.witnessing import cosigned_note
from cli import house
from cli.settings import Refusal, Settings
from db.clock import now
from db.engine import Login, Read
from db.environment import Environment
from db.ids import uuid7


def write(settings: Settings, folder: Path) -> str:
    """Write each year's log under its newest checkpoint into a folder of its own; returns a line a log."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty; a log is written into a folder of its own.")
    with house.reached(settings) as environment:
        _record(environment)
        with environment.database(Login.VERIFIER, pool_size=1) as database, database.read(snapshot=True) as read:
            return "".join(f"{line}\n" for line in _written(read, folder))


def _written(read: Read, folder: Path) -> Iterator[str]:
    for year in verification.logs(read):
        note = cosigned_note(read, year, witnessing.newest_size(read, year))
        if note is None:
            continue
        try:
            size = tiles.write(folder / str(year), (entry for _, entry in DatabaseCopy(read, year).entries()), note)
        except BadTiles as bad:
            raise Refusal(f"The log of {year} was not written: {bad}", code=1) from None
        yield f"{folder / str(year)}: {size} events"


def _record(environment: Environment) -> None:
    at = now()
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.LOG_EXPORTED,
        actor=Actor(system="operator"),
        retention=RetentionClass.ADMIN,
        result=Result(counts={"tiles": 1}),
    )
    with environment.database(Login.KEEPER, pool_size=1) as database, database.transaction() as tx:
        record(tx, event)
