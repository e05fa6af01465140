"""Events for tests, and a sequencer that runs in a thread beside the test."""

import logging
import shutil
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from audit import tables
from audit.disclosure import DecisionRecord, Disclosure, Guard
from audit.events import Actor, DecisionRef, Event, EventType, Outcome, RequestRef, Result, RetentionClass
from audit.fence import Fence
from audit.log import SocketSealer
from audit.sequencer import Sequencer
from cli.settings import from_environ
from db.engine import Database, Login
from db.ids import uuid7
from db.server import connected

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
PERSON = UUID("019e8269-0000-7000-8000-000000000001")
WAIT_S = 10


def an_event(**given) -> Event:
    """A steward's look at a person."""
    given = {
        "id": uuid7(AT),
        "at": AT,
        "type": EventType.PERSON_VIEWED,
        "actor": Actor(org="0166906-4", user="steward-7", role="steward"),
        "retention": RetentionClass.EMPLOYMENT,
        "person_id": PERSON,
        **given,
    }
    return Event(**given)


def a_disclosure(*, guard=None, spend=(), decided=True, **given) -> Disclosure:
    """A read of the view, half of it withheld."""
    categories = ("kela.vireillaolo", "sote.terveystarkastus-tehty")
    decision = DecisionRef(
        id=uuid7(AT), policy="2026-05-01", inputs="0a" * 32, reason={categories[0]: "consent", categories[1]: "denied"}
    )
    event = an_event(
        **{
            "type": EventType.DISCLOSURE_READ,
            "outcome": Outcome.PARTIAL,
            "actor": Actor(org="0166906-4", system="sln-asiakastyo", user="w-17", role="case_worker"),
            "retention": RetentionClass.SOTE,
            "purpose": "TYO-380-2023",
            "categories": categories,
            "withheld": categories[1:],
            "decision": decision,
            "request": RequestRef(route="GET /v1/people/{person_ref}/support-view", trust="dpop", case="K-1"),
            "result": Result(count=2, body=b"the sections"),
            **given,
        }
    )
    return Disclosure(event=event, decision=_record(event) if decided else None, guard=guard, spend=tuple(spend))


def _record(event: Event) -> DecisionRecord:
    return DecisionRecord(
        decision_id=event.decision.id,
        person_id=event.person_id,
        request={"purpose": event.purpose, "categories": list(event.categories)},
        at=AT,
        known_at=AT,
        policy=event.decision.policy,
        inputs_digest=event.decision.inputs,
        outcome=event.outcome,
        results=[{"category": category, "reason": reason} for category, reason in event.decision.reason.items()],
        consent_seq=1,
        register_seq=1,
    )


def a_guard(person_id=PERSON, consent_seq=1, register_seq=1) -> Guard:
    return Guard(person_id=person_id, consent_seq=consent_seq, register_seq=register_seq)


class RunningLog:
    """The real sequencer of one database, in a thread; ``failure`` is what ended it, if anything did."""

    def __init__(self, url, keyring, folder: Path) -> None:
        self._url = url
        self.keyring = keyring
        self.socket = folder / "sequencer.sock"
        self.fence = folder / "fence"
        self.failure: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._before: Sequencer | None = None

    def start(self) -> "RunningLog":
        self._until_let_go()
        self._stop.clear()
        self.failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        try:
            with Database(self._url, Login.SEQUENCER, self.keyring, pool_size=1) as database:
                self._before = Sequencer(database, Fence(self.fence))
                self._before.run(self.socket, self._stop)
        except Exception as failure:  # noqa: BLE001 - the test looks at it
            self.failure = failure
            logging.getLogger(__name__).warning("The sequencer of the test ended: %r", failure)

    def _until_let_go(self) -> None:
        """Wait until the server has noticed that the one before hung up: until then that holds the lock."""
        pid, end = getattr(self._before, "_pid", None), time.monotonic() + WAIT_S
        while pid is not None and time.monotonic() < end:
            with connected(self._url) as connection:
                there = connection.exec_driver_sql("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).first()
            if there is None:
                return
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        self.join()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join(WAIT_S)

    def sealer(self, **given):
        return closing(SocketSealer(self.socket, self.keyring, **given))

    def settle(self, owner: Database) -> None:
        """Wait until the inbox is empty: sealing something behind it says so."""
        with self.sealer() as sealer:
            while True:
                sealer.seal(a_disclosure(decided=False))
                with owner.read() as read:
                    if read.execute(tables.inbox.select().limit(1)).first() is None:
                        return


def known_to(home: Path, log: RunningLog) -> None:
    """Let the commands of an instance in this home find the log where they look for it."""
    sockets = from_environ(values={"LUUKKU_HOME": str(home)}).sockets
    sockets.mkdir(exist_ok=True)
    (sockets / "sequencer.sock").symlink_to(log.socket)


@contextmanager
def a_log(url, keyring):
    """A log that is not running yet; whatever runs is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="lk-log-"))
    log = RunningLog(url, keyring, folder)
    try:
        yield log
    finally:
        log.stop()
        shutil.rmtree(folder)


def entries(owner: Database):
    """Every event of the log, in order."""
    with owner.read() as read:
        return read.execute(tables.event.select().order_by(tables.event.c.log, tables.event.c.index)).all()
