"""The targets of PIPELINE 9 and AMENDMENTS 21, and whether the figures hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.figures import COPY_BESIDE, Figures, Task, Who, Work

PEOPLE_FOR_MEMORY: Final = 50_000
MEMORY_GB: Final = 1.0
GIGABYTE: Final = 1e9

_OURS: Final = (Task.FIRST, Who.LUUKKU)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """That one work takes at most, or at least, so many times as long as another; with neither, a ratio that is told and promised nowhere.

    `without` are stages of the other that are left out.
    """

    sentence: str
    over: Work
    under: Work
    without: tuple[str, ...] = ()
    at_most: float | None = None
    at_least: float | None = None

    def holds(self, found: float) -> bool | None:
        """Whether the ratio found is within the target; None where nothing is promised."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_least is None or found >= self.at_least) and (self.at_most is None or found <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target and what was found; `holds` is None where nothing is promised.

    `by_processor` is the same in processor seconds, which other work on a machine disturbs less.
    """

    target: str
    found: float
    by_processor: float | None = None
    holds: bool | None


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
        sentence="(the same, one source after another, to the limit of the sources' rows alone)",
        over=_OURS,
        under=_LIMIT,
        without=(COPY_BESIDE,),
    ),
    Target(
        sentence="(the same, side by side, to the limit of the sources' rows alone)",
        over=_AT_ONCE,
        under=_LIMIT,
        without=(COPY_BESIDE,),
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
process after another, and a second core is none of the pipeline's merits.

The limit holds a raw copy of the same rows, which are all that the load writes: what consent is told is written by the same transaction.
How it stands to the sources' rows alone is told beside, and judged nowhere.
"""


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """Judge every target; those of works that were not done are left out."""
    for target in TARGETS:
        found = figures.ratio(target.over, target.under, lambda line: line.seconds, without=target.without)
        by_processor = figures.ratio(target.over, target.under, lambda line: line.processor, without=target.without)
        if found is not None:
            yield Verdict(target=target.sentence, found=found, by_processor=by_processor, holds=target.holds(found))
    if figures.people <= PEOPLE_FOR_MEMORY:
        peak = figures.peak_bytes(Who.LUUKKU) / GIGABYTE
        yield Verdict(target="every process of ours: below 1 GB of memory", found=peak, holds=peak < MEMORY_GB)
