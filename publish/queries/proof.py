"""What the decisions about a person say of some categories: who was permitted and who was refused, and when."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from audit.tables import decision
from db.engine import Read
from publish.tables import leave, section, to_erase


class Decided(NamedTuple):
    """One answer about a person: when, to whom, for which purpose, by what grounds it showed any of some categories; its event."""

    at: datetime
    recipient: str
    purpose: str
    grounds: frozenset[str]
    event_id: UUID


def decisions(read: Read, *, person_id: UUID, categories: Collection[str], controller: str) -> list[Decided]:
    """List every decision about a person, oldest first, by what it showed of these categories of one controller."""
    of = decision.c
    rows = read.execute(
        select(of.at, of.request, of.results, of.event_id).where(of.person_id == person_id).order_by(of.at)
    )
    return [
        Decided(
            at=at,
            recipient=str(request["recipient"]),
            purpose=str(request["purpose"]),
            grounds=frozenset(
                str(item["ground"])
                for item in results
                if item["permitted"] and item["category"] in categories and item["controller"] == controller
            ),
            event_id=event_id,
        )
        for at, request, results, event_id in rows
    ]


def sections_left(read: Read, *, person_id: UUID, categories: Collection[str], controller: str) -> int:
    """Count the sections of these categories that are still published of a person."""
    of = section.c
    return read.execute(
        select(func.count()).where(
            of.person_id == person_id, of.category.in_(list(categories)), of.controller == controller
        )
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
