"""``decide`` measured: facts in memory, each person's categories asked one a call, then all in one call, each question once a round."""

import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter, process_time
from typing import Any

from bench.consent.people import AT, drawn, one
from bench.measure import Work
from consent.decision import decide
from consent.model import Facts, Register, Request
from consent.queries import register
from db.engine import Login
from db.environment import from_environ
from schemas.vocabulary import Purpose


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's facts, and the questions about them."""

    facts: Facts
    requests: Sequence[Request]


def register_of(values: Mapping[str, str]) -> Register:
    """Read the register of a home."""
    with from_environ(values).database(Login.WEB, pool_size=1) as database, database.read() as read:
        return register(read)


def singly(values: Mapping[str, str], people: int, rounds: int) -> Work:
    """Ask for one category a call."""
    needs = sorted(Purpose.TYO.needs)
    asked = [Asked(facts, [one(facts, Purpose.TYO, each) for each in needs]) for facts in _people(values, people)]
    return lambda: _measured(asked, rounds)


def together(values: Mapping[str, str], people: int, rounds: int) -> Work:
    """Ask for all that the purpose needs in one call."""
    needs = sorted(Purpose.TYO.needs)
    asked = [Asked(facts, [one(facts, Purpose.TYO, *needs)]) for facts in _people(values, people)]
    return lambda: _measured(asked, rounds)


def _people(values: Mapping[str, str], people: int) -> list[Facts]:
    return list(drawn(register_of(values), people))


def _measured(asked: Sequence[Asked], rounds: int) -> dict[str, Any]:
    """Take the middle of the rounds; in each the facts are new, so that nothing is remembered of a person but within the round."""
    taken = [_round([replace(each, facts=replace(each.facts)) for each in asked]) for _ in range(rounds)]
    calls = sum(len(each.requests) for each in asked)
    reasons = Counter(
        result.reason.value for each in asked for ask in each.requests for result in decide(ask, each.facts, AT).results
    )
    return {
        "calls": calls,
        "results": reasons.total(),
        "calls_a_second": calls / median(wall for wall, _ in taken),
        "calls_a_second_by_processor": calls / median(processor for _, processor in taken),
        "reasons": dict(reasons.most_common()),
    }


def _round(asked: Sequence[Asked]) -> tuple[float, float]:
    gc.collect()
    began, processor = perf_counter(), process_time()
    for each in asked:
        facts = each.facts
        for request in each.requests:
            decide(request, facts, AT)
    return perf_counter() - began, process_time() - processor
