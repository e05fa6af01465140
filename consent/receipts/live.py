"""What became of a receipt: its state now, asked live (CONSENT.md 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.model import Change, Step, Stretch, Will
from consent.queries import notices, people, wills
from consent.queries import receipts as queries
from consent.queries.receipts import Kept
from consent.queries.terms import terms
from consent.receipts.states import OF_STEP, State
from consent.will import will
from db.engine import Read

_AT_WORK: Final = frozenset({Step.OK, Step.SUSPENDED, Step.NOT_YET_VALID})
"""What a yes comes to that is not over: a paused one goes on when its pause ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A receipt with what holds now: a state for each category of its agreement, and the receipt that followed it, if any.

    Of a denial's receipt ``states`` is empty and ``in_force`` tells.
    """

    receipt: Kept
    states: Mapping[str, State]
    in_force: bool
    followed_by: UUID | None


def standing(read: Read, jti: UUID, *, at: datetime) -> Standing | None:
    """Tell what became of a receipt; None when no such one was issued."""
    found = queries.by_jti(read, jti)
    if found is None:
        return None
    later = [each.jti for each in _same_matter(read, found) if each.issued_at > found.issued_at]
    if found.agreement_id is None:
        return Standing(receipt=found, states={}, in_force=_stands(read, found, at), followed_by=_last(later))
    states = states_now(read, person_id=found.person_id, agreement_id=found.agreement_id, at=at)
    in_force = any(state is State.GIVEN for state in states.values())
    return Standing(receipt=found, states=states, in_force=in_force, followed_by=_last(later))


def states_now(read: Read, *, person_id: UUID, agreement_id: UUID, at: datetime) -> dict[str, State]:
    """Tell the state of each of a person's keys under an agreement, whatever the agreement's own state covers."""
    terms_ = terms(read, agreement_id)
    ended = terms_ is None or not terms_.in_force.holds(at)
    minor = _minor(read, person_id, at)
    return {
        category: _state(stretch_at(kept, at, minor=minor), ended=ended)
        for (agreement, category), kept in weighed(read, person_id).items()
        if agreement == agreement_id
    }


def weighed(read: Read, person_id: UUID) -> Mapping[wills.Key, Will]:
    """Weigh all that was said on a person's keys."""
    return {key: will(said) for key, said in wills.said(read, person_id=person_id).items()}


def stretch_at(kept: Will, at: datetime, *, minor: bool) -> Stretch:
    """Find the stretch of a will that holds at a moment, at an age."""
    return next(stretch for stretch in _stretches(kept, minor=minor) if stretch.start <= at < stretch.end)


def acts_at_work(read: Read, person_id: UUID, *, at: datetime) -> frozenset[UUID]:
    """Name the yeses that a person's consents stand on at a moment, paused ones too, and those that are yet to begin."""
    minor, found = _minor(read, person_id, at), set[UUID | None]()
    for (agreement_id, _), kept in weighed(read, person_id).items():
        known = terms(read, agreement_id)
        if known is not None and known.in_force.holds(at):
            found |= _at_work(kept, at, minor=minor, outdated_below=_outdated_below(read, agreement_id, at))
    return frozenset(act_id for act_id in found if act_id is not None)


def _at_work(kept: Will, at: datetime, *, minor: bool, outdated_below: int) -> set[UUID | None]:
    """Find the act that decides now, if it permits, and those that will without ever having been at work."""
    stretches = [each for each in _stretches(kept, minor=minor) if each.notice_n >= outdated_below]
    begun = {each.act_id for each in stretches if each.start <= at and each.step is not Step.NOT_YET_VALID}
    later = {each.act_id for each in stretches if each.start > at and each.step is Step.OK}
    now = {each.act_id for each in stretches if each.start <= at < each.end and each.step in _AT_WORK}
    return now | (later - begun)


def _outdated_below(read: Read, agreement_id: UUID, at: datetime) -> int:
    """Give the number of the last text whose coming has ended older consents."""
    material = (each for each in notices.versions(read, agreement_id) if each.change is Change.MATERIAL)
    return max((each.n for each in material if each.grace_until <= at), default=0)


def _stretches(kept: Will, *, minor: bool) -> tuple[Stretch, ...]:
    return kept.minor if minor and kept.minor is not None else kept.adult


def _state(stretch: Stretch, *, ended: bool) -> State:
    return State.REVOKED if ended and stretch.step is Step.OK else OF_STEP[stretch.step]


def _minor(read: Read, person_id: UUID, at: datetime) -> bool:
    born, _ = people.life(read, person_id)
    return born is not None and at < people.of_age_at(born)


def _stands(read: Read, found: Kept, at: datetime) -> bool:
    row = queries.denial_of(read, found.about)
    lifted_at = row["lift_effective_from"]
    return row["effective_from"] <= at and (lifted_at is None or at < lifted_at)


def _same_matter(read: Read, found: Kept) -> list[Kept]:
    if found.agreement_id is None:
        return queries.about(read, found.about)
    return [each for each in queries.of_person(read, found.person_id) if each.agreement_id == found.agreement_id]


def _last(later: list[UUID]) -> UUID | None:
    return later[0] if later else None
