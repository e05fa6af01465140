"""The one process that orders and signs: it batches what waits, commits, moves the fence, and only then answers."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Stop

from audit import batch
from audit.admission import Admitted
from audit.announcing import Announcer
from audit.batch import MAX_BATCH, Work
from audit.checkpoint import HOST
from audit.door import Door
from audit.errors import EventRejected, NotTheSequencer
from audit.events import EventType
from audit.fence import Fence
from audit.inbox import Inbox, Page
from audit.queries import sequence
from audit.queries.sequence import Look, Waiting
from audit.resume import resume
from audit.wire import Answer
from db.clock import now
from db.engine import Beside, Database, Login, Transaction
from db.environment import Environment
from db.errors import DatabaseError, StatementRefused

LOOK_S = 0.005
"""How often a busy sequencer looks into the inbox; after a second of nothing it looks every 50 ms."""
IDLE_LOOK_S = 0.05
IDLE_AFTER_S = 1.0
HEARTBEAT_S = 60.0
SWEEP_S = 60.0
PROOF_LIFE = timedelta(minutes=10)
"""Twice the longest life of an assertion (API 3)."""
MOST_BACK = timedelta(seconds=1)
MOST_OFF = timedelta(seconds=60)
STANDBY_S = 1.0
RESTART_S = 0.2

_log = logging.getLogger(__name__)


class Sequencer:
    """Orders the log of one database; ``database`` has one connection, which holds the lock."""

    def __init__(self, database: Database, fence: Fence, host: str = HOST) -> None:
        self._database = database
        self._fence = fence
        self._host = host
        self._jump_told = False
        self._busy_at = self._swept_at = time.monotonic()
        self._inbox = Inbox(self._busy_at)

    def run(self, socket_path: Path, stop: Stop) -> None:
        """Work until ``stop``. Raises ``NotTheSequencer`` when the lock is another's or was lost, ``RolledBack`` at the start.

        Any failure of a batch ends the run, for what the database holds then is to be read anew.
        """
        self._take_lock()
        with self._database.transaction() as tx:
            state = resume(tx, self._fence.read(), self._host, now())
        self._fence.write(state.note)
        self._state = state
        with Door(socket_path) as door, Announcer(door, self._fence, state.note) as announcer:
            while not stop.is_set():
                self._turn(door, announcer)

    def _take_lock(self) -> None:
        with self._database.transaction() as tx:
            self._pid = sequence.take_lock(tx)
        if self._pid is None:
            raise NotTheSequencer("Another sequencer orders this log.")

    def _turn(self, door: Door, announcer: Announcer) -> None:
        """Take what waits and do it; callers of a batch that failed are told before it ends the run.

        What came of it is told while the server writes the next batch, or at once when nobody waits for one.
        """
        patience_s = self._patience_s()
        if patience_s and not door.crowded:
            announcer.tell()
        arrivals = door.arrivals(MAX_BATCH, patience_s)
        try:
            answers = self._answers(announcer, [arrival.admitted for arrival in arrivals])
        except Exception:
            announcer.fail(arrivals)
            raise
        announcer.owe(self._state.note, arrivals, answers)

    def _patience_s(self) -> float:
        """Say how long to wait for a caller: not at all when the inbox holds more and nobody called lately."""
        at = time.monotonic()
        if self._inbox.full and not self._inbox.lively(at):
            return 0
        return IDLE_LOOK_S if at - self._busy_at > IDLE_AFTER_S else LOOK_S

    def _answers(self, beside: Beside, calls: Sequence[Admitted]) -> Sequence[Answer]:
        """Do a batch; when a statement was refused for one of its calls, do each alone, so that it refuses no other."""
        try:
            return self._batch(beside, calls)
        except StatementRefused:
            if not calls:
                raise
            if len(calls) == 1:
                return [EventRejected("The database refused the event.")]
        return [answer for call in calls for answer in self._answers(beside, [call])]

    def _batch(self, beside: Beside, calls: Sequence[Admitted]) -> Sequence[Answer]:
        """Write a batch; while the server works, the one before is answered and the next taken in."""
        with self._database.transaction(beside=beside) as tx:
            page = self._page(tx, len(calls), time.monotonic())
            look, waiting = self._begun(tx, calls, page)
            at, own = self._time(look)
            self._sweep(tx, at)
            done = batch.run(tx, self._state, Work(calls, look, waiting, own), at)
        self._inbox.taken(page, [each.ticket for each in waiting])
        if done.state is not self._state:
            self._state = done.state
            self._busy_at = time.monotonic()
        return done.answers

    def _page(self, tx: Transaction, calls: int, at: float) -> Page:
        running = sequence.running(tx) if self._inbox.is_late(at) else None
        return self._inbox.page(MAX_BATCH, calls=calls, at=at, running=running)

    def _begun(self, tx: Transaction, admitted: Sequence[Admitted], page: Page) -> tuple[Look, list[Waiting]]:
        calls, members = [each.call for each in admitted], [each.post.members for each in admitted]
        asked = sequence.Asked(
            ids=[each["id"] for each in members],
            spends=[spend for call in calls for spend in call.spend],
            guards=[call.guard for call in calls if call.guard is not None],
            log=self._state.book.log,
            persons=frozenset(each["person"] for each in members if "person" in each),
            kin=frozenset(each for call in calls for each in call.kin_in_hex()),
            page=page,
            most=MAX_BATCH,
        )
        look, waiting = sequence.begin(tx, asked)
        if look.pid != self._pid:
            raise NotTheSequencer("The connection that held the lock was lost.")
        return look, waiting

    def _time(self, look: Look) -> tuple[datetime, list[EventType]]:
        """Return the batch's time, never before the last entry's, and what the clocks give reason to write."""
        real, last = now(), self._state.book.last
        jumped = last - real > MOST_BACK or abs(real - look.at) > MOST_OFF
        own = [EventType.CLOCK_JUMP] if jumped and not self._jump_told else []
        if time.monotonic() - self._busy_at > HEARTBEAT_S:
            own.append(EventType.HEARTBEAT)
        self._jump_told = jumped
        return max(real, last), own

    def _sweep(self, tx: Transaction, at: datetime) -> None:
        if time.monotonic() - self._swept_at > SWEEP_S:
            sequence.sweep_spent(tx, at - PROOF_LIFE)
            self._swept_at = time.monotonic()


def serve(environment: Environment, stop: Stop, *, host: str = HOST) -> None:
    """Be the sequencer, or stand by for it, until ``stop``; after a failure everything is read anew.

    Raises ``RolledBack`` (commands end with exit code 4), and ``KeyringError`` when the keys do not fit.
    """
    fence = Fence(environment.home / "fence")
    while not stop.is_set():
        try:
            with environment.database(Login.SEQUENCER, pool_size=1) as database:
                Sequencer(database, fence, host).run(environment.sequencer_socket, stop)
        except NotTheSequencer:
            stop.wait(STANDBY_S)
        except (DatabaseError, OSError) as error:
            _log.warning("The sequencer starts again: %s", error)
            stop.wait(RESTART_S)
