"""What a grant must keep to, each guard with the error of CONSENT.md 14 it raises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from consent.errors import ConsentError, Fault
from consent.model import FUTURE
from consent.queries import people, terms, wills
from consent.queries.terms import Shown, Terms
from consent.registry.recording import By
from consent.will import authorised
from db.engine import Read

AHEAD = timedelta(seconds=60)
"""How far the clock of who signed may run before ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a will was expressed, when it begins to hold, and when it was written down."""

    signed_at: datetime
    effective_from: datetime
    recorded_at: datetime


def times(*, signed_at: datetime | None, effective_from: datetime | None, recorded_at: datetime) -> Times:
    """Put the times in order: what is said now is signed now, and nothing is signed after it is recorded."""
    zoned(signed_at=signed_at, effective_from=effective_from)
    if signed_at is not None and signed_at > recorded_at + AHEAD:
        raise ConsentError(Fault.BAD_PERIOD, "signed_at")
    signed = recorded_at if signed_at is None else min(signed_at, recorded_at)
    return Times(signed_at=signed, effective_from=effective_from or signed, recorded_at=recorded_at)


def zoned(**moments: datetime | None) -> None:
    """Ask that every moment there is names its zone."""
    for name, moment in moments.items():
        if moment is not None and moment.tzinfo is None:
            raise ConsentError(Fault.INVALID_FIELD, name)


def agreed(read: Read, agreement_id: UUID) -> Terms:
    """Find the agreement."""
    found = terms.terms(read, agreement_id)
    if found is None:
        raise ConsentError(Fault.NOT_FOUND, "agreement_id")
    return found


def party(to: Terms, by: By) -> None:
    """Ask that a steward's office is a party to the agreement; to any other it is not there."""
    if by.steward and by.office not in (to.controller, to.recipient):
        raise ConsentError(Fault.NOT_FOUND, "agreement_id")


def covered(categories: Sequence[str], by: Terms) -> None:
    """Ask that there are categories, each once, and that the agreement covers them."""
    if not categories or len(set(categories)) != len(categories):
        raise ConsentError(Fault.INVALID_FIELD, "items")
    if not set(categories) <= by.categories:
        raise ConsentError(Fault.OUTSIDE_AGREEMENT, "category")


def grantable(read: Read, person_id: UUID, by: Terms, at: datetime) -> None:
    """Ask that the agreement is in force and the person alive."""
    if not by.in_force.holds(at):
        raise ConsentError(Fault.NOT_GRANTABLE, "agreement_id")
    _, died_at = people.life(read, person_id)
    if died_at is not None:
        raise ConsentError(Fault.NOT_GRANTABLE, "person_id")


def shown(read: Read, by: Terms, notice: Shown, *, signed_at: datetime) -> None:
    """Ask that the text shown was the one in force when it was signed."""
    if terms.notice_at(read, by.agreement_id, language=notice.language, at=signed_at) != notice:
        raise ConsentError(Fault.NOTICE_MISMATCH, "notice")


def bounded(by: Terms, when: Times, *, valid_until: datetime | None, data: tuple[datetime, datetime]) -> datetime:
    """Return when a grant ends, at most ``max_days`` after it begins."""
    longest = when.effective_from + timedelta(days=by.max_days)
    end = longest if valid_until is None else valid_until
    if end <= when.effective_from or end > longest:
        raise ConsentError(Fault.BAD_PERIOD, "valid_until")
    if data[1] <= data[0]:
        raise ConsentError(Fault.BAD_PERIOD, "data_until")
    return end


def may_speak(read: Read, person_id: UUID, by: Terms, *, voice: UUID | None, competent: bool, at: datetime) -> None:
    """Ask that who grants may: the person from ``own_act_age`` on or found competent, others with authority at the moment."""
    if voice is None:
        born, _ = people.life(read, person_id)
        if not competent and (born is None or at < people.of_age_at(born, years=by.own_act_age)):
            raise ConsentError(Fault.CANNOT_ACT, "voice")
    elif not _speaks(read, person_id, voice, at):
        raise ConsentError(Fault.CANNOT_ACT, "voice")


def may_lift(read: Read, person_id: UUID, *, said_by: UUID | None, voice: UUID | None, at: datetime) -> None:
    """Ask that who lifts a standing no may: the person any, a representative with authority none of the person's own.

    Nor another representative's who has authority too: where they differ nothing is shown (CONSENT.md 4).
    """
    if voice is None:
        return
    opposed = said_by != voice and (said_by is None or _speaks(read, person_id, said_by, at))
    if opposed or not _speaks(read, person_id, voice, at):
        raise ConsentError(Fault.CANNOT_ACT, "voice")


def _speaks(read: Read, person_id: UUID, voice: UUID, at: datetime) -> bool:
    """Say whether somebody may speak for a person at a moment, by the last answer on their authority."""
    born, _ = people.life(read, person_id)
    minor = born is not None and at < people.of_age_at(born)
    speaker = wills.speakers(read, person_id, known_at=FUTURE).get(voice)
    return speaker is not None and authorised(speaker, at, minor=minor)
