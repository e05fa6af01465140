"""The figures as plain text: stages and wholes by work, then the targets with what was found."""

from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import Any, Final

from bench.figures import Figures, Line, Part, Task, Who, medians
from bench.targets import Verdict

MEGABYTE: Final = 1_000_000
PARTS: Final[Mapping[str, Part]] = {
    "seconds": lambda line: line.seconds,
    "own CPU": lambda line: line.cpu_seconds,
    "server": lambda line: line.server_seconds,
    "stolen": lambda line: line.stolen_seconds,
    "before": lambda line: line.prepare_seconds,
}
HEAD: Final = f"{'':<40}{'rows':>9}{'rows/s':>9}{''.join(f'{name:>9}' for name in PARTS)}{'peak MB':>9}"
LEGEND: Final = (
    "own CPU, server: processor seconds of the process, and of PostgreSQL with its background work; stolen: those that the host of a\n"
    "virtual machine gave to others meanwhile; before: imports and first calls, not counted in seconds; (in brackets): shown apart, not\n"
    "part of the whole; peak MB: of the largest process, side by side of all; each stage waits up to ten seconds for a machine at 85 % of\n"
    "its best pace"
)


def shown(figures: Figures, verdicts: Iterable[Verdict], machine: Mapping[str, Any]) -> str:
    """Write the whole report."""
    return "\n".join((*_about(figures, machine), *_works(figures), "", "targets", *map(_target, verdicts), ""))


def _about(figures: Figures, machine: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"bench pipeline: {figures.people:,} people, {figures.rows:,} staged records, "
        f"the median of {figures.rounds} rounds"
    )
    yield ", ".join(f"{name} {value}" for name, value in machine.items())
    yield LEGEND


def _works(figures: Figures) -> Iterator[str]:
    for task in Task:
        yield f"\n{task}\n{HEAD}"
        for who in Who:
            lines = figures.of((task, who))
            if len({line.stage.name for line in lines}) > 1:
                yield from map(_stage, medians(lines))
            if lines:
                yield _whole(figures, task, who)


def _stage(line: Line) -> str:
    name = line.stage.name if line.stage.counted else f"({line.stage.name})"
    return _row(f"  {name}", line.stage.rows, [part(line) for part in PARTS.values()], line.peak_bytes)


def _whole(figures: Figures, task: Task, who: Who) -> str:
    work = (task, who)
    times = [median(figures.whole(work, part)) for part in PARTS.values()]
    return _row(who.value, figures.rows, times, max(line.peak_bytes for line in figures.of(work)))


def _row(name: str, rows: int, times: list[float], peak_bytes: int) -> str:
    rate = f"{rows / times[0]:,.0f}" if rows else ""
    told = "".join(f"{time:>9.2f}" for time in times)
    return f"{name:<40}{f'{rows:,}' if rows else '':>9}{rate:>9}{told}{peak_bytes / MEGABYTE:>9.0f}"


_WORD: Final = {True: "holds ", False: "MISSED", None: "      "}


def _target(verdict: Verdict) -> str:
    by_processor = "" if verdict.by_processor is None else f" ({verdict.by_processor:.2f} by processor seconds)"
    return f"  {_WORD[verdict.holds]} {verdict.target}: {verdict.found:.2f}{by_processor}"
