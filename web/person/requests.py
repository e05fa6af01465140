"""What waits for the person's answer, and what the person has asked themself: questions, corrections, pauses (PAGES.md 5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.model import Agreement, Facts, Kind
from consent.queries import life
from consent.queries.life import ActLine
from db.engine import Read
from web import pauses
from web.pages.visit import NotThere, Visit
from web.person import consents, own, questions
from web.person.myself import Myself, myself
from web.steward import standing

HERE: Final = "/me/requests"
_ASKS: Final = (Kind.REQUESTED, Kind.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An agreement under which the person is asked: for what, since when they put it off, and by when a changed text ends what holds.

    ``held``: those of the categories that are consented to now, and asked anew.
    """

    agreement: Agreement
    categories: tuple[str, ...]
    held: frozenset[str]
    due: datetime | None
    deferred: bool


def listed(visit: Visit) -> Response:
    """Show what waits and what was asked; somebody whom no source knows has asked and is asked nothing."""
    with visit.doors.database.read() as read:
        known = visit.signed_in.who.person_id is not None
        names = consents.names(read, visit.language)
        return visit.page(
            "person/my_requests.html",
            here=HERE,
            known=known,
            waiting=waiting(read, visit),
            questions=questions.asked(read, visit),
            paused=_paused(read, visit) if known else [],
            done=_done(read, visit) if known else None,
            names=names,
            at=visit.at,
        )


def waiting(read: Read, visit: Visit) -> list[Waiting]:
    """List what waits for an answer, what ends first standing first."""
    if visit.signed_in.who.person_id is None:
        return []
    mine = myself(read, visit)
    said = life.acts(read, person_id=mine.person_id)
    found = [each for recipient, facts in mine.facts.items() for each in _of(recipient, facts, said, mine)]
    return sorted(found, key=lambda each: (each.due is None, each.due or visit.at, each.agreement.agreement_id))


def named(read: Read, visit: Visit) -> Waiting:
    """Find what the address asks; raises NotThere where nothing waits under that agreement."""
    own.person_id(visit)
    found = next((each for each in waiting(read, visit) if str(each.agreement.agreement_id) == _agreement(visit)), None)
    if found is None:
        raise NotThere
    return found


def _agreement(visit: Visit) -> str:
    return visit.path["agreement"]


def _of(recipient: str, facts: Facts, said: Sequence[ActLine], mine: Myself) -> Iterator[Waiting]:
    """Yield what is asked under a recipient's agreements that hold and have a text to answer."""
    for agreement in facts.register.agreements:
        out = any(notice.published_at <= mine.at for notice in agreement.notices)
        if agreement.recipient != recipient or not agreement.in_force.holds(mine.at) or not out:
            continue
        held = standing.standing_of(facts, agreement.agreement_id, mine.at)
        dues = {category: standing.due(agreement, stretch, mine.at) for category, stretch in held.items()}
        last = _last(said, agreement.agreement_id)
        asked = {category for category, kind in last.items() if kind in _ASKS and category in agreement.categories}
        anew = {category: due for category, due in dues.items() if due is not None}
        if categories := asked | anew.keys():
            yield Waiting(
                agreement=agreement,
                categories=tuple(sorted(categories)),
                held=frozenset(held) & categories,
                due=min(anew.values(), default=None),
                deferred=any(last.get(category) == Kind.DEFERRED for category in categories),
            )


def _last(said: Sequence[ActLine], agreement_id: UUID) -> dict[str, str]:
    """Give what was last said of each category of an agreement, but for what was recorded in error."""
    last: dict[str, str] = {}
    for line in said:
        if line.agreement_id == agreement_id and line.voided_at is None:
            last |= line.kinds
    return last


def _paused(read: Read, visit: Visit) -> list[pauses.Pausing]:
    return [each for each in pauses.pausing(read, person_id=own.person_id(visit), at=visit.at) if each.pauses]


def _done(read: Read, visit: Visit) -> ActLine | None:
    """Find the answer just recorded, by its reference."""
    acts = life.acts(read, person_id=own.person_id(visit))
    return next((line for line in acts if str(line.act_id) == visit.query.get("done")), None)
