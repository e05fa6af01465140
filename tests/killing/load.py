"""Callers that read views over HTTP and change things, as fast as they can, and remember what was acknowledged, and when."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from uuid import UUID

import httpx

from audit import tables
from audit.log import record
from audit.pseudonyms import pseudonym
from db.clock import now
from db.errors import DatabaseError
from db.ids import uuid7
from simulators.municipality import Key, Municipality
from tests.calls import PLAN, TYO
from tests.killing.service import Service, a_service, until
from tests.logs import an_event, entries

CLIENT_ID = "sln-asiakastyo"
SECRET = "VOIMASSA"
"""What stands in every view, and in nothing else."""
READERS = 4
PAUSE_S = 0.02
TOKEN_S = 60
"""Before an access token ends, a new one is taken."""
CHANGE_EVERY_S = 0.05
REFUSED_WHILE_DOWN = {429, 503}
"""The log is not there; or this one system has asked more often than it may."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A view that was received to its last byte: asked under a case of its own, from and to when on the monotonic clock."""

    case: str
    asked: float
    received: float


@dataclass
class Load:
    """The callers of one service; ``refused`` counts the other answers by status, ``leaked`` those of them that held data."""

    service: Service
    client_id: str
    key: Key
    path: str
    secret: str
    answered: list[Answered] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    leaked: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(READERS)]
        self._threads.append(threading.Thread(target=self._change))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let every caller end what it has begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def first_asked_after(self, moment: float) -> Answered | None:
        """Give the view that was received first of those that were asked for after a moment."""
        later = [each for each in list(self.answered) if each.asked > moment]
        return min(later, key=lambda each: each.received, default=None)

    def lost(self) -> list[str]:
        """Name the views received, and the changes committed, of which the log does not tell once nothing waits for it any more."""
        until(lambda: not self._waits())
        rows = entries(self.service.owner)
        keyring, told = self.service.keyring, {row.id for row in rows}
        disclosed = {row.entry for row in rows if row.type == "disclosure.read" and row.outcome != "deny"}
        cases = {part for entry in disclosed for part in _cases(entry)}
        classes = {(row.seq_t.year, row.class_) for row in rows}
        unseen = [
            each.case
            for each in self.answered
            if cases.isdisjoint(pseudonym(keyring, year, kind, "case", each.case) for year, kind in classes)
        ]
        return unseen + [str(id_) for id_ in self.changed if id_ not in told]

    def _waits(self) -> bool:
        with self.service.owner.read() as read:
            return read.execute(tables.inbox.select().limit(1)).first() is not None

    def _read(self, number: int) -> None:
        base = self.service.settings.web_url
        with Municipality.at(base, client_id=self.client_id, key=self.key, user=f"w-{number}") as desk:
            count, renewed = 0, time.monotonic()
            while not self._stop.is_set():
                count += 1
                if time.monotonic() > renewed + TOKEN_S:
                    desk.forget_token()
                    renewed = time.monotonic()
                with suppress(httpx.HTTPError):
                    self._look(desk, f"SLN-{number}-{count}")
                    continue
                time.sleep(PAUSE_S)

    def _look(self, desk: Municipality, case: str) -> None:
        asked = time.monotonic()
        answer = desk.call("GET", self.path, purpose=TYO, case=case)
        if answer.status_code == httpx.codes.OK:
            assert self.secret in answer.text
            self.answered.append(Answered(case, asked, time.monotonic()))
            return
        self.refused[answer.status_code] += 1
        self.leaked += self.secret in answer.text
        time.sleep(PAUSE_S)

    def _change(self) -> None:
        while not self._stop.wait(CHANGE_EVERY_S):
            event = an_event(id=uuid7(now()), at=now())
            with suppress(DatabaseError):
                with self.service.owner.transaction() as tx:
                    record(tx, event)
                self.changed.append(event.id)


@contextmanager
def reading(home: Path) -> Iterator[Load]:
    """Start a service in an empty folder, and its callers, and wait until the first view has come."""
    key = Key.make()
    with a_service(home, CLIENT_ID, key) as service:
        person = service.world.person()
        service.world.sections(person, {"te.suunnitelma": PLAN})
        path = f"/v1/people/{service.world.ref(person)}/support-view"
        with Load(service, CLIENT_ID, key, path, SECRET) as load:
            assert until(lambda: load.answered), service.said
            yield load


def _cases(entry: bytes) -> list[str]:
    case = json.loads(entry).get("request", {}).get("case")
    return [case] if case else []
