"""A person's standing noes, each with the time in which it is in force."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from consent.model import Denial
from consent.model.period import period
from consent.queries.asked import KNOWN_AT, PERSON_ID, moment
from consent.queries.wills import selves
from consent.tables import denial, denial_lift, invalidation


def denials() -> Select[*tuple[Any, ...]]:
    """Ask for a person's denials, each with when a lift or an annulment ends it."""
    of, lift, error = denial.c, denial_lift.c, invalidation.c
    return (
        select(
            *(of.seq, of.denial_id, of.source, of.controller, of.category, of.recipient, of.purpose),
            *(of.data_from, of.data_until, of.allow_emergency, of.effective_from),
            func.least(func.greatest(lift.effective_from, lift.recorded_at), error.recorded_at).label("ended_at"),
        )
        .outerjoin(denial_lift, (lift.denial_id == of.denial_id) & (lift.recorded_at <= KNOWN_AT))
        .outerjoin(invalidation, (error.denial_id == of.denial_id) & (error.recorded_at <= KNOWN_AT))
        .where(selves(of.person_id, PERSON_ID, known_at=KNOWN_AT), of.recorded_at <= KNOWN_AT)
    )


def denials_of(rows: Iterable[list[Any]]) -> tuple[Denial, ...]:
    """Read the rows of ``denials``, oldest first."""
    return tuple(_denial(*row) for row in sorted(rows))


def _denial(_seq: int, denial_id: str, *row: Any) -> Denial:
    *scope, data_from, data_until, allow_emergency, effective_from, ended_at = row
    source, controller, category, recipient, purpose = scope
    return Denial(
        denial_id=UUID(denial_id),
        source=source,
        controller=controller,
        category=category,
        recipient=recipient,
        purpose=purpose,
        data=period(moment(data_from), moment(data_until)),
        allow_emergency=allow_emergency,
        during=period(moment(effective_from), moment(ended_at)),
    )
