"""What of the register everybody may read: no draft, and no text before its publication."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from consent.model import FUTURE, Agreement, Period, Statute
from consent.queries.notices import Version, versions
from db.engine import Read


class State(StrEnum):
    """Where an agreement or a law stands in its life, with the sign and colour it is shown in."""

    HOLDS = "holds"
    COMING = "coming"
    ENDED = "ended"

    @property
    def sign(self) -> str:
        """The sign beside the colour."""
        return {"holds": "✓", "coming": "?", "ended": "✕"}[self.value]

    @property
    def tag(self) -> str:
        """The colour, as a class."""
        return {"holds": "good", "coming": "soon", "ended": "no"}[self.value]


@dataclass(frozen=True, slots=True)
class Open:
    """An agreement or a law with its state now, and what it covers in a lasting order."""

    rule: Agreement | Statute
    state: State

    @property
    def categories(self) -> Sequence[str]:
        """The kinds of data it is about."""
        return sorted(self.rule.categories)

    @property
    def ends(self) -> bool:
        """Whether it has a last day."""
        return self.rule.in_force.end != FUTURE


def opened(rules: Iterable[Agreement | Statute], at: datetime) -> list[Open]:
    """Give what was ever made to hold, those in force first; what never holds is a draft, or was succeeded before it began."""
    found = [Open(rule, state_of(rule.in_force, at)) for rule in rules if rule.in_force.start != FUTURE]
    return sorted(found, key=lambda each: list(State).index(each.state))


def state_of(in_force: Period, at: datetime) -> State:
    """Say where a moment stands to a time in force."""
    if in_force.end <= at:
        return State.ENDED
    return State.HOLDS if in_force.holds(at) else State.COMING


def published(read: Read, agreement: Agreement, at: datetime) -> list[Version]:
    """List the texts of an agreement that are out, the first one first."""
    return [each for each in versions(read, agreement.agreement_id) if each.published_at <= at]
