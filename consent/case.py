"""What all items of a request share: how the person stands to the recipient at the moment asked about; pure (CONSENT.md 5.1)."""

from datetime import datetime

from consent.model import Facts, Period, Request, Stance
from schemas.vocabulary import Reason


class Case:
    """A request about one person at one moment, looked at once for all its items; ``ends`` gathers when what was looked at ends.

    ``unknown`` and ``refusal`` deny every item, ``closed`` all that a protected person has; ``denials`` are those in force about this
    recipient and purpose. A plain class: a frozen one takes twice as long to fill, and one is made for every decision.
    """

    __slots__ = ("asked", "at", "closed", "denials", "ends", "facts", "refusal", "request", "stance", "unknown")

    def __init__(self, request: Request, facts: Facts, at: datetime) -> None:
        stance = facts.stance(request.recipient, at)
        self.request, self.facts, self.at, self.stance = request, facts, at, stance
        self.asked: tuple[Period, ...] = (Period(request.data_from, request.data_until),)
        self.unknown = _unknown(request, facts)
        self.refusal = self.unknown or _not_ours(stance)
        self.closed = stance.protected and request.user not in stance.coaches
        self.denials = (
            tuple(row for row in stance.denials if row.purpose in (None, request.purpose)) if stance.denials else ()
        )
        self.ends = [stance.until]


def _unknown(request: Request, facts: Facts) -> Reason | None:
    if facts.person is None:
        return Reason.UNKNOWN_PERSON
    if request.recipient not in facts.register.parties:
        return Reason.UNKNOWN_RECIPIENT
    if request.purpose not in facts.register.needs:
        return Reason.UNKNOWN_PURPOSE
    return None


def _not_ours(stance: Stance) -> Reason | None:
    if stance.dead:
        return Reason.PERSON_DECEASED
    return None if stance.grounds else Reason.NO_TASK
