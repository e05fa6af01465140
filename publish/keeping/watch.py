"""The keeper: a process that looks every second whether something is to be erased, and does it (AMENDMENTS 7: within 60 s)."""

import logging
from threading import Event as Stop
from typing import Final

from connectors.store import Store, open_store
from db.clock import now
from db.engine import Database, Login
from db.environment import Environment
from db.errors import DatabaseError
from publish.keeping.erasing import erase_due
from publish.queries import erasing

LOOK_S: Final = 1.0

_log = logging.getLogger(__name__)


def watch(environment: Environment, stop: Stop) -> None:
    """Look and erase until ``stop``; a database that is away, or a fact that keeps moving, is waited for."""
    store = open_store(environment.store)
    with environment.database(Login.KEEPER, pool_size=1) as database:
        while not stop.is_set():
            try:
                _turn(database, store)
            except DatabaseError as error:
                _log.warning("Nothing was erased this time: %s", error)
            stop.wait(LOOK_S)


def _turn(database: Database, store: Store) -> None:
    at = now()
    with database.read() as read:
        waits = erasing.any_due(read, at=at)
    if waits:
        erase_due(database, store, at=at)
