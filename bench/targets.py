"""The targets of PIPELINE 9 and AMENDMENTS 21, and whether the figures hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.figures import Figures, Task, Who, Work

PEOPLE_FOR_MEMORY: Final = 50_000
MEMORY_GB: Final = 1.0
GIGABYTE: Final = 1e9

_OURS: Final = (Task.FIRST, Who.LUUKKU)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """That one work takes at most, or at least, so many times as long as another."""

    sentence: str
    over: Work
    under: Work
    at_most: float = float("inf")
    at_least: float = 0.0

    def holds(self, found: float) -> bool:
        """Whether the ratio found is within the target."""
        return self.at_least <= found <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target and what was found; `by_processor` is the same in processor seconds, which other work on a machine disturbs less."""

    target: str
    found: float
    by_processor: float | None = None
    holds: bool


_AT_ONCE: Final = (Task.FIRST, Who.TOGETHER)
_LIMIT: Final = (Task.FIRST, Who.LIMIT)

TARGETS: Final = (
    Target(
        sentence="first load, one source after another: at most 2 times the limit", over=_OURS, under=_LIMIT, at_most=2
    ),
    Target(
        sentence="first load, the sources side by side as Airflow runs them: at most 2 times the limit",
        over=_AT_ONCE,
        under=_LIMIT,
        at_most=2,
    ),
    Target(
        sentence="first load: dlt fed dicts takes at least 6 times as long (the aim is 10)",
        over=(Task.FIRST, Who.DICTS),
        under=_OURS,
        at_least=6,
    ),
    Target(
        sentence="first load: dlt fed Arrow takes at least 2.5 times as long",
        over=(Task.FIRST, Who.ARROW),
        under=_OURS,
        at_least=2.5,
    ),
    Target(
        sentence="no-change night: at most 0.2 of a first load",
        over=(Task.NO_CHANGE, Who.LUUKKU),
        under=_OURS,
        at_most=0.2,
    ),
)


"""The first load is judged in both forms. Side by side is what a user waits for, and what PIPELINE 8 reckons with; but the limit is one
process after another, and a second core is none of the pipeline's merits."""


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """Judge every target; those of works that were not done are left out."""
    for target in TARGETS:
        found = figures.ratio(target.over, target.under, lambda line: line.seconds)
        by_processor = figures.ratio(target.over, target.under, lambda line: line.processor)
        if found is not None:
            yield Verdict(target=target.sentence, found=found, by_processor=by_processor, holds=target.holds(found))
    if figures.people <= PEOPLE_FOR_MEMORY:
        peak = figures.peak_bytes(Who.LUUKKU) / GIGABYTE
        yield Verdict(target="every process of ours: below 1 GB of memory", found=peak, holds=peak < MEMORY_GB)
