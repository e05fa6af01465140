"""Each night requests for correction are handed on to the sources of the data, and their answers close the cases (AMENDMENTS 17)."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, retention_of
from audit.log import record
from audit.queries import reviews
from audit.queries.readers import Reader, reading_as
from connectors.corrections import Correction, Corrections, Reply, corrections
from connectors.errors import ConnectorError
from connectors.ledger import Connection
from connectors.persons import hetus
from connectors.queries import trying
from connectors.transport import Http
from db.engine import Database, Login, Transaction
from db.environment import Environment
from db.ids import uuid7
from publish.correcting import closed, opened
from publish.queries import correcting as rows
from publish.queries.correcting import Row
from schemas.identifiers import Hetu
from schemas.vocabulary import Category

SYSTEM: Final = "corrections"
MOST_A_NIGHT: Final = 2_000
LONGEST_REFERENCE: Final = 100
Clock = Callable[[], datetime]
_log = logging.getLogger(__name__)


class Step(StrEnum):
    """What came of a night's try."""

    HANDED = "handed"
    ANSWERED = "answered"
    WAITS = "waits"
    FAILED = "failed"


def exchange(environment: Environment, http: Http, *, now: Clock) -> dict[str, int]:
    """Hand over what waits, ask what became of the rest, and give how many of each step there were.

    A source that does not answer, or offers no such service, keeps nobody else's request: its own are tried again the next night.
    Under the login of the web; identity codes are read under the connectors'.
    """
    with (
        environment.database(Login.WEB, pool_size=1) as database,
        environment.database(Login.CONNECTOR, pool_size=1) as connector,
    ):
        with database.read() as read:
            found = rows.unanswered(read, limit=MOST_A_NIGHT)
        with connector.read() as read:
            live = [each for each in trying.connections(read) if each.state == "live"]
            people = dict(hetus(read, [row.person_id for row in found]))
        steps = Counter(dict.fromkeys(Step, 0))
        for row in found:
            source = _source_of(live, row)
            reached = None if source is None else _reached(environment, http, source, now)
            steps[_Try(database, row, now()).made(reached, people.get(row.person_id))] += 1
    return {step.value: count for step, count in steps.items()}


def _source_of(live: Sequence[Connection], row: Row) -> Connection | None:
    source = Category(row.category).source
    return next((each for each in live if (each.source, each.controller) == (source, row.controller)), None)


def _reached(environment: Environment, http: Http, source: Connection, now: Clock) -> Corrections:
    return corrections(
        http,
        source,
        security_server=environment.security_server,
        new_id=lambda: str(uuid7(now())),
        issue=f"CORRECTIONS-{now():%Y-%m-%d}",
    )


@dataclass(frozen=True, slots=True)
class _Try:
    """One request, tried at a moment: what comes of it is written with its event."""

    database: Database
    row: Row = field(repr=False)
    at: datetime

    def made(self, reached: Corrections | None, person: Hetu | None) -> Step:
        try:
            if reached is None or person is None:
                return self._noted(Step.FAILED)
            return self._hand_over(reached, person) if self.row.handed_at is None else self._ask(reached)
        except ConnectorError as error:
            _log.warning("A request for correction came no further: %s", error)
            return self._noted(Step.FAILED)

    def _hand_over(self, reached: Corrections, person: Hetu) -> Step:
        """Hand it over outside any transaction: handed over twice it is one request to the source."""
        row = self.row
        with self.database.read() as read:
            words = opened(read.keyring, row.words, row.correction_id, "words")
        asked = Correction(
            correction_id=row.correction_id, person=person, category=row.category, words=words, asked_at=row.asked_at
        )
        reference = reached.hand_over(asked)[:LONGEST_REFERENCE]
        return self._noted(Step.HANDED, said=row.words, handed_at=self.at, reference=reference)

    def _ask(self, reached: Corrections) -> Step:
        reply = reached.answer(self.row.correction_id)
        if reply is None:
            return self._noted(Step.WAITS)
        with self.database.transaction() as tx:
            self._answered(tx, reply)
        return Step.ANSWERED

    def _answered(self, tx: Transaction, reply: Reply) -> None:
        """Keep the answer; it closes the person's case, unless the data are another controller's: then the auditors go on with it."""
        row = self.row
        box = closed(tx.keyring, reply.words, row.correction_id, "answer")
        said = {"outcome": reply.outcome, "reason": reply.reason, "answer": box, "answered_at": min(reply.at, self.at)}
        if not rows.note(tx, correction_id=row.correction_id, noted={"tried_at": self.at, **said}):
            return
        with reading_as(tx, Reader.AUDITOR):
            case = reviews.review(tx, review_id=row.correction_id)
        event = self._event(EventType.CORRECTION_ANSWERED, box, ref=None if case is None else case.opening)
        record(tx, event)
        if reply.is_last_word:
            with reading_as(tx, Reader.AUDITOR):
                reviews.close_if_open(
                    tx, review_id=row.correction_id, outcome=reply.outcome, closed_at=self.at, closing=event.id
                )

    def _noted(self, step: Step, *, said: bytes = b"", **noted: Any) -> Step:
        with self.database.transaction() as tx:
            written = rows.note(tx, correction_id=self.row.correction_id, noted={"tried_at": self.at, **noted})
            if written and step is Step.HANDED:
                record(tx, self._event(EventType.CORRECTION_HANDED, said))
        return step

    def _event(self, type_: EventType, said: bytes, ref: UUID | None = None) -> Event:
        """Say that it was handed over, or answered: whose data of which controller; what was said by the digest of its box."""
        row = self.row
        return Event(
            id=uuid7(self.at),
            at=self.at,
            type=type_,
            actor=Actor(system=SYSTEM),
            retention=retention_of((row.category,)),
            person_id=row.person_id,
            categories=(row.category,),
            controllers=(row.controller,),
            ref=ref,
            change=ChangeRef(
                table="publish.correction",
                id=str(row.correction_id),
                digest=hashlib.sha256(said).hexdigest(),
            ),
        )
