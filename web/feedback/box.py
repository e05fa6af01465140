"""What visitors tell of the pages: kept encrypted, found by a reference that only they are given, answered once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from audit.events import ChangeRef, EventType
from db.engine import Read, Transaction
from db.ids import uuid7
from db.keys import Keyring, Use
from web.edge import HETU_SHAPED
from web.pages.visit import NotThere, Visit
from web.queries import feedback as rows
from web.sessions import digest, fresh_secret

LONGEST: Final = 2_000
"""Characters of what is told, and of its answer."""
MOST_A_MINUTE: Final = 10
MOST_A_DAY: Final = 200
"""From everybody together: who sends is not known, and is not asked."""
ANSWERED_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Told:
    """Feedback as it is read: the words, when they came, by when they are answered, and the answer once there is one."""

    feedback_id: UUID
    words: str = field(repr=False)
    sent_at: datetime
    answer: str | None = field(repr=False)

    @property
    def due_at(self) -> datetime:
        """By when it is answered (law 306/2019)."""
        return self.sent_at + ANSWERED_WITHIN


def fault_of(words: str) -> str | None:
    """Say what is wrong with a text that somebody wrote, by the key of the sentence; it names nobody by identity code."""
    if not words:
        return "no_words"
    if len(words) > LONGEST:
        return "too_long"
    return "hetu_inside" if HETU_SHAPED.search(words) else None


def is_full(read: Read, *, at: datetime) -> bool:
    """Say whether so much came lately that no more is taken for now."""
    lately = rows.sent_since(read, since=at - timedelta(minutes=1))
    return lately >= MOST_A_MINUTE or rows.sent_since(read, since=at - timedelta(days=1)) >= MOST_A_DAY


def keep(tx: Transaction, words: str, *, at: datetime) -> str:
    """Keep what somebody told, and return the reference under which they find its answer."""
    reference, feedback_id = fresh_secret(), uuid7(at)
    box = _closed(tx.keyring, words, feedback_id, "words")
    row = {"feedback_id": feedback_id, "reference_hash": digest(reference), "box": box, "sent_at": at}
    rows.put(tx, row)
    return reference


def of_reference(read: Read, reference: str) -> Told:
    """Give the feedback of a reference; raises NotThere."""
    return _told(read, rows.by_reference(read, reference_hash=digest(reference)))


def unanswered(read: Read, feedback_id: UUID) -> Told:
    """Give feedback that waits for its answer; raises NotThere."""
    return _told(read, rows.by_id(read, feedback_id=feedback_id))


def waiting(read: Read, *, limit: int) -> list[tuple[UUID, datetime]]:
    """List what waits for its answer, the oldest first: id, and when it came."""
    return rows.waiting(read, limit=limit)


def answer(tx: Transaction, visit: Visit, told: Told, words: str) -> None:
    """Answer feedback, with the event; raises NotThere when somebody was quicker."""
    box = _closed(tx.keyring, words, told.feedback_id, "answer")
    by = visit.signed_in.who.subject
    if not rows.answer(tx, feedback_id=told.feedback_id, box=box, by=by, at=visit.at):
        raise NotThere
    change = ChangeRef(table="web.feedback", id=str(told.feedback_id), digest=digest(words).hex())
    visit.tell(tx, EventType.CONFIG_CHANGED, change=change)


def _told(read: Read, row: rows.FeedbackRow | None) -> Told:
    if row is None:
        raise NotThere
    words = _opened(read.keyring, row.box, row.feedback_id, "words")
    said = None if row.answer is None else _opened(read.keyring, row.answer, row.feedback_id, "answer")
    return Told(row.feedback_id, words, row.sent_at, said)


def _closed(keyring: Keyring, text: str, feedback_id: UUID, part: str) -> bytes:
    return keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, text.encode(), context=_context(feedback_id, part))


def _opened(keyring: Keyring, box: bytes, feedback_id: UUID, part: str) -> str:
    return keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, box, context=_context(feedback_id, part)).decode()


def _context(feedback_id: UUID, part: str) -> bytes:
    """Bind a box to its row and its place there."""
    return f"web.feedback\x00{part}\x00".encode() + feedback_id.bytes
