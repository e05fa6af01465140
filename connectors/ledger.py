"""The books of the pulls as values: connections, batches and their states, and the breaker's rule (PIPELINE.md 1, 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from schemas.vocabulary import Source

FAILURES_TO_OPEN: Final = 3
FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=4)
COUNTED: Final = ("pulled", "accepted", "quarantined", "unchanged", "held", "dropped", "removed")
"""`pulled` is the sum of the four after it; rows that no leave list lets be kept are ``dropped`` and counted among the unchanged."""


class State(StrEnum):
    """How far a batch has come; the last three are ends."""

    PLANNED = "planned"
    LANDED = "landed"
    CHECKED = "checked"
    MERGED = "merged"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One system of one controller that may be asked (AMENDMENTS 10); `place` is its employment area or county."""

    connection_id: str
    source: Source
    controller: str
    place: str
    client: str
    service: str
    represented_party: str | None = None
    agreement: str | None = None
    from_at: datetime
    until_at: datetime | None = None
    state: str = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One answer to come or come: a connection's shard and window. `people` and `leave` are files of the store."""

    batch_id: UUID
    run_id: UUID
    source: Source
    connection_id: str
    shard: str
    since: datetime | None
    people: str | None = None
    leave: str | None = None
    state: State = State.PLANNED
    planned_at: datetime
    stamp: datetime | None = None
    manifest: str | None = None
    manifest_sha256: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] | None = None
    accepted_as_is: bool = False

    @property
    def full(self) -> bool:
        """Whether the answer is all that the source holds of the connection: what is missing from it is gone."""
        return self.since is None and self.people is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The breaker of a source (sote: of a county) as last written; closed means that nothing is asked until `open_until`."""

    source: Source
    place: str = ""
    failures: int = 0
    pause: timedelta = timedelta(0)
    open_until: datetime | None = None
    stopped: bool = False
    cause: str | None = None

    def refuses(self, at: datetime) -> bool:
        """Whether nothing may be asked now; after the pause the next plan is the probe."""
        return self.stopped or (self.open_until is not None and at < self.open_until)

    def after_down(self, at: datetime, cause: str) -> "Health":
        """Count a SourceDown: the third in a row, and each that a probe meets, closes the source."""
        failures = self.failures + 1
        counted = replace(self, failures=failures, cause=cause)
        return counted if failures < FAILURES_TO_OPEN else counted.paused(at)

    def after_refusal(self, at: datetime, cause: str) -> "Health":
        """Close the source at once: who is refused does not knock again."""
        return replace(self, failures=self.failures + 1, cause=cause).paused(at)

    def after_success(self) -> "Health":
        """Forget the failures; an operator's stop stays."""
        return replace(self, failures=0, pause=timedelta(0), open_until=None, cause=None)

    def paused(self, at: datetime) -> "Health":
        """Close for 15 minutes, twice as long each time, four hours at most."""
        pause = min(self.pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
        return replace(self, pause=pause, open_until=at + pause)


def breaker_place(source: Source, place: str) -> str:
    """Name the place that a source's breaker stands for: each county has its own, TE and Kela are one system."""
    return place if source is Source.SOTE else ""
