"""``./luukku keys rotate``: a new key for one use, while everything runs (AMENDMENTS 12)."""

import time
from datetime import timedelta
from hashlib import sha256
from typing import Final

from rich.console import Console

from audit import log
from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from cli import house
from cli.settings import Refusal, Settings
from cli.steward import name
from connectors import rekeying as staged
from db.clock import now
from db.engine import Login
from db.environment import Environment
from db.ids import uuid7
from db.keys import Key, Use, complete, rotating
from db.keys import rotate as make
from db.keys.held import SETTLING
from publish import rekeying as published

MARGIN: Final = timedelta(seconds=5)
"""Beyond the settling: what was begun under the former key has been written by then."""
NEVER: Final = {Use.LOG_PSEUDONYM: "the log finds a person by it for as long as an entry lives"}


def rotate(settings: Settings, use: str, console: Console) -> str:
    """Make a new key, wait until every process has it, bring what rests under the former over, and end the rotation.

    Killed at any moment and begun again, it makes no further key and goes on. What runs, runs on.
    """
    of_use = _use(use)
    with house.reached(settings) as environment:
        path = environment.keyring_path
        key = rotating(path, of_use) or make(path, of_use)
        console.print(f"keys: {key.id} takes over from the former key of {of_use}")
        _settle(key, console)
        moved = _rekey(environment, console)
        complete(path, of_use)
        _record(environment, key)
    return f"{key.id} is the key of {of_use}; {moved} values were encrypted or hashed anew. Copy the keyring to its safe place again.\n"


def _use(text: str) -> Use:
    if text not in set(Use):
        raise Refusal(f"There is no such use; there are {', '.join(Use)}.")
    use = Use(text)
    if use in NEVER:
        raise Refusal(f"The key of {use} is not rotated: {NEVER[use]}.")
    return use


def _settle(key: Key, console: Console) -> None:
    """Wait until every process writes with the new key."""
    left = (key.made_at + SETTLING + MARGIN - now()).total_seconds()
    if left > 0:
        console.print(f"keys: every process learns of it; {left:.0f} seconds")
        time.sleep(left)


def _rekey(environment: Environment, console: Console) -> int:
    with environment.database(Login.CONNECTOR, pool_size=1) as database:
        in_staging = staged.rekey(
            database, at=now(), told=lambda moved: console.print(f"keys: {moved} values in staging")
        )
    with environment.database(Login.PUBLISHER, pool_size=1) as database:
        sections = published.rekey(database, told=lambda moved: console.print(f"keys: {moved} sections"))
    return in_staging + sections


def _record(environment: Environment, key: Key) -> None:
    """Tell the log; a checkpoint's key is told by the sequencer itself, with its public half."""
    if key.use is Use.CHECKPOINT:
        return
    at = now()
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.KEY_ROTATED,
        actor=Actor(system="luukku", user=name(), role="operator"),
        retention=RetentionClass.ADMIN,
        change=ChangeRef(table="keyring", id=key.id, digest=sha256(key.id.encode()).hexdigest()),
    )
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.transaction() as tx:
        log.record(tx, event)
