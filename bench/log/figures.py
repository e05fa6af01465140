"""What was measured of the log, and whether it holds what ACCESS-LOG 16 promises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

RATES: Final[Mapping[int, int]] = {1: 300, 16: 2_000, 64: 5_000, 200: 8_500}
"""Sealed events a second, by callers."""
MEDIANS_MS: Final[Mapping[int, float]] = {1: 3.0, 64: 15.0}
"""Milliseconds from call to sealed, by callers."""
VERIFIED: Final = 100_000
LIST_MS: Final = 10.0
SEARCH_MS: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """One number of callers: sealed events a second and times from call to answer, raw commits of the same bytes beside."""

    callers: int
    a_second: float
    median_ms: float
    p99_ms: float
    raw_a_second: float
    events: int
    load: float

    @property
    def ratio(self) -> float:
        """How many sealed events come to one raw commit."""
        return self.a_second / self.raw_a_second


@dataclass(slots=True)
class Figures:
    """All that one run measured."""

    sealing: list[Sealing] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


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
    verified, listed = figures.facts.get("verified_a_second"), figures.facts.get("list_p99_ms")
    if verified is not None:
        promise = f"verification: at least {VERIFIED:,} events a second"
        yield Verdict(promise=promise, found=verified, holds=verified >= VERIFIED)
    if listed is not None:
        promise = f"a person's list: at most {LIST_MS:g} ms, 99 of 100"
        yield Verdict(promise=promise, found=listed, holds=listed <= LIST_MS)
    searched = figures.facts.get("search_p95_ms")
    if searched is not None:
        promise = f"a search of any field: at most {SEARCH_MS:g} ms, 95 of 100"
        yield Verdict(promise=promise, found=searched, holds=searched <= SEARCH_MS)
