"""CONSENT.md 4 and 5.2 as relations: whose word decides a key, which acts wait, and at which step each candidate ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from uuid import UUID

from consent.model import Agreement, Change, Kind, Notice, Step
from tests.generative.reference_rule.periods import Cells
from tests.generative.reference_rule.rows import ActRow
from tests.generative.reference_rule.scene import NO, YES, Scene


def place(act: ActRow) -> tuple[datetime, int]:
    """ "``signed_at`` orders the acts on a key, ties by ``seq``"."""
    return act.signed_at, act.seq


@dataclass(frozen=True)
class Key:
    """What was said on one (person, agreement, category), at the scene's moment."""

    scene: Scene
    agreement_id: UUID
    category: str

    @cached_property
    def acts(self) -> set[ActRow]:
        return self.scene.acts.get((self.agreement_id, self.category), set())

    @cached_property
    def counting(self) -> set[ActRow]:
        return {act for act in self.acts if self.scene.counts(act)}

    @cached_property
    def last(self) -> set[ActRow]:
        """ "Take each voice's last started act"; the controller's revocation is nobody's voice."""
        heard = {act for act in self.counting if act.kind is not Kind.REVOKED}
        return {
            act for act in heard if not any(act.voice == other.voice and place(act) < place(other) for other in heard)
        }

    @cached_property
    def own(self) -> set[ActRow]:
        return {act for act in self.last if act.voice is None}

    @cached_property
    def with_authority(self) -> set[ActRow]:
        return {act for act in self.last if act.voice in self.scene.authorised}

    @cached_property
    def objections(self) -> set[ActRow]:
        """ "Without authority at ``at`` a representative's no is dropped"."""
        return {act for act in self.with_authority if act.kind in NO}

    @cached_property
    def said_for_them(self) -> set[ActRow]:
        """What representatives say: "agreeing representatives decide", by their last act (principle 4); "without authority
        a grant gives ``representation_lapsed``".

        Silent: a no of theirs decides where none of them gave.
        """
        given = {act for act in self.last - self.own if act.kind in YES}
        agreed = given & self.with_authority if given else self.objections
        return given - agreed | {act for act in agreed if act == max(agreed, key=place)}

    @cached_property
    def word(self) -> ActRow | None:
        """The act that decides: (a), (b) the person's own; (c) in their silence a representative's.

        Silent: of several that which comes furthest, then the last.
        """
        return max(self.own or self.said_for_them, key=lambda act: (min(self.failing(act)), place(act)), default=None)

    @cached_property
    def candidates(self) -> dict[ActRow, set[Step]]:
        """What might permit, each with the steps at which it fails.

        "Acts not yet counting are candidates too"; Silent: those after the one that decides, and mistakes that were a yes.
        """
        waiting = {act for act in self.acts - self.counting if act.kind in YES and not self.displaced(act)}
        mistakes = {act for act in self.acts if act.kind in YES and self.scene.void(act)}
        word = {self.word} if self.word else set()
        return {act: self.failing(act) for act in waiting | mistakes | word}

    def displaced(self, act: ActRow) -> bool:
        return self.scene.void(act) or (self.word is not None and place(act) < place(self.word))

    def failing(self, act: ActRow) -> set[Step]:
        """The steps of 5.2 at which an act fails, whatever the text and the data; OK beside them."""
        scene, yes = self.scene, act.kind in YES
        fails = {
            Step.INVALIDATED: scene.void(act),
            Step.REFUSED: act.kind is Kind.REFUSED,
            Step.REVOKED: yes and self.revoked(act),
            Step.WITHDRAWN: act.kind is Kind.WITHDRAWN,
            Step.NOT_YET_VALID: max(act.effective_from, act.recorded_at) > scene.at,
            Step.EXPIRED: act.valid_until <= scene.at,
            Step.PENDING_VERIFICATION: act not in self.counting,
            Step.CONFLICT: self.contested(act),
            Step.SUSPENDED: act.agreement_id in scene.paused,
            Step.REPRESENTATION_LAPSED: act.voice is not None and act.voice not in scene.authorised,
            Step.OK: True,
        }
        return {step for step, fails_here in fails.items() if fails_here}

    def revoked(self, act: ActRow) -> bool:
        """Silent: a revocation ends what was given, and where nothing was given it leaves nothing to tell."""
        return any(other.kind is Kind.REVOKED and place(act) < place(other) for other in self.counting)

    def contested(self, act: ActRow) -> bool:
        """(b) "an authorised representative's later no makes ``conflict``" of the person's own yes; (c) any no of another's.

        Silent: it does so, too, where who gave lacks authority.
        """
        return any(act.voice is not None or place(act) < place(other) for other in self.objections)


key_of = lru_cache(maxsize=10_000)(Key)
"""The key, thought through once for all that is asked of a scene."""


@dataclass(frozen=True)
class Candidate:
    """How far an agreement comes, and by which act."""

    agreement: Agreement
    act: ActRow | None
    step: Step


def candidates(agreement: Agreement, category: str, scene: Scene, left: Cells) -> Iterator[Candidate]:
    """Yield all that might make one agreement permit."""
    if not scene.holds(*agreement.in_force):
        yield Candidate(agreement, None, Step.AGREEMENT_INVALID)
        return
    yield Candidate(agreement, None, Step.NO_CONSENT)
    for act, failing in key_of(scene, agreement.agreement_id, category).candidates.items():
        further = {
            Step.NOTICE_OUTDATED: any(
                notice.grace_until <= scene.at for notice in newer_texts(agreement, act, scene.at)
            ),
            Step.OUTSIDE_DATA_PERIOD: not left.within(act.data_from, act.data_until),
        }
        yield Candidate(agreement, act, min(failing | {step for step, fails in further.items() if fails}))


def newer_texts(agreement: Agreement, act: ActRow, at: datetime) -> list[Notice]:
    """The material texts published after the one that an act was given under."""
    return [
        notice
        for notice in agreement.notices
        if notice.n > act.notice_n and notice.change is Change.MATERIAL and notice.published_at <= at
    ]
