"""Consents whose time has run out and of which nobody has been told yet."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select

from audit.events import EventType
from consent.model import Step
from consent.tables import act, act_item, agreement, current, receipt
from db.engine import Read


class Expired(NamedTuple):
    """An act whose yes has run out on some categories, with what its event names."""

    person_id: UUID
    act_id: UUID
    digest: bytes
    categories: tuple[str, ...]
    purpose: str
    controller: str


def expired(read: Read, *, at: datetime, limit: int) -> list[Expired]:
    """List acts that held to the end of their time and are not receipted as expired since, the first to have ended first."""
    key, item, told = current.c, act_item.c, receipt.c
    ran_out = and_(item.act_id == key.act_id, item.category == key.category, item.valid_until == key.until_at)
    since = select(told.jti).where(
        told.about == key.act_id, told.event == EventType.CONSENT_EXPIRED, told.issued_at >= key.until_at
    )
    first = func.min(key.until_at)
    rows = read.execute(
        select(
            *(key.person_id, act.c.act_id, act.c.digest, func.array_agg(key.category.distinct())),
            *(agreement.c.purpose, agreement.c.controller),
        )
        .join_from(current, act_item, ran_out)
        .join(act, act.c.act_id == key.act_id)
        .join(agreement, and_(agreement.c.agreement_id == key.agreement_id, agreement.c.version == 1))
        .where(key.step == Step.OK, key.until_at <= at, ~since.exists())
        .group_by(key.person_id, act.c.act_id, agreement.c.purpose, agreement.c.controller)
        .order_by(first)
        .limit(limit)
    )
    return [
        Expired(person_id, act_id, digest, tuple(sorted(names)), purpose, controller)
        for person_id, act_id, digest, names, purpose, controller in rows
    ]
