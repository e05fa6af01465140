"""What stands of a client's consent under one agreement: its scope, when it ends, and by when a newer text asks it anew."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from consent.errors import ConsentError, Fault
from consent.model import FUTURE, PAST, Agreement, Change, Facts, RepresentationKind, Stretch
from consent.model.will import Step
from consent.queries.life import ActLine
from consent.registry import Given
from web.steward.known import Known


def standing(client: Known, agreement_id: UUID) -> dict[str, Stretch]:
    """Give what holds now, by category; what is paused, in conflict or over is not among it."""
    found: dict[str, Stretch] = {}
    for facts in client.facts.values():
        found |= standing_of(facts, agreement_id, client.at)
    return found


def standing_of(facts: Facts, agreement_id: UUID, at: datetime) -> dict[str, Stretch]:
    """Give what holds at a moment, by the facts of one recipient."""
    found = {category: facts.holding(id_, category, at) for id_, category in facts.wills if id_ == agreement_id}
    return {category: stretch for category, stretch in sorted(found.items()) if stretch.step is Step.OK}


def again(client: Known, agreement_id: UUID, categories: Collection[str], *, until: datetime | None) -> list[Given]:
    """Give the same scope for a renewal: the same categories, each for the same data.

    Raises ConsentError where one of them holds no more: what has ended never returns, it is given anew (CONSENT.md 4).
    """
    held = standing(client, agreement_id)
    if not set(categories) <= held.keys():
        raise ConsentError(Fault.NOT_GRANTABLE, "items")
    return [
        Given(
            category=category,
            valid_until=until,
            data_from=None if held[category].data.start == PAST else held[category].data.start,
            data_until=None if held[category].data.end == FUTURE else held[category].data.end,
        )
        for category in categories
    ]


def ends(facts: Facts, line: ActLine, stretch: Stretch) -> datetime:
    """Give when a consent ends by itself.

    A representative's word outlives each answer on their authority, which is asked anew every night, but no guardian's the 18th birthday.
    """
    if not line.spoke:
        return stretch.end
    person = facts.person
    of_age_at = None if person is None else person.of_age_at
    guardian = line.spoke == RepresentationKind.GUARDIAN and of_age_at is not None
    return min(line.until or stretch.end, of_age_at if guardian and of_age_at else FUTURE)


def due(agreement: Agreement, stretch: Stretch, at: datetime) -> datetime | None:
    """Give when a newer text ends the consent unless it is given again; None while no text asks it anew (CONSENT.md 10)."""
    return min(
        (
            text.grace_until
            for text in agreement.notices
            if text.n > stretch.notice_n and text.change is Change.MATERIAL and text.published_at <= at
        ),
        default=None,
    )
