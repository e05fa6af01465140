"""CONSENT.md 4 and 5.2 as relations: which acts count at a moment, whose word decides, and how far each candidate comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from consent.model import FUTURE, Agreement, Change, Kind, RepresentationKind, Step
from tests.generative.reference_rule.periods import Cells
from tests.generative.reference_rule.rows import ActRow, History

YES = {Kind.GIVEN, Kind.RENEWED}
NO = {Kind.REFUSED, Kind.WITHDRAWN}
SILENCE = {Kind.REQUESTED, Kind.DEFERRED}
FRESH = {
    RepresentationKind.MANDATE: timedelta(hours=24),
    RepresentationKind.GUARDIAN: timedelta(days=30),
    RepresentationKind.LEGAL_GUARDIAN: timedelta(days=30),
}


def place(act: ActRow) -> tuple[datetime, int]:
    """ "``signed_at`` orders the acts on a key, ties by ``seq``."""
    return act.signed_at, act.seq


@dataclass(frozen=True)
class Scene:
    """What is known of a person, seen at one moment."""

    history: History
    at: datetime

    @cached_property
    def confirmed(self) -> dict[UUID, datetime]:
        return {row.act_id: row.recorded_at for row in self.history.confirmations}

    @cached_property
    def void(self) -> set[ActRow]:
        """ "Invalidating a grant voids it for every ``at``; invalidating a no works forward from its recording only."""
        return {
            act
            for act in self.history.acts
            for row in self.history.invalidations
            if row.of == act.act_id and (act.kind in YES or row.recorded_at <= self.at)
        }

    @cached_property
    def counting(self) -> set[ActRow]:
        return {act for act in self.history.acts if self.starts(act) <= self.at} - self.void

    def starts(self, act: ActRow) -> datetime:
        if act.kind in NO:
            return act.effective_from
        second = self.confirmed.get(act.act_id, FUTURE) if act.kind in YES and act.needs_second else act.recorded_at
        return max(act.effective_from, act.recorded_at, second)

    @cached_property
    def authorised(self) -> set[UUID]:
        return {
            row.representation_id
            for row in self.history.representations
            for check in self.history.checks
            if check.representation_id == row.representation_id
            and check.allowed
            and self.at - FRESH[row.kind] <= check.recorded_at <= self.at
            and not self._checked_between(row.representation_id, check.recorded_at)
            and not (row.kind is RepresentationKind.GUARDIAN and self.of_age)
        }

    def _checked_between(self, representation_id: UUID, since: datetime) -> bool:
        return any(
            check.representation_id == representation_id and since < check.recorded_at <= self.at
            for check in self.history.checks
        )

    @property
    def of_age(self) -> bool:
        """Nobody whose birthday is unknown has a guardian."""
        return self.history.of_age_at is None or self.history.of_age_at <= self.at

    @cached_property
    def paused(self) -> set[UUID]:
        return {row.agreement_id for row in self.history.suspensions if row.from_at <= self.at < row.until_at}


