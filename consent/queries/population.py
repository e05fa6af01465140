"""Everybody whom a recipient deals with, or who has said something, a part at a time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from consent.tables import act, current, person, task
from db.engine import Read


def with_a_task(read: Read, *, after: UUID | None, limit: int) -> Sequence[UUID]:
    """List people who have or had a task, in the order of their ids, those after one."""
    who = person.c.person_id
    dealt_with = select(task.c.person_id).where(task.c.person_id == who, task.c.recipient.is_not(None)).exists()
    beyond = () if after is None else (who > after,)
    return read.execute(select(who).where(dealt_with, *beyond).order_by(who).limit(limit)).scalars().all()


def who_spoke(read: Read, *, turn: int, people: int) -> Sequence[UUID]:
    """List so many of those who spoke, or of whom a key is kept, in the order of their ids; each turn gives the next, then the first.

    Left out is who is weighed anew at every decision anyway.
    """
    kept = select(current.c.person_id).where(current.c.person_id == person.c.person_id).exists()
    spoke = select(act.c.person_id).where(act.c.person_id == person.c.person_id).exists()
    found = select(person.c.person_id).where(kept | spoke, person.c.stale.is_(False))
    turns = -(-read.execute(select(func.count()).select_from(found.subquery())).scalar_one() // people)
    some = found.order_by(person.c.person_id).offset(turn % max(turns, 1) * people).limit(people)
    return read.execute(some).scalars().all()
