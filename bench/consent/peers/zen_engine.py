"""ZEN Engine (GoRules) by zen-engine: one decision table whose first row that holds answers, its reason with it.

Decisions are prepared once, by ``create_decision`` or by the static loader, as https://docs.gorules.io/developers/sdks/python says.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import zen

from bench.consent.cases import EVERYTHING, OK, Rule, Told
from consent.model.will import Step
from schemas.vocabulary import Reason

PACKAGE: Final = "zen-engine"
TELLS_REASON: Final = True
TABLE: Final = "consent"
DENIED: Final = f"('{EVERYTHING}' in denials or source in denials or category in denials)"


def decider(rules: Sequence[Rule]) -> Callable[[Told], str]:
    """Ask one case at a time."""
    decision = zen.ZenEngine().create_decision(json.dumps(_graph(rules)))
    return lambda told: str(decision.evaluate(told)["result"]["reason"])


def in_batches(rules: Sequence[Rule]) -> Callable[[Sequence[Told]], list[str]]:
    """Ask many cases in one call."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {TABLE: _graph(rules)}}})
    return lambda told: [
        str(each["data"]["result"]["reason"])
        for each in engine.evaluate_batch([{"key": TABLE, "context": one} for one in told])
    ]


def _graph(rules: Sequence[Rule]) -> dict[str, Any]:
    rows = [
        {"_id": str(place), "when": when, "then": f"'{reason}'"} for place, (when, reason) in enumerate(_rows(rules))
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": "then", "name": "reason", "field": "reason"}],
        "rules": rows,
    }
    return {
        "nodes": [
            {"id": "asked", "type": "inputNode", "name": "asked"},
            {"id": TABLE, "type": "decisionTableNode", "name": TABLE, "content": table},
            {"id": "answer", "type": "outputNode", "name": "answer"},
        ],
        "edges": [
            {"id": "in", "sourceId": "asked", "targetId": TABLE},
            {"id": "out", "sourceId": TABLE, "targetId": "answer"},
        ],
    }


def _rows(rules: Sequence[Rule]) -> Iterator[tuple[str, Reason]]:
    """Yield what must hold for a row to answer, and the answer, in the order of CONSENT.md 5.1."""
    yield "dead", Reason.PERSON_DECEASED
    yield "len(grounds) == 0", Reason.NO_TASK
    yield f"({_covered(rules)}) and not({_held(rules)})", Reason.NO_TASK
    yield "protected", Reason.PROTECTED
    for rule in rules:
        if not rule.by_consent:
            yield _holds(rule) if rule.overrides else f"{_holds(rule)} and not {DENIED}", Reason.STATUTE
    yield DENIED, Reason.DENIED
    for rule in rules:
        if rule.by_consent:
            yield f"{_holds(rule)} and step == {OK}", Reason.CONSENT
    for step in Step:
        yield f"step == {int(step)}", step.reason


def _holds(rule: Rule) -> str:
    return f"{_covers(rule)} and '{rule.ground}' in grounds"


def _covers(rule: Rule) -> str:
    return f"purpose == '{rule.purpose}' and category in {list(rule.categories)}"


def _covered(rules: Sequence[Rule]) -> str:
    return " or ".join(f"({_covers(rule)})" for rule in rules)


def _held(rules: Sequence[Rule]) -> str:
    return " or ".join(f"({_holds(rule)})" for rule in rules)
