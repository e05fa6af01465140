"""What the decisions about a person say of some categories: who was permitted and who was refused, and when."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from audit.tables import decision
from db.engine import Read
from publish.tables import leave, section, to_erase


class Verdict(NamedTuple):
    """One decided item: when, for whom and which purpose, the verdict with its ground, and the event that holds it."""

    at: datetime
    recipient: str
    purpose: str
    category: str
    controller: str
    permitted: bool
    ground: str | None
    event_id: UUID


def verdicts(read: Read, *, person_id: UUID, categories: Collection[str], controller: str | None) -> list[Verdict]:
    """List every verdict on these categories of a person, of one controller or of any, oldest first."""
    of = decision.c
    item = func.jsonb_array_elements(of.results).table_valued("value", joins_implicitly=True)
    value = cast(item.c.value, JSONB)
    asked = cast(of.request, JSONB)
    rows = read.execute(
        select(
            of.at,
            asked["recipient"].astext,
            asked["purpose"].astext,
            value["category"].astext,
            value["controller"].astext,
            cast(value["permitted"].astext, Text) == "true",
            value["ground"].astext,
            of.event_id,
        )
        .where(of.person_id == person_id, value["category"].astext.in_(list(categories)))
        .order_by(of.at)
    )
    found = (Verdict(*row) for row in rows)
    return [each for each in found if controller in (None, each.controller)]


def sections_left(read: Read, *, person_id: UUID, categories: Collection[str], controller: str | None) -> int:
    """Count the sections of these categories that are still published of a person."""
    of = section.c
    only = () if controller is None else (of.controller == controller,)
    return read.execute(
        select(func.count()).where(of.person_id == person_id, of.category.in_(list(categories)), *only)
    ).scalar_one()


def asked_of(read: Read, *, person_id: UUID, categories: Collection[str]) -> list[str]:
    """Name the sources whose leave list still lets one of these categories of a person be asked for and kept."""
    of = leave.c
    rows = read.execute(
        select(of.source).where(of.person_id == person_id, of.categories.overlap(list(categories))).order_by(of.source)
    )
    return list(rows.scalars())


class Erasing(NamedTuple):
    """A look for what has to go of a person: when it was queued, when first made, and the sources whose copies wait."""

    queued_at: datetime
    looked_at: datetime | None
    copies_of: list[str]


def erasing(read: Read, *, person_id: UUID) -> list[Erasing]:
    """List what of a person's erasing is not over."""
    of = to_erase.c
    rows = select(of.queued_at, of.looked_at, of.copies_of).where(of.person_id == person_id).order_by(of.queued_at)
    return [Erasing(*row) for row in read.execute(rows)]
