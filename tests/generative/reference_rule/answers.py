"""CONSENT.md 5.1 and AMENDMENTS 1 as a table: for each item the first line that answers wins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from consent.model import (
    Agreement,
    Derived,
    Item,
    Obligations,
    Outcome,
    Period,
    Register,
    Request,
    Statute,
    StatuteKind,
    Step,
)
from schemas.vocabulary import Ground, Reason, TaskGround
from tests.generative.reference_rule.periods import Cells
from tests.generative.reference_rule.rows import DenialRow, History
from tests.generative.reference_rule.wills import Candidate, Scene, candidates, renewal_due

CONSENT_KEY = "CONSENT_SECRECY"
WEAKEST_FIRST = (Ground.EMERGENCY, Ground.CONSENT, Ground.STATUTE)


class Answer(NamedTuple):
    """The verdict on one item."""

    permitted: bool
    reason: Reason
    ground: Ground | None = None
    key: str | None = None
    periods: tuple[Period, ...] = ()
    obligations: Obligations = Obligations()


@dataclass(frozen=True)
class Case:
    """One item asked about one person at one moment, and what bears on it."""

    item: Item
    request: Request
    register: Register
    scene: Scene

    @property
    def history(self) -> History:
        return self.scene.history

    def holds(self, start: datetime, end: datetime) -> bool:
        return start <= self.scene.at < end

    @cached_property
    def grounds(self) -> set[TaskGround | None]:
        """Why the recipient deals with the person now; a row that names no ground is content with any."""
        tasks = [row for row in self.history.tasks if row.recipient == self.request.recipient]
        held: set[TaskGround | None] = {row.ground for row in tasks if self.holds(row.from_at, row.until_at)}
        return held | {None} if held else set()

    @cached_property
    def laws(self) -> list[Statute]:
        parties = self.register.parties
        return [
            row
            for row in self.register.statutes
            if row.controller_kind == parties.get(self.item.controller)
            and row.recipient_kind == parties.get(self.request.recipient)
            and row.purpose == self.request.purpose
            and self.item.category in row.categories
        ]

    @cached_property
    def agreements(self) -> list[Agreement]:
        return [
            row
            for row in self.register.agreements
            if row.controller == self.item.controller
            and row.recipient == self.request.recipient
            and row.purpose == self.request.purpose
            and self.item.category in row.categories
        ]

    @property
    def without_task(self) -> bool:
        """AMENDMENTS 1: no task at all, or none of a ground that anything here asks for."""
        in_force = [law for law in self.laws if law.in_force.holds(self.scene.at)]
        asked_for = {row.task_ground for row in (*in_force, *self.agreements)} or {None}
        return not asked_for & self.grounds

    @property
    def protected(self) -> bool:
        return any(self.holds(row.from_at, row.until_at) for row in self.history.protections)

    @property
    def asked_by_coach(self) -> bool:
        return any(
            (row.recipient, row.user) == (self.request.recipient, self.request.user)
            and self.holds(row.from_at, row.until_at)
            for row in self.history.coaches
        )

    def in_force(self, kind: StatuteKind) -> list[Statute]:
        return [
            row
            for row in self.laws
            if row.kind is kind and row.in_force.holds(self.scene.at) and row.task_ground in self.grounds
        ]

    @cached_property
    def statute(self) -> Statute | None:
        """The statute to name: one that overrides denials first, then by key and version."""
        rows = self.in_force(StatuteKind.STATUTE)
        return min(rows, key=lambda row: (not row.overrides_denial, row.key, row.version), default=None)

    @cached_property
    def denials(self) -> list[DenialRow]:
        """The denials in force that match; "none matches the item's own controller as recipient"."""
        asked = {
            "source": self.register.sources[self.item.category],
            "controller": self.item.controller,
            "category": self.item.category,
            "recipient": self.request.recipient,
            "purpose": self.request.purpose,
        }
        return [
            row
            for row in self.history.denials
            if all(getattr(row, name) in (None, value) for name, value in asked.items())
            and self.item.controller != self.request.recipient
            and self.stands(row)
        ]

    def stands(self, denial: DenialRow) -> bool:
        """It stands from its signing until a lift has started or a mistake has been recorded."""
        lifted = any(
            row.denial_id == denial.denial_id and max(row.effective_from, row.recorded_at) <= self.scene.at
            for row in self.history.lifts
        )
        void = any(
            row.of == denial.denial_id and row.recorded_at <= self.scene.at for row in self.history.invalidations
        )
        return denial.effective_from <= self.scene.at and not lifted and not void

    @cached_property
    def asked(self) -> Cells:
        categories = [act for act in self.history.acts if act.category == self.item.category]
        cuts = chain.from_iterable((row.data_from, row.data_until) for row in (*self.history.denials, *categories))
        return Cells.of(self.request.data_from, self.request.data_until, cuts)

    @cached_property
    def left(self) -> Cells:
        left = self.asked
        for row in self.denials:
            left = left.without(self.asked.within(row.data_from, row.data_until))
        return left

    @cached_property
    def candidates(self) -> list[Candidate]:
        return [
            candidate
            for agreement in self.agreements
            if agreement.task_ground in self.grounds
            for candidate in candidates(agreement, self.item.category, self.scene, self.left)
        ]

    @cached_property
    def consents(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if candidate.step is Step.OK]

    @property
    def emergency(self) -> Statute | None:
        claim = self.request.emergency
        if claim is None or not claim.complete or not all(row.allow_emergency for row in self.denials):
            return None
        rows = self.in_force(StatuteKind.EMERGENCY)
        return min(rows, key=lambda row: (row.key, row.version), default=None)


def denied(reason: Reason) -> Callable[[Case], Answer]:
    return lambda _: Answer(permitted=False, reason=reason)


def by_statute(case: Case) -> Answer:
    assert case.statute is not None
    cells = case.asked if case.statute.overrides_denial else case.left
    owed = Obligations(mask_location=case.protected)
    return Answer(True, Reason.STATUTE, Ground.STATUTE, case.statute.key, cells.periods(), owed)


def by_consent(case: Case) -> Answer:
    cells = Cells(frozenset())
    for candidate in case.consents:
        assert candidate.act is not None
        cells |= case.left.within(candidate.act.data_from, candidate.act.data_until)
    return Answer(True, Reason.CONSENT, Ground.CONSENT, CONSENT_KEY, cells.periods(), owed_by_consent(case))


def owed_by_consent(case: Case) -> Obligations:
    """The strictest of what the agreements ask for."""
    days = [found.agreement.retention_days for found in case.consents if found.agreement.retention_days is not None]
    return Obligations(
        retention_days=min(days, default=None),
        no_onward=not all(found.agreement.onward for found in case.consents),
        mask_location=case.protected,
        renewal_due=any(
            found.act and renewal_due(found.agreement, found.act, case.scene.at) for found in case.consents
        ),
    )


def by_emergency(case: Case) -> Answer:
    assert case.emergency is not None
    owed = Obligations(mask_location=case.protected)
    return Answer(True, Reason.EMERGENCY, Ground.EMERGENCY, case.emergency.key, case.asked.periods(), owed)


def furthest(case: Case) -> Answer:
    step = max((candidate.step for candidate in case.candidates), default=Step.NO_AGREEMENT)
    return Answer(permitted=False, reason=step.reason)


LINES: tuple[tuple[Callable[[Case], object], Callable[[Case], Answer]], ...] = (
    (lambda case: case.history.person_id is None, denied(Reason.UNKNOWN_PERSON)),
    (lambda case: case.request.recipient not in case.register.parties, denied(Reason.UNKNOWN_RECIPIENT)),
    (lambda case: case.request.purpose not in case.register.needs, denied(Reason.UNKNOWN_PURPOSE)),
    (lambda case: case.item.category not in case.register.sources, denied(Reason.UNKNOWN_CATEGORY)),
    (lambda case: any(row.died_at <= case.scene.at for row in case.history.deaths), denied(Reason.PERSON_DECEASED)),
    (lambda case: case.without_task, denied(Reason.NO_TASK)),
    (lambda case: case.protected and not case.asked_by_coach, denied(Reason.PROTECTED)),
    (lambda case: case.item.category not in case.register.needs[case.request.purpose], denied(Reason.NOT_NECESSARY)),
    (lambda case: case.statute and (case.statute.overrides_denial or case.left), by_statute),
    (lambda case: not case.left and not case.emergency, denied(Reason.DENIED)),
    (lambda case: case.left and case.consents, by_consent),
    (lambda case: case.emergency, by_emergency),
    (lambda _: True, furthest),
)
"""5.1, line by line: when a line answers, and what it answers."""


def answer(item: Item | Derived, request: Request, register: Register, scene: Scene) -> Answer:
    if isinstance(item, Item):
        case = Case(item, request, register, scene)
        return next(then(case) for when, then in LINES if when(case))
    return together([answer(part, request, register, scene) for part in item.inputs], request)


def together(inputs: list[Answer], request: Request) -> Answer:
    """A derived fact needs every input for the whole period asked; its ground is the weakest of theirs."""
    whole = (Period(request.data_from, request.data_until),)
    for found in inputs:
        if not found.permitted or found.periods != whole:
            return Answer(permitted=False, reason=Reason.OUTSIDE_DATA_PERIOD if found.permitted else found.reason)
    weakest = min(inputs, key=lambda found: WEAKEST_FIRST.index(found.ground or Ground.STATUTE))
    owed = [found.obligations for found in inputs]
    days = [one.retention_days for one in owed if one.retention_days is not None]
    all_owed = Obligations(min(days, default=None), *(any(flags) for flags in list(zip(*owed, strict=True))[1:]))
    return weakest._replace(periods=whole, obligations=all_owed)


def outcome(answers: list[Answer]) -> Outcome:
    permitted = {found.permitted for found in answers}
    return {frozenset({True}): Outcome.PERMIT, frozenset({False}): Outcome.DENY}.get(
        frozenset(permitted), Outcome.PARTIAL
    )


def answers(
    request: Request, register: Register, history: History | None, *, at: datetime, known_at: datetime
) -> list[Answer]:
    """Answer every item, in the order asked; ``history`` is None when it cannot be read."""
    if history is None:
        return [Answer(permitted=False, reason=Reason.STORE_UNAVAILABLE) for _ in request.items]
    scene = Scene(history.known(known_at), at)
    return [answer(item, request, register, scene) for item in request.items]
