"""Sealing from a standing inbox measured: what writers left while nobody sealed, from the first batch to the last."""

from collections.abc import Mapping
from typing import Any, Final

from audit.log import record_all
from audit.queries import verification
from bench.log.events import a_read
from bench.measure import Work
from db.clock import now
from db.engine import Login
from db.environment import from_environ

PERSONS: Final = 50_000
A_TRANSACTION: Final = 5_000
MOST_CHECKPOINTS: Final = 10_000


def recorded(values: Mapping[str, str], events: int) -> Work:
    """Leave so many events in the inbox, as writers do."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.WEB, pool_size=1) as database:
            for first in range(0, events, A_TRANSACTION):
                numbers = range(first, min(first + A_TRANSACTION, events))
                with database.transaction() as tx:
                    record_all(tx, (a_read(number % PERSONS, now()).event for number in numbers))
        return {"events": events}

    return work


def sealed(values: Mapping[str, str]) -> Work:
    """Tell by the checkpoints how fast it went; each is dated when its batch began, so that of the last is where counting ends."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER, pool_size=1) as database, database.read() as read:
            (log,) = verification.logs(read)
            opened, first, *_, last_but_one, last = verification.notes_from(read, log, 0, MOST_CHECKPOINTS)
        events = last_but_one.size - opened.size
        return {"events": events, "a_second": events / (last.signed_at - first.signed_at).total_seconds()}

    return work