@dataclass(frozen=True)
class Key:
    """What was said on one (person, agreement, category), at the scene's moment."""

    scene: Scene
    agreement_id: UUID
    category: str

    @cached_property
    def acts(self) -> set[ActRow]:
        """ "Requested and deferred never displace another act."""
        return {
            act
            for act in self.scene.history.acts
            if (act.agreement_id, act.category) == (self.agreement_id, self.category) and act.kind not in SILENCE
        }

    @cached_property
    def revocations(self) -> set[ActRow]:
        return {act for act in self.acts & self.scene.counting if act.kind is Kind.REVOKED}

    @cached_property
    def last(self) -> set[ActRow]:
        """ "Take each voice's last started act."""
        heard = (self.acts & self.scene.counting) - self.revocations
        return {
            act for act in heard if not any(act.voice == other.voice and place(act) < place(other) for other in heard)
        }

    @cached_property
    def own(self) -> set[ActRow]:
        return {act for act in self.last if act.voice is None}

    @cached_property
    def objections(self) -> set[ActRow]:
        """The noes of representatives with authority; "without authority at ``at`` a representative's no is dropped"."""
        return {act for act in self.last if act.kind in NO and act.voice in self.scene.authorised}

    @cached_property
    def voices(self) -> set[ActRow]:
        """(a), (b) The person's own word; (c) in their silence what representatives gave, and else what they refused."""
        return self.own or {act for act in self.last if act.kind in YES} or self.objections

    @cached_property
    def word(self) -> set[ActRow]:
        """The one act that decides: that which comes furthest before text and data are looked at, of such the last."""
        return set(sorted(self.voices, key=lambda act: (min(key_steps(act, self)), place(act)))[-1:])

    @cached_property
    def waiting(self) -> set[ActRow]:
        """ "Acts not yet counting are candidates too": those after the one that decides."""
        return {
            act
            for act in self.acts - self.scene.void - self.scene.counting
            if act.kind in YES and not any(place(act) < place(other) for other in self.word)
        }

    @cached_property
    def mistakes(self) -> set[ActRow]:
        return {act for act in self.acts & self.scene.void if act.kind in YES}

    def revoked(self, act: ActRow) -> bool:
        return any(place(act) < place(other) for other in self.revocations)

    def contested(self, act: ActRow) -> bool:
        """(b) A later no of a representative against the person's yes; (c) any against another representative's."""
        if act.voice is None:
            return any(place(act) < place(other) for other in self.objections)
        return bool(self.objections)


@dataclass(frozen=True)
class Candidate:
    """How far an agreement comes, and by which act."""

    agreement: Agreement
    act: ActRow | None
    step: Step


def candidates(agreement: Agreement, category: str, scene: Scene, left: Cells) -> Iterator[Candidate]:
    """Yield all that might make one agreement permit."""
    if not agreement.in_force.holds(scene.at):
        yield Candidate(agreement, None, Step.AGREEMENT_INVALID)
        return
    yield Candidate(agreement, None, Step.NO_CONSENT)
    key = Key(scene, agreement.agreement_id, category)
    for act in key.word | key.waiting | key.mistakes:
        yield Candidate(agreement, act, step(act, agreement, key, left))


def key_steps(act: ActRow, key: Key) -> set[Step]:
    """The steps of 5.2, up to the representative's authority, at which an act fails; OK beside them."""
    scene = key.scene
    failing = {
        Step.INVALIDATED: act in scene.void,
        Step.REFUSED: act.kind is Kind.REFUSED,
        Step.REVOKED: act.kind in YES and key.revoked(act),
        Step.WITHDRAWN: act.kind is Kind.WITHDRAWN,
        Step.NOT_YET_VALID: max(act.effective_from, act.recorded_at) > scene.at,
        Step.EXPIRED: act.valid_until <= scene.at,
        Step.PENDING_VERIFICATION: act not in scene.counting,
        Step.CONFLICT: key.contested(act),
        Step.SUSPENDED: act.agreement_id in scene.paused,
        Step.REPRESENTATION_LAPSED: act.voice is not None and act.voice not in scene.authorised,
        Step.OK: True,
    }
    return {step for step, fails in failing.items() if fails}


def step(act: ActRow, agreement: Agreement, key: Key, left: Cells) -> Step:
    """Return the first step at which an act fails."""
    failing = key_steps(act, key)
    if outdated(agreement, act, key.scene.at):
        failing |= {Step.NOTICE_OUTDATED}
    if not left.within(act.data_from, act.data_until):
        failing |= {Step.OUTSIDE_DATA_PERIOD}
    return min(failing)


def outdated(agreement: Agreement, act: ActRow, at: datetime) -> bool:
    return any(
        notice.n > act.notice_n
        and notice.change is Change.MATERIAL
        and max(notice.published_at, notice.grace_until) <= at
        for notice in agreement.notices
    )


def renewal_due(agreement: Agreement, act: ActRow, at: datetime) -> bool:
    return any(
        notice.n > act.notice_n and notice.change is Change.MATERIAL and notice.published_at <= at
        for notice in agreement.notices
    )
