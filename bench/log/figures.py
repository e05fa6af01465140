"""What was measured of the log, and whether it holds what ACCESS-LOG 16 promises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

RATES: Final[Mapping[int, int]] = {1: 300, 16: 2_000, 64: 5_000, 200: 8_500}
"""Sealed events a second, by callers."""
MEDIANS_MS: Final[Mapping[int, float]] = {1: 3.0, 64: 15.0}
"""Milliseconds from call to sealed, by callers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What one figure may be at least, or at most."""

    sentence: str
    at_least: float = float("-inf")
    at_most: float = float("inf")

    def holds(self, found: float) -> bool:
        """Whether a figure keeps it."""
        return self.at_least <= found <= self.at_most


PROMISES: Final[Mapping[str, Promise]] = {
    "backlog_a_second": Promise(
        sentence="sealing from a standing inbox: at least 8,000 events a second", at_least=8_000
    ),
    "verified_a_second": Promise(sentence="verification: at least 100,000 events a second", at_least=100_000),
    "list_p99_ms": Promise(sentence="a person's list: at most 10 ms, 99 of 100", at_most=10),
    "proof_p99_ms": Promise(sentence="a proof built: at most 20 ms, 99 of 100", at_most=20),
    "search_p95_ms": Promise(sentence="a search of any field: at most 300 ms, 95 of 100", at_most=300),
    "search_any_field_p95_ms": Promise(sentence="of whichever field: at most 300 ms, 95 of 100", at_most=300),
    "replay_same_percent": Promise(sentence="decisions made again: 100 of 100 the same", at_least=100),
    "replay_minutes_of_100_000": Promise(sentence="100,000 decisions made again: at most 10 minutes", at_most=10),
    "fhir_a_second": Promise(sentence="FHIR export: at least 20,000 events a second", at_least=20_000),
    "bytes_an_event": Promise(sentence="at most 1,500 bytes an event with indexes and tree", at_most=1_500),
}
"""By the name of the figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """One number of callers: sealed events a second and times from call to answer, raw commits of the same bytes beside.

    `stolen_percent` of the machine the host of a virtual one gave to others while events were sealed; `pace_percent` of its best the
    slowest processor did just before.
    """

    callers: int
    a_second: float
    median_ms: float
    p99_ms: float
    raw_a_second: float
    events: int
    load: float
    pace_percent: float
    stolen_percent: float = 0.0

    @property
    def ratio(self) -> float:
        """How many sealed events come to one raw commit."""
        return self.a_second / self.raw_a_second


@dataclass(slots=True)
class Figures:
    """All that one run measured; ``sealed`` is every round of each number of callers."""

    sealed: list[Sealing] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sealing(self) -> list[Sealing]:
        """Give the middle round of each number of callers, of two the slower: a shared machine is slow for half a minute now and then."""
        by_callers: dict[int, list[Sealing]] = {}
        for each in self.sealed:
            by_callers.setdefault(each.callers, []).append(each)
        return [sorted(rounds, key=attrgetter("a_second"))[(len(rounds) - 1) // 2] for rounds in by_callers.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A promise and what was found."""

    promise: str
    found: float
    holds: bool


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """Judge every promise whose figure was taken."""
    for each in figures.sealing:
        least, most = RATES.get(each.callers), MEDIANS_MS.get(each.callers)
        if least is not None:
            promise = f"{each.callers} callers: at least {least:,} sealed events a second"
            yield Verdict(promise=promise, found=each.a_second, holds=each.a_second >= least)
        if most is not None:
            promise = f"{each.callers} callers: at most {most:g} ms from call to sealed, in the middle"
            yield Verdict(promise=promise, found=each.median_ms, holds=each.median_ms <= most)
    for name, bound in PROMISES.items():
        if name in figures.facts:
            found = figures.facts[name]
            yield Verdict(promise=bound.sentence, found=found, holds=bound.holds(found))
