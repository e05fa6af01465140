"""Everybody whom a recipient deals with, a part at a time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from consent.tables import person, task
from db.engine import Read


def with_a_task(read: Read, *, after: UUID | None, limit: int) -> Sequence[UUID]:
    """List people who have or had a task, in the order of their ids, those after one."""
    who = person.c.person_id
    dealt_with = select(task.c.person_id).where(task.c.person_id == who, task.c.recipient.is_not(None)).exists()
    beyond = () if after is None else (who > after,)
    return read.execute(select(who).where(dealt_with, *beyond).order_by(who).limit(limit)).scalars().all()
