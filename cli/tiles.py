"""``./luukku tiles``: the log as files that anyone can verify without us (C2SP tlog-tiles), the reading of it an event like any other."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Final

from audit import tiles
from audit.errors import BadTiles
from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.queries import verification, witnessing
from audit.verify.database import DatabaseCopy
from audit.witnessing import cosigned_note
from cli import house
from cli.sealing import seal
from cli.settings import Refusal, Settings
from db.clock import now
from db.engine import Login, Read
from db.ids import uuid7

UNFINISHED: Final = ".unfinished"
"""What the log is written into until it is whole."""


def write(settings: Settings, folder: Path) -> str:
    """Write each year's log under its newest checkpoint into a folder of its own, once the export is sealed; returns a line a log.

    What is not whole is not left behind.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty; a log is written into a folder of its own.")
    with house.reached(settings) as environment:
        seal(environment, Login.KEEPER, _exported())
        with environment.database(Login.VERIFIER, pool_size=1) as database, database.read(snapshot=True) as read:
            return "".join(f"{line}\n" for line in _written(read, folder))


def _written(read: Read, folder: Path) -> list[str]:
    unfinished = folder / UNFINISHED
    try:
        sizes = dict(_logs(read, unfinished))
        for year in sizes:
            (unfinished / str(year)).rename(folder / str(year))
    finally:
        rmtree(unfinished, ignore_errors=True)
    return [f"{folder / str(year)}: {size} events" for year, size in sizes.items()]


def _logs(read: Read, folder: Path) -> Iterator[tuple[int, int]]:
    """Write them; yields the year and the size of each."""
    for year in verification.logs(read):
        note = cosigned_note(read, year, witnessing.newest_size(read, year))
        if note is None:
            continue
        try:
            yield (
                year,
                tiles.write(folder / str(year), (entry for _, entry in DatabaseCopy(read, year).entries()), note),
            )
        except BadTiles as bad:
            raise Refusal(f"The log of {year} was not written: {bad}", code=1) from None


def _exported() -> Event:
    at = now()
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.LOG_EXPORTED,
        actor=Actor(system="operator"),
        retention=RetentionClass.ADMIN,
        result=Result(counts={"tiles": 1}),
    )
