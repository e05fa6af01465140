"""What was measured of consent, and whether it holds what is promised (CONSENT.md 15)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Part(StrEnum):
    """What is measured."""

    SINGLY = "decide, one category a call"
    TOGETHER = "decide, all categories of a person in a call"
    BULK = "bulk gate over PostgreSQL"
    RECEIPTS = "receipts written and signed"
    AS_OF = "as of a former moment against live"
    HTTP = "one category of one person read over HTTP"
    HTTP_BY_FOUR = "the same by four callers at once"
    WITHHELD = "withheld against empty over HTTP"
    WITHDRAWALS = "withdrawals, each committed with event and receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The least, or the most, that a figure of a part may be."""

    sentence: str
    part: Part
    figure: str
    at_least: float = 0.0
    at_most: float = float("inf")

    def holds(self, found: float) -> bool:
        """Whether the figure is within the promise."""
        return self.at_least <= found <= self.at_most


PROMISES: Final = (
    Promise(
        sentence="single decisions in process, with reason and matched ids: at least 250,000 a second",
        part=Part.SINGLY,
        figure="calls_a_second",
        at_least=250_000,
    ),
    Promise(
        sentence="decisions in bulk: at least 2,000,000 a second",
        part=Part.BULK,
        figure="a_second",
        at_least=2_000_000,
    ),
    Promise(
        sentence="receipts signed: at least 10,000 a second",
        part=Part.RECEIPTS,
        figure="a_second",
        at_least=10_000,
    ),
    Promise(
        sentence="one decision over HTTP, sealed in the log: at most 10 ms, 99 of 100",
        part=Part.HTTP,
        figure="p99_ms",
        at_most=10,
    ),
    Promise(
        sentence="the same by four callers at once: at most 10 ms, 99 of 100",
        part=Part.HTTP_BY_FOUR,
        figure="p99_ms",
        at_most=10,
    ),
    Promise(
        sentence="an as-of decision against a live one, facts in memory: at most 3 times",
        part=Part.AS_OF,
        figure="ratio_in_memory",
        at_most=3,
    ),
    Promise(
        sentence="the same with the reading of the facts from the database: at most 3 times",
        part=Part.AS_OF,
        figure="ratio_from_database",
        at_most=3,
    ),
    Promise(
        sentence="withheld against empty: no byte that differs",
        part=Part.WITHHELD,
        figure="differing_bytes",
        at_most=0,
    ),
    Promise(
        sentence="withheld against empty: medians at most 5 % apart",
        part=Part.WITHHELD,
        figure="medians_apart_percent",
        at_most=5,
    ),
    Promise(
        sentence="a withdrawal committed with event and receipt: at most 50 ms, 99 of 100",
        part=Part.WITHDRAWALS,
        figure="p99_ms",
        at_most=50,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine on the cases, in decisions a second of the wall and of its processor; ``in_batches`` where it takes many in a call."""

    name: str
    version: str
    cases: int
    differ: int
    a_second: float
    a_second_by_processor: float
    a_second_in_batches: float | None = None
    a_second_by_processor_in_batches: float | None = None


@dataclass(slots=True)
class Figures:
    """All that one run measured; ``absent`` says why a peer did not take part."""

    parts: dict[Part, Mapping[str, Any]] = field(default_factory=dict)
    engines: list[Engine] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A promise and what was found; ``by_processor`` counts processor seconds, which other work on the machine disturbs less."""

    promise: str
    found: float
    by_processor: float | None = None
    holds: bool


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """Judge every promise whose figure was taken, and that no peer answered otherwise than we."""
    for promise in PROMISES:
        part = figures.parts.get(promise.part)
        if part is not None:
            found = part[promise.figure]
            by_processor = part.get(f"{promise.figure}_by_processor")
            yield Verdict(promise=promise.sentence, found=found, by_processor=by_processor, holds=promise.holds(found))
    if figures.engines:
        differ = sum(engine.differ for engine in figures.engines)
        yield Verdict(promise="answers of the peers that differ from ours: none", found=differ, holds=differ == 0)
