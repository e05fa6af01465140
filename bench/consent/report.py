"""The consent figures as plain text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bench.consent.figures import Engine, Figures, Verdict

HEAD: Final = f"{'':<26}{'cases':>8}{'differ':>8}{'a second':>12}{'by CPU':>12}{'in batches':>12}{'by CPU':>12}"
LEGEND: Final = (
    "a second: of the wall; by processor, by CPU: per second of the process's own processor time, for other work on the machine;\n"
    "one decision: one call about one category of one person, its answer with reason, matched ids, periods and obligations"
)
PEERS: Final = (
    "the peers on the same cases, each answer held against ours: permit or deny, and the reason where the engine tells one (zen-engine);\n"
    "prepared for them outside: the step each key has now, the denials in force by their scope, rules cut to those in force; left out:\n"
    "parts of data periods, the moment an answer ends, obligations, matched ids"
)


def shown(figures: Figures, verdicts: Iterable[Verdict], machine: Mapping[str, Any]) -> str:
    """Write the whole report."""
    return "\n".join((*_about(machine), *_parts(figures), *_engines(figures), *_judged(verdicts), ""))


def _about(machine: Mapping[str, Any]) -> Iterator[str]:
    yield "bench consent"
    yield ", ".join(f"{name} {value}" for name, value in machine.items())
    yield LEGEND


def _parts(figures: Figures) -> Iterator[str]:
    for part, facts in figures.parts.items():
        yield f"\n{part}"
        for name, value in facts.items():
            yield f"  {name.replace('_', ' ')}: {_told(value)}"


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count:,}" for name, count in value.items())
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def _engines(figures: Figures) -> Iterator[str]:
    if figures.engines:
        yield f"\n{PEERS}\n{HEAD}"
    yield from map(_engine, figures.engines)
    for name, why in figures.absent.items():
        yield f"{name:<26}{why}"


def _engine(engine: Engine) -> str:
    rates = (
        engine.a_second,
        engine.a_second_by_processor,
        engine.a_second_in_batches,
        engine.a_second_by_processor_in_batches,
    )
    told = "".join(f"{'' if rate is None else f'{rate:,.0f}':>12}" for rate in rates)
    return f"{f'{engine.name} {engine.version}':<26}{engine.cases:>8,}{engine.differ:>8,}{told}"


def _judged(verdicts: Iterable[Verdict]) -> Iterator[str]:
    yield "\npromises (CONSENT 15)"
    for each in verdicts:
        by_processor = "" if each.by_processor is None else f" ({each.by_processor:,.0f} by processor)"
        yield f"  {'holds ' if each.holds else 'MISSED'} {each.promise}: {each.found:,.2f}{by_processor}"
