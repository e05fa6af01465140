"""How many views left, counted apart from the log that tells of each: the reconciler compares the two (ACCESS-LOG 10, R6)."""

import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from audit.errors import AuditError
from audit.events import Actor, Event, EventType, Period, Result, RetentionClass
from audit.log import record_all
from db.engine import Database
from db.errors import DatabaseError
from db.ids import uuid7

EACH_S: Final = 60.0
"""A process that is killed takes with it what it counted since."""
HOUR: Final = timedelta(hours=1)
SYSTEM: Final = "web"

_log = logging.getLogger("luukku.web")


@dataclass(slots=True)
class Answered:
    """Counts by the hour in which the answers were decided, as their events say it; any number of threads may count."""

    _hours: Counter[datetime] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, at: datetime) -> None:
        """Count a view that is about to leave."""
        with self._lock:
            self._hours[at.replace(minute=0, second=0, microsecond=0)] += 1

    def tell(self, database: Database, *, at: datetime) -> None:
        """Write what was counted since the last time, by hour; what cannot be written now is written next time."""
        with self._lock:
            hours, self._hours = self._hours, Counter()
        try:
            if hours:
                with database.transaction() as tx:
                    record_all(tx, _events(hours.items(), at))
        except (DatabaseError, AuditError) as error:
            _log.warning("The answers were not counted this time: %s", type(error).__name__)
            with self._lock:
                self._hours.update(hours)


def counted(
    answered: Answered, database: Database, clock: Callable[[], datetime]
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Write the counts each minute while an app runs, and once more when it ends."""

    @asynccontextmanager
    async def while_it_runs(_: Any) -> AsyncIterator[None]:
        stop = threading.Event()
        telling = threading.Thread(target=_keep_telling, args=(answered, database, clock, stop), daemon=True)
        telling.start()
        yield
        stop.set()
        telling.join()

    return while_it_runs


def _keep_telling(answered: Answered, database: Database, clock: Callable[[], datetime], stop: threading.Event) -> None:
    while not stop.wait(EACH_S):
        answered.tell(database, at=clock())
    answered.tell(database, at=clock())


def _events(hours: Iterable[tuple[datetime, int]], at: datetime) -> Iterable[Event]:
    for hour, number in hours:
        yield Event(
            id=uuid7(at),
            at=at,
            type=EventType.RESPONSES_COUNTED,
            actor=Actor(system=SYSTEM),
            retention=RetentionClass.ADMIN,
            period=Period(start=hour, end=hour + HOUR),
            result=Result(count=number),
        )
