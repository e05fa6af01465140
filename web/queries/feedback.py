"""What visitors told of the pages, by its id or by the hash of its reference."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from db.engine import Read, Transaction
from web.tables import feedback


class FeedbackRow(NamedTuple):
    """Feedback as it rests: the words encrypted, and the answer too once there is one."""

    feedback_id: UUID
    reference_hash: bytes
    box: bytes
    sent_at: datetime
    answer: bytes | None
    answered_by: str | None
    answered_at: datetime | None


def put(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add feedback."""
    tx.execute(insert(feedback).values(**values))


def sent_since(read: Read, *, since: datetime) -> int:
    """Count what came since a moment, from everybody."""
    return read.execute(select(func.count()).where(feedback.c.sent_at > since)).scalar_one()


def by_reference(read: Read, *, reference_hash: bytes) -> FeedbackRow | None:
    """Find feedback by the reference that its sender was given."""
    row = read.execute(select(feedback).where(feedback.c.reference_hash == reference_hash)).one_or_none()
    return None if row is None else FeedbackRow(*row)


def by_id(read: Read, *, feedback_id: UUID) -> FeedbackRow | None:
    """Find feedback that nobody has answered yet."""
    of = feedback.c
    row = read.execute(select(feedback).where(of.feedback_id == feedback_id, of.answer.is_(None))).one_or_none()
    return None if row is None else FeedbackRow(*row)


def waiting(read: Read, *, limit: int) -> list[tuple[UUID, datetime]]:
    """List what nobody has answered yet, the oldest first."""
    of = feedback.c
    rows = select(of.feedback_id, of.sent_at).where(of.answer.is_(None)).order_by(of.sent_at).limit(limit)
    return [(row.feedback_id, row.sent_at) for row in read.execute(rows)]


def answer(tx: Transaction, *, feedback_id: UUID, box: bytes, by: str, at: datetime) -> bool:
    """Add the answer, once; False where there is one already."""
    of = feedback.c
    unanswered = update(feedback).where(of.feedback_id == feedback_id, of.answer.is_(None))
    written = tx.execute(unanswered.values(answer=box, answered_by=by, answered_at=at).returning(of.feedback_id))
    return written.one_or_none() is not None
