"""What is asked of the rule: who wants which facts about whom, and why."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from consent.model.period import FUTURE, PAST, Period

EMERGENCY_JUSTIFICATION_MIN = 20
"""Characters of justification without which an emergency is none (CONSENT.md 5)."""


class Item(NamedTuple):
    """One category of one controller (Y-tunnus); plain text, because what is asked may be unknown."""

    category: str
    controller: str


class Derived(NamedTuple):
    """A fact made of other facts: it inherits the consent of every input, tried in this order."""

    code: str
    inputs: tuple[Item, ...]


class Emergency(NamedTuple):
    """The claim of an emergency: a named user, and why."""

    user: str
    justification: str

    @property
    def complete(self) -> bool:
        """Whether it names a user and says enough; a claim that does not counts for nothing."""
        return bool(self.user.strip()) and len(self.justification.strip()) >= EMERGENCY_JUSTIFICATION_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which facts of ``[data_from, data_until)`` a recipient (Y-tunnus) wants about a person, for a purpose.

    ``user`` is a case worker's pseudonym, given only after sign-in on our own page: it alone opens a protected person
    (AMENDMENTS 8).
    """

    person_id: UUID
    recipient: str
    purpose: str
    items: tuple[Item | Derived, ...]
    user: str | None = None
    data_from: datetime = PAST
    data_until: datetime = FUTURE
    emergency: Emergency | None = None
    asked: tuple[Period, ...] = field(init=False, repr=False, compare=False)
    """The data asked for, as the periods that denials take from."""

    def __post_init__(self) -> None:
        """Refuse data of no time at all; where requests come in, that is told as ``bad_period``."""
        if self.data_until <= self.data_from:
            raise ValueError("The data asked for end before they start.")
        object.__setattr__(self, "asked", (Period(self.data_from, self.data_until),))
