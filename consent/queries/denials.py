"""A person's standing noes, each with the time in which it is in force."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from consent.model import FUTURE, Denial, Period
from consent.model.period import period
from consent.queries.wills import selves
from consent.tables import denial, denial_lift, invalidation
from db.engine import Read


def denials(read: Read, person_id: UUID, *, known_at: datetime = FUTURE) -> tuple[Denial, ...]:
    """Return a person's denials as recorded by ``known_at``, oldest first; a lift or an annulment ends one."""
    of, lift, error = denial.c, denial_lift.c, invalidation.c
    rows = read.execute(
        select(
            *(of.denial_id, of.source, of.controller, of.category, of.recipient, of.purpose),
            *(of.data_from, of.data_until, of.allow_emergency, of.effective_from),
            func.least(func.greatest(lift.effective_from, lift.recorded_at), error.recorded_at).label("ended_at"),
        )
        .outerjoin(denial_lift, (lift.denial_id == of.denial_id) & (lift.recorded_at <= known_at))
        .outerjoin(invalidation, (error.denial_id == of.denial_id) & (error.recorded_at <= known_at))
        .where(selves(of.person_id, person_id, known_at=known_at), of.recorded_at <= known_at)
        .order_by(of.seq)
    )
    return tuple(
        Denial(
            denial_id=row.denial_id,
            source=row.source,
            controller=row.controller,
            category=row.category,
            recipient=row.recipient,
            purpose=row.purpose,
            data=period(row.data_from, row.data_until),
            allow_emergency=row.allow_emergency,
            during=Period(row.effective_from, row.ended_at or FUTURE),
        )
        for row in rows
    )
