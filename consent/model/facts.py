"""What holds for one person: the rows a decision reads, indexed once by key."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from consent.model.period import ALWAYS, FUTURE, PAST, Period
from consent.model.register import Register
from consent.model.will import SILENT, Stretch, Will
from schemas.vocabulary import Reason, TaskGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person known to us. ``protected``: when turvakielto is in force. ``of_age_at``: the 18th birthday, None when unknown.

    ``changed_at``: when the last of the facts was recorded; a live decision is never about an earlier moment, so that a no just
    recorded counts however the clocks of two hosts differ.
    """

    person_id: UUID
    consent_seq: int = 0
    changed_at: datetime = PAST
    deceased_at: datetime = FUTURE
    protected: tuple[Period, ...] = ()
    of_age_at: datetime | None = None


class Task(NamedTuple):
    """When, and on what ground, a recipient deals with the person."""

    recipient: str
    ground: TaskGround
    during: Period = ALWAYS


class Coach(NamedTuple):
    """When a user (pseudonym) of a recipient is the person's named coach."""

    recipient: str
    user: str
    during: Period = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A standing no (kielto); None means any. It takes the data of ``data`` from what is asked, all without one."""

    denial_id: UUID
    source: str | None = None
    controller: str | None = None
    category: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    data: Period = ALWAYS
    allow_emergency: bool = False
    during: Period = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """How a person stands to a recipient until ``until``.

    ``unknown``: nobody is known by the id. ``refusal``: why nothing at all is shown, the person dead or the recipient without a
    task. ``grounds``: why it deals with them; ``coaches``: its users who are their named coach; ``denials``: those in force that bind it.
    """

    unknown: Reason | None
    refusal: Reason | None
    protected: bool
    minor: bool
    grounds: frozenset[TaskGround]
    coaches: frozenset[str]
    denials: tuple[Denial, ...]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision about one person reads, as known at one moment; ``person`` is None when nobody is known by the id.

    ``wills``: (agreement, category) -> will; a key nobody has spoken of is not there.
    """

    register: Register
    person: Person | None
    tasks: tuple[Task, ...] = ()
    coaches: tuple[Coach, ...] = ()
    denials: tuple[Denial, ...] = ()
    wills: Mapping[tuple[UUID, str], Will] = field(default_factory=dict)
    moments: tuple[datetime, ...] = field(init=False, repr=False)
    """When anything of the person but their wills starts or ends, in order."""
    _wills: Mapping[tuple[int, str], Will] = field(init=False, repr=False, compare=False)
    """The wills by the number of the agreement's id: a number is found several times as fast."""
    _stances: dict[tuple[int, str], Stance] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the moments and the wills once."""
        object.__setattr__(self, "moments", tuple(sorted({*self._starts_and_ends()})))
        object.__setattr__(self, "_wills", {(id_.int, category): will for (id_, category), will in self.wills.items()})

    def stance(self, recipient: str, at: datetime) -> Stance:
        """Return how the person stands to a recipient at a moment; between two moments it is the same, and remembered."""
        place = bisect_right(self.moments, at)
        found = self._stances.get((place, recipient))
        if found is None:
            until = self.moments[place] if place < len(self.moments) else FUTURE
            found = self._stances[place, recipient] = self._weigh(recipient, at, until)
        return found

    def said(self, agreement_id: UUID, category: str, at: datetime, *, minor: bool) -> Stretch:
        """Return what a key comes to at a moment, before the 18th birthday or after."""
        will = self._wills.get((agreement_id.int, category), SILENT)
        for said in will.minor if minor and will.minor is not None else will.adult:
            if at < said.end:
                break
        return said

    def holding(self, agreement_id: UUID, category: str, at: datetime) -> Stretch:
        """Return what a key comes to at a moment, at the age the person then has."""
        of_age_at = None if self.person is None else self.person.of_age_at
        return self.said(agreement_id, category, at, minor=of_age_at is not None and at < of_age_at)

    def _weigh(self, recipient: str, at: datetime, until: datetime) -> Stance:
        person, denials = self.person, [row for row in self.denials if row.during.holds(at)]
        grounds = frozenset(row.ground for row in self.tasks if row.recipient == recipient and row.during.holds(at))
        return Stance(
            unknown=Reason.UNKNOWN_PERSON if person is None else None,
            refusal=_refusal(person, grounds, at),
            protected=person is not None and any(period.holds(at) for period in person.protected),
            minor=person is not None and person.of_age_at is not None and at < person.of_age_at,
            grounds=grounds,
            coaches=frozenset(row.user for row in self.coaches if row.recipient == recipient and row.during.holds(at)),
            denials=tuple(row for row in denials if row.recipient in (None, recipient)),
            until=until,
        )

    def _starts_and_ends(self) -> Iterator[datetime]:
        if self.person is not None:
            yield from (self.person.deceased_at, self.person.of_age_at or FUTURE)
            yield from chain.from_iterable(self.person.protected)
        for task in self.tasks:
            yield from task.during
        for coach in self.coaches:
            yield from coach.during
        for denial in self.denials:
            yield from denial.during


def _refusal(person: Person | None, grounds: frozenset[TaskGround], at: datetime) -> Reason | None:
    if person is not None and person.deceased_at <= at:
        return Reason.PERSON_DECEASED
    return None if grounds else Reason.NO_TASK
