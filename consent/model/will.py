"""What a person's acts on one key (person, agreement, category) come to over time."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from consent.model.period import ALWAYS, FUTURE, PAST, Period
from schemas.vocabulary import Reason


class Step(IntEnum):
    """How far a candidate for a consent comes, least to furthest (CONSENT.md 5.2); the numbers are stored."""

    NO_AGREEMENT = 0
    AGREEMENT_INVALID = 1
    NO_CONSENT = 2
    INVALIDATED = 3
    REFUSED = 4
    REVOKED = 5
    WITHDRAWN = 6
    NOT_YET_VALID = 7
    EXPIRED = 8
    PENDING_VERIFICATION = 9
    CONFLICT = 10
    SUSPENDED = 11
    REPRESENTATION_LAPSED = 12
    NOTICE_OUTDATED = 13
    OUTSIDE_DATA_PERIOD = 14
    OK = 15

    @property
    def reason(self) -> Reason:
        """The reason code of a decision that ends at this step."""
        return _REASONS[self]


_REASONS = tuple(Reason.CONSENT if step is Step.OK else Reason(step.name.lower()) for step in Step)


class Stretch(NamedTuple):
    """A stretch of time in which the step is constant, with the act that decides it (none where no act counts).

    The notice the consent was given under and the data it covers matter for ``Step.OK`` only.
    """

    start: datetime
    end: datetime
    step: Step
    act_id: UUID | None = None
    notice_n: int = 0
    data: Period = ALWAYS


@dataclass(frozen=True, slots=True)
class Will:
    """Stretches without gap or overlap from ``PAST`` to ``FUTURE``.

    ``minor`` is there only where a guardian spoke: it holds until the 18th birthday, ``adult`` from then on. So no stretch is
    rewritten when a birth date is learnt or mended.
    """

    adult: tuple[Stretch, ...]
    minor: tuple[Stretch, ...] | None = None


SILENT = Will((Stretch(PAST, FUTURE, Step.NO_CONSENT),))
"""Nobody has said anything."""
