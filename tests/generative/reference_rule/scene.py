"""What is known of a person, seen at one moment: which acts count, who may speak, what is paused (CONSENT.md 4)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from consent.model import FUTURE, Kind, RepresentationKind
from tests.generative.reference_rule.rows import ActRow, History

YES = {Kind.GIVEN, Kind.RENEWED}
NO = {Kind.REFUSED, Kind.WITHDRAWN}
SILENCE = {Kind.REQUESTED, Kind.DEFERRED}
FRESH = {
    RepresentationKind.MANDATE: timedelta(hours=24),
    RepresentationKind.GUARDIAN: timedelta(days=30),
    RepresentationKind.LEGAL_GUARDIAN: timedelta(days=30),
}
"""How old an answer on somebody's authority may be; Silent: "at most 24 h old" holds at 24 h sharp."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A history, cut to what was known, at a moment; what is found out about it is remembered."""

    history: History
    at: datetime

    def holds(self, start: datetime, end: datetime) -> bool:
        return start <= self.at < end

    @cached_property
    def acts(self) -> dict[tuple[UUID, str], set[ActRow]]:
        """The acts of each key; "requested and deferred never displace another act"."""
        acts: dict[tuple[UUID, str], set[ActRow]] = defaultdict(set)
        for act in self.history.acts:
            if act.kind not in SILENCE:
                acts[act.agreement_id, act.category].add(act)
        return acts

    @cached_property
    def confirmed(self) -> dict[UUID, datetime]:
        return {row.act_id: row.recorded_at for row in self.history.confirmations}

    @cached_property
    def mistaken(self) -> dict[UUID, datetime]:
        return {row.of: row.recorded_at for row in self.history.invalidations}

    def void(self, act: ActRow) -> bool:
        """ "Invalidating a grant voids it for every ``at``; invalidating a no works forward from its recording only".

        Silent: a revocation is a no in this.
        """
        return act.act_id in self.mistaken and (act.kind in YES or self.mistaken[act.act_id] <= self.at)

    def starts(self, act: ActRow) -> datetime:
        """ "Grant, renewal, lift and revocation start at ``max(effective_from, recorded_at)``, grants needing a second steward
        not before confirmation; withdrawal, refusal and denial at ``effective_from``".
        """
        if act.kind in NO:
            return act.effective_from
        second = act.kind in YES and act.needs_second
        return max(
            act.effective_from, act.recorded_at, self.confirmed.get(act.act_id, FUTURE) if second else act.recorded_at
        )

    def counts(self, act: ActRow) -> bool:
        """ "What has not started does not count"."""
        return self.starts(act) <= self.at and not self.void(act)

    @cached_property
    def authorised(self) -> set[UUID]:
        """ "Authority: the latest check by ``at`` allowed it and is at most 24 h old (mandate) or 30 days"."""
        return {
            row.representation_id
            for row in self.history.representations
            if (latest := self.latest_check(row.representation_id))
            and latest.allowed
            and self.at - latest.recorded_at <= FRESH[row.kind]
            and not (row.kind is RepresentationKind.GUARDIAN and self.of_age)
        }

    def latest_check(self, representation_id: UUID):
        checks = [row for row in self.history.checks if row.representation_id == representation_id]
        return max((row for row in checks if row.recorded_at <= self.at), key=lambda row: row.recorded_at, default=None)

    @property
    def of_age(self) -> bool:
        """ "A guardian's ends at the 18th birthday"; Silent: nobody whose birthday is unknown has a guardian."""
        return self.history.of_age_at is None or self.history.of_age_at <= self.at

    @cached_property
    def paused(self) -> set[UUID]:
        return {row.agreement_id for row in self.history.suspensions if self.holds(row.from_at, row.until_at)}

    @cached_property
    def dead(self) -> bool:
        return any(row.died_at <= self.at for row in self.history.deaths)

    @cached_property
    def protected(self) -> bool:
        return any(self.holds(row.from_at, row.until_at) for row in self.history.protections)
