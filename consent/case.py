"""What all items of a request share: tasks, protection and denials as they stand at the moment asked; pure (CONSENT.md 5.1)."""

from bisect import bisect_right
from datetime import datetime

from consent.model import FUTURE, Denial, Facts, Period, Request
from schemas.vocabulary import Reason, TaskGround


class Case:
    """A request about one person at one moment, looked at once for all its items; ``ends`` gathers when what was looked at ends.

    ``unknown`` and ``refusal`` deny every item; ``denials`` are those in force about this recipient and purpose. A plain class: a
    frozen one takes twice as long to fill, and one is made for every decision.
    """

    __slots__ = (
        "asked",
        "at",
        "closed",
        "denials",
        "ends",
        "facts",
        "grounds",
        "protected",
        "refusal",
        "request",
        "unknown",
    )

    def __init__(self, request: Request, facts: Facts, at: datetime) -> None:
        self.request, self.facts, self.at = request, facts, at
        self.asked: tuple[Period, ...] = (Period(request.data_from, request.data_until),)
        self.ends = [_next_end(facts, at)]
        self.grounds = _grounds(request, facts, at)
        self.unknown = _unknown(request, facts)
        self.refusal = self.unknown or _not_ours(facts, self.grounds, at)
        self.protected = _is_protected(facts, at)
        self.closed = self.protected and not _is_coach(request, facts, at)
        self.denials = _denials(request, facts, at)

    @property
    def minor(self) -> bool:
        """Whether the person is under 18; nobody is whose birthday is unknown."""
        person = self.facts.person
        return person is not None and person.of_age_at is not None and self.at < person.of_age_at


def _next_end(facts: Facts, at: datetime) -> datetime:
    """Return the first moment after ``at`` at which anything of the person but their wills starts or ends."""
    place = bisect_right(facts.moments, at)
    return facts.moments[place] if place < len(facts.moments) else FUTURE


def _grounds(request: Request, facts: Facts, at: datetime) -> frozenset[TaskGround]:
    """Say why the recipient deals with the person."""
    recipient = request.recipient
    return frozenset([task.ground for task in facts.tasks if task.recipient == recipient and task.during.holds(at)])


def _unknown(request: Request, facts: Facts) -> Reason | None:
    if facts.person is None:
        return Reason.UNKNOWN_PERSON
    if request.recipient not in facts.register.parties:
        return Reason.UNKNOWN_RECIPIENT
    if request.purpose not in facts.register.needs:
        return Reason.UNKNOWN_PURPOSE
    return None


def _not_ours(facts: Facts, grounds: frozenset[TaskGround], at: datetime) -> Reason | None:
    if facts.person is not None and facts.person.deceased_at <= at:
        return Reason.PERSON_DECEASED
    return None if grounds else Reason.NO_TASK


def _is_protected(facts: Facts, at: datetime) -> bool:
    protected = facts.person.protected if facts.person else ()
    return bool(protected) and any(period.holds(at) for period in protected)


def _is_coach(request: Request, facts: Facts, at: datetime) -> bool:
    who = (request.recipient, request.user)
    return any((coach.recipient, coach.user) == who and coach.during.holds(at) for coach in facts.coaches)


def _denials(request: Request, facts: Facts, at: datetime) -> tuple[Denial, ...]:
    if not facts.denials:
        return ()
    return tuple(denial for denial in facts.denials if _is_about(denial, request) and denial.during.holds(at))


def _is_about(denial: Denial, request: Request) -> bool:
    return denial.recipient in (None, request.recipient) and denial.purpose in (None, request.purpose)
