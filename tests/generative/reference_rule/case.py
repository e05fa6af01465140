"""What bears on one item asked about one person at one moment (CONSENT.md 5.1, AMENDMENTS 1)."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from consent.model import Agreement, Item, Register, Request, Statute, StatuteKind, Step
from schemas.vocabulary import TaskGround
from tests.generative.reference_rule.periods import Cells
from tests.generative.reference_rule.rows import DenialRow
from tests.generative.reference_rule.scene import Scene
from tests.generative.reference_rule.wills import Candidate, candidates

JUSTIFICATION_LEAST = 20
"""Characters."""


@dataclass(frozen=True)
class Case:
    """One item of a request, and all that was recorded."""

    item: Item
    request: Request
    register: Register
    scene: Scene

    @cached_property
    def grounds(self) -> set[TaskGround | None]:
        """Why the recipient deals with the person now; None, for rows that name no ground, beside any."""
        tasks = [row for row in self.scene.history.tasks if row.recipient == self.request.recipient]
        held: set[TaskGround | None] = {row.ground for row in tasks if self.scene.holds(row.from_at, row.until_at)}
        return held | {None} if held else set()

    @cached_property
    def laws(self) -> list[Statute]:
        """ "In-force ``statute`` rows for controller kind, category, recipient kind and purpose"."""
        parties = self.register.parties
        return [
            row
            for row in self.register.statutes
            if row.controller_kind == parties.get(self.item.controller)
            and row.recipient_kind == parties.get(self.request.recipient)
            and row.purpose == self.request.purpose
            and self.item.category in row.categories
            and self.scene.holds(*row.in_force)
        ]

    @cached_property
    def agreements(self) -> list[Agreement]:
        """ "Each agreement for this controller, recipient, purpose and category", whether in force or not."""
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
        """ "Without a task of that ground at ``at``: DENY ``no_task``".

        Silent: where several rows name several grounds, one held is enough, and the rows of the others are passed over.
        """
        named = {row.task_ground for row in (*self.laws, *self.agreements)} or {None}
        return not named & self.grounds

    @property
    def asked_by_coach(self) -> bool:
        return any(
            (row.recipient, row.user) == (self.request.recipient, self.request.user)
            and self.scene.holds(row.from_at, row.until_at)
            for row in self.scene.history.coaches
        )

    def law(self, kind: StatuteKind) -> Statute | None:
        """The row to name; Silent: of several one that overrides denials, then by key and version."""
        rows = [row for row in self.laws if row.kind is kind and row.task_ground in self.grounds]
        return min(rows, key=lambda row: (not row.overrides_denial, row.key, row.version), default=None)

    @cached_property
    def statute(self) -> Statute | None:
        return self.law(StatuteKind.STATUTE)

    @cached_property
    def emergency(self) -> Statute | None:
        """ "``emergency`` given, an in-force ``emergency`` row matches, every matching denial has ``allow_emergency``"."""
        allowed = all(row.allow_emergency for row in self.denials)
        return self.law(StatuteKind.EMERGENCY) if self.claimed and allowed else None

    @property
    def claimed(self) -> bool:
        """ "A named user, justification of 20 characters or more"; Silent: blanks round them count for nothing."""
        claim = self.request.emergency
        return (
            claim is not None and claim.user.strip() != "" and len(claim.justification.strip()) >= JUSTIFICATION_LEAST
        )

    @cached_property
    def denials(self) -> list[DenialRow]:
        """ "All in-force matching denials"; "none matches the item's own controller as recipient"."""
        asked = {
            "source": self.register.sources[self.item.category],
            "controller": self.item.controller,
            "category": self.item.category,
            "recipient": self.request.recipient,
            "purpose": self.request.purpose,
        }
        return [
            row
            for row in self.scene.history.denials
            if all(getattr(row, name) in (None, value) for name, value in asked.items())
            and self.item.controller != self.request.recipient
            and self.stands(row)
        ]

    def stands(self, denial: DenialRow) -> bool:
        """It stands from its signing until a lift has started or a mistake has been recorded; Silent: whoever said it."""
        lifts = [row for row in self.scene.history.lifts if row.denial_id == denial.denial_id]
        ends = [max(row.effective_from, row.recorded_at) for row in lifts]
        ends += [row.recorded_at for row in self.scene.history.invalidations if row.of == denial.denial_id]
        return denial.effective_from <= self.scene.at and not any(end <= self.scene.at for end in ends)

    @cached_property
    def asked(self) -> Cells:
        """The period asked, cut where a denial or a consent to the category starts or ends to cover data."""
        acts = [act for act in self.scene.history.acts if act.category == self.item.category]
        cuts = chain.from_iterable((row.data_from, row.data_until) for row in (*self.scene.history.denials, *acts))
        return Cells.of(self.request.data_from, self.request.data_until, cuts)

    @cached_property
    def left(self) -> Cells:
        """ "The data periods of all in-force matching denials are taken from the period asked"."""
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
