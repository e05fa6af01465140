"""The log's figures as plain text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bench.log.figures import Figures, Sealing, Verdict

HEAD: Final = (
    f"{'callers':>8}{'sealed/s':>10}{'raw/s':>10}{'ratio':>7}{'median ms':>11}{'p99 ms':>9}{'events':>10}"
    f"{'load':>7}{'pace':>6}{'stolen':>8}"
)
LEGEND: Final = (
    "sealed/s: events in signed checkpoints, each caller waiting for its answer before its next call; raw/s: single-row commits of\n"
    "the same bytes by pgbench on the same server; load: the machine's, over the minute before; pace: how fast the slowest processor was\n"
    "just before, of the best seen (the host of a virtual machine slows it for seconds at a time: each measurement waits up to 30 s for\n"
    "85 %); stolen: how much of it the host gave to others meanwhile (where that was over 2 %, sealing and verifying were measured again,\n"
    "twice at most); kill -9 is not power loss, and a disk that lies about its sync makes all of these too good; of several rounds the\n"
    "middle one is shown"
)


def shown(figures: Figures, verdicts: Iterable[Verdict], machine: Mapping[str, Any]) -> str:
    """Write the whole report."""
    sealing = (HEAD, *map(_line, figures.sealing), *_rounds(figures))
    return "\n".join((*_about(machine), *sealing, *_facts(figures), *_judged(verdicts), ""))


def _about(machine: Mapping[str, Any]) -> Iterator[str]:
    yield "bench log"
    yield ", ".join(f"{name} {value}" for name, value in machine.items())
    yield LEGEND


def _line(each: Sealing) -> str:
    rates = f"{each.callers:>8}{each.a_second:>10,.0f}{each.raw_a_second:>10,.0f}{each.ratio:>7.2f}"
    machine = f"{each.load:>7.2f}{each.pace_percent:>5.0f}%{each.stolen_percent:>7.1f}%"
    return f"{rates}{each.median_ms:>11.2f}{each.p99_ms:>9.2f}{each.events:>10,}{machine}"


def _rounds(figures: Figures) -> Iterator[str]:
    for middle in figures.sealing:
        of = [f"{each.a_second:,.0f}" for each in figures.sealed if each.callers == middle.callers]
        if len(of) > 1:
            yield f"  {middle.callers} callers, round by round: {'  '.join(of)}"


def _facts(figures: Figures) -> Iterator[str]:
    yield ""
    for name, value in figures.facts.items():
        yield f"  {name.replace('_', ' ')}: {_figure(value)}"


def _figure(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def _judged(verdicts: Iterable[Verdict]) -> Iterator[str]:
    yield "\npromises (ACCESS-LOG 16)"
    for each in verdicts:
        yield f"  {'holds ' if each.holds else 'MISSED'} {each.promise}: {each.found:,.2f}"
