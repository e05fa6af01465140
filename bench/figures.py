"""What was measured, as values: a line a stage and round, and the whole of each work."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Final

COPY_BESIDE: Final = "copy what is written beside"
"""The stage of the limit that holds no row of a source: whom publishing is to look at, and what consent is told."""


class Task(StrEnum):
    """What is to be done: both nights give the full answers again, the second with 5 % of the people changed."""

    FIRST = "first load"
    NO_CHANGE = "no-change night"
    CHANGE = "5 % change night"


class Who(StrEnum):
    """Who does it; the last two only judge the rows."""

    LUUKKU = "luukku"
    TOGETHER = "luukku, sources side by side"
    LIMIT = "limit"
    DICTS = "dlt fed dicts"
    ARROW = "dlt fed Arrow"
    UPSERT = "dlt fed Arrow, upsert"
    RULES = "luukku's rules by Great Expectations"
    PANDERA = "the same rules by pandera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a line is of; `rows` are those it handles, 0 where that says nothing. `counted`: part of the whole, else shown apart."""

    task: Task
    who: Who
    name: str
    rows: int = 0
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measured stage of one round.

    Seconds are of the wall; `cpu_seconds` are our process's, `server_seconds` PostgreSQL's; `prepare_seconds` are imports and first calls;
    `stolen_seconds` those of a processor that the host of a virtual machine gave to others.
    """

    round: int
    stage: Stage
    seconds: float
    cpu_seconds: float
    server_seconds: float
    prepare_seconds: float
    peak_bytes: int
    stolen_seconds: float = 0.0

    @property
    def processor(self) -> float:
        """All processor seconds."""
        return self.cpu_seconds + self.server_seconds


Part = Callable[[Line], float]
Work = tuple[Task, Who]


@dataclass(slots=True)
class Figures:
    """All lines of a run; `rows` are the staged records that a whole is counted by."""

    people: int
    rows: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """Say how often everything was measured."""
        return max((line.round for line in self.lines), default=0)

    def of(self, work: Work) -> list[Line]:
        """Give the lines of one work."""
        return [line for line in self.lines if (line.stage.task, line.stage.who) == work]

    def whole(self, work: Work, part: Part, *, without: Collection[str] = ()) -> list[float]:
        """Sum a figure over the counted stages, round by round; `without` some, by name."""
        lines = [line for line in self.of(work) if line.stage.counted and line.stage.name not in without]
        rounds = sorted({line.round for line in lines})
        return [sum(part(line) for line in lines if line.round == number) for number in rounds]

    def ratio(self, over: Work, under: Work, part: Part, *, without: Collection[str] = ()) -> float | None:
        """Give the median of two works' ratio, each taken within its own round; None when one of them was not done.

        `without` are stages of the second that are left out.
        """
        pairs = zip(self.whole(over, part), self.whole(under, part, without=without), strict=False)
        found = [one / other for one, other in pairs if other]
        return median(found) if found else None

    def peak_bytes(self, who: Who) -> int:
        """Give the largest peak of any process."""
        return max((line.peak_bytes for line in self.lines if line.stage.who is who), default=0)


def medians(lines: Iterable[Line]) -> Iterator[Line]:
    """Give one line a stage, in the order measured: that of the median round by seconds."""
    by_stage: dict[str, list[Line]] = {}
    for line in lines:
        by_stage.setdefault(line.stage.name, []).append(line)
    for found in by_stage.values():
        yield sorted(found, key=lambda line: line.seconds)[len(found) // 2]
