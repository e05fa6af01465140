"""An engine measured on the cases: its answers are held against ours first, then timed."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from time import perf_counter, process_time
from typing import Any, Final

from bench.consent.cases import Case, Told, cases, rules_of
from bench.consent.deciding import register_of
from bench.consent.people import AT
from bench.measure import Work
from consent.decision import decide

SECONDS: Final = 3.0
"""How long each way of asking is timed."""

Answers = Sequence[bool | str]


def answered(values: Mapping[str, str], peer: str, people: int, folder: str | None = None) -> Work:
    """Prepare a peer with the rules; its work answers every case, then as many again as the seconds allow.

    ``folder`` holds a peer that is not in the environment; what the environment has goes before.
    """
    if folder is not None:
        sys.path.append(folder)
    register = register_of(values)
    known, rules = list(cases(register, people)), rules_of(register)
    engine = import_module(f"bench.consent.peers.{peer}")
    decider, batches = engine.decider(rules), getattr(engine, "in_batches", None)
    told = [case.told for case in known]

    def work() -> dict[str, Any]:
        differ = _differing(engine, known, [decider(each) for each in told])
        found = {"cases": len(known), "differ": differ} | _rates(lambda: _one_by_one(decider, told))
        if batches is None:
            return found
        many = batches(rules)
        found["differ"] += _differing(engine, known, many(told))
        return found | {f"{name}_in_batches": rate for name, rate in _rates(lambda: len(many(told))).items()}

    return work


def ours(values: Mapping[str, str], people: int) -> Work:
    """Prepare our rule with the same cases."""
    known = list(cases(register_of(values), people))

    def asked() -> int:
        for case in known:
            decide(case.request, case.facts, AT)
        return len(known)

    return lambda: {"cases": len(known), "differ": 0} | _rates(asked)


def _differing(engine: Any, known: Sequence[Case], answers: Answers) -> int:
    """Count the answers that are not ours: reasons where the engine gives them, else permits."""
    expected: list[bool | str] = [case.reason if engine.TELLS_REASON else case.permitted for case in known]
    return sum(answer != ours for answer, ours in zip(answers, expected, strict=True))


def _one_by_one(decider: Callable[[Told], bool | str], told: Sequence[Told]) -> int:
    """Answer case after case until the time is over."""
    end, done = perf_counter() + SECONDS, 0
    for each in told:
        decider(each)
        done += 1
        if perf_counter() > end:
            break
    return done


def _rates(asked: Callable[[], int]) -> dict[str, float]:
    began, processor, done = perf_counter(), process_time(), 0
    while perf_counter() - began < SECONDS:
        done += asked()
    return {
        "a_second": done / (perf_counter() - began),
        "a_second_by_processor": done / (process_time() - processor),
    }
