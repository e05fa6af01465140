"""The reference, the pure rule and the bulk gate agree: on every worked example, and on drawn worlds (CONSENT.md 7, AMENDMENTS 22)."""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from random import Random

import pytest

from consent.decision import decide, explain
from consent.model import FUTURE, Derived, Facts, Item, Register, Request, Step
from schemas.vocabulary import Reason
from tests.generative import as_bulk, told_rows
from tests.generative.as_facts import facts
from tests.generative.drawn import TICK, Draw, a_register, a_request
from tests.generative.drawn_history import a_history
from tests.generative.reference_rule.answers import answers, outcome
from tests.generative.reference_rule.case import Case
from tests.generative.reference_rule.scene import Scene
from tests.spec import replay, world
from tests.spec.examples import EXAMPLES

CASES = (
    (15_000, 200),
    pytest.param(int(os.environ.get("LUUKKU_GENERATIVE_CASES", "1000000")), 1_000, marks=pytest.mark.long),
)
"""How many at least, and how often each reason and step at the least: the small form of what the long one shows."""
FIRST = int(os.environ.get("LUUKKU_GENERATIVE_FIRST", "0"))
"""The first world drawn, so that several runs can share the work."""
LEAST_LOOKS = 1_000
PEOPLE, REQUESTS = 16, 18
BEFORE_CONSENT = {
    *(reason for reason in Reason if reason.startswith("unknown_")),
    Reason.STORE_UNAVAILABLE,
    Reason.PERSON_DECEASED,
    Reason.NO_TASK,
}
"""Where these answer, nothing is said of consents that could have been tried."""
STEPS = frozenset(step for step in Step if step is not Step.NO_AGREEMENT)
"""No agreement is no candidate: as a reason it is counted all the same."""


@dataclass(frozen=True)
class Person:
    """One person of a drawn world, as the reference and as the product sees them; both None where nothing can be read."""

    scene: Scene | None
    facts: Facts | None


@dataclass(frozen=True)
class World:
    """Some people under one register, and what is asked about each of them at one moment."""

    seed: int
    register: Register
    at: datetime
    people: tuple[Person, ...]
    requests: tuple[Request, ...]

    def asked(self):
        return [(person, request) for person in self.people for request in self.requests]


def worlds():
    for seed in count(FIRST):
        draw = Draw(Random(seed))
        register, at = a_register(draw), draw.moment(-1, 1)
        people = tuple(a_person(draw, register, at) for _ in range(PEOPLE))
        yield World(seed, register, at, people, tuple(a_request(draw, register) for _ in range(REQUESTS)))


def a_person(draw: Draw, register: Register, at: datetime) -> Person:
    """Known as of the moment asked about, of another, or with all that was ever recorded."""
    history, known_at = a_history(draw, register), draw.of(at, at, FUTURE, draw.moment(-8, 8))
    return Person(history and Scene(history.known(known_at), at), facts(history, register, known_at))


def as_row(answer) -> as_bulk.Row:
    """What all three must say; ``Answer`` and ``Result`` name it alike."""
    return (answer.permitted, answer.reason, answer.ground, answer.key, answer.periods, tuple(answer.obligations))


def by_bulk(world_: World):
    """The rows of the gate; unreadable facts cannot be put to it."""
    readable = [person.facts for person in world_.people if person.facts]
    rows = iter(as_bulk.decided(world_.register, readable, world_.requests, world_.at))
    for person, request in world_.asked():
        yield [next(rows) if person.facts else None for _ in request.items]


def differences(world_: World, reasons: Counter, steps: Counter):
    """Compare a world whole; count what came up."""
    for (person, request), gate in zip(world_.asked(), by_bulk(world_), strict=True):
        found, explained = answers(request, world_.register, person.scene), explain(request, person.facts, world_.at)
        decision = explained.decision
        if outcome(found) != decision.outcome:
            yield world_.seed, request, outcome(found), decision.outcome
        for answer, result, row, tried in zip(found, decision.results, gate, explained.tried, strict=True):
            reasons[answer.reason] += 1
            if not as_row(answer) == as_row(result) == (row or as_row(result)):
                yield world_.seed, request, result.item, as_row(answer), as_row(result), row
            if answer.reason in BEFORE_CONSENT:
                continue
            mine = steps_of(result.item, person, request, world_.register)
            steps.update(step for _, step in mine)
            if mine != [(one.agreement_id, one.step) for one in tried]:
                yield world_.seed, request, result.item, mine, tried


def steps_of(item: Item | Derived, person: Person, request: Request, register: Register):
    """How far each agreement comes, for an item or one after the other for what a fact is made of."""
    parts = item.inputs if isinstance(item, Derived) else (item,)
    cases = [Case(part, request, register, person.scene) for part in parts if part.category in register.sources]
    return [furthest for case in cases for furthest in sorted(furthest_of(case).items())]


def furthest_of(case: Case):
    steps: dict = {}
    for found in case.candidates:
        agreement_id = found.agreement.agreement_id
        steps[agreement_id] = max(found.step, steps.get(agreement_id, found.step))
    return steps


def told(example):
    scene = None
    if example.facts is not None:
        history = told_rows.history(example.facts).known(told_rows.known_at(example.ask.at))
        scene = Scene(history, world.moment(example.ask.at))
    return answers(replay.request(example.ask), told_rows.register(example.facts or ()), scene)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_reference_decides_a_worked_example_as_written(example):
    found = told(example)

    assert (outcome(found), tuple(answer.reason for answer in found)) == (example.outcome, example.reasons)
    if example.outcome == "PERMIT":
        assert replay.owed(found[0].obligations) == example.owed
    if example.periods:
        assert found[0].periods == tuple(replay.data_period(period) for period in example.periods)


@pytest.mark.timeout(0)
@pytest.mark.parametrize(("cases", "least"), CASES)
def test_the_reference_the_rule_and_the_bulk_gate_agree_on_drawn_worlds(cases, least):
    reasons: Counter = Counter()
    steps: Counter = Counter()

    for world_ in worlds():
        found = list(differences(world_, reasons, steps))
        assert not found, found[:3]
        if reasons.total() >= cases:
            break

    print(f"{reasons.total()} cases:", {str(reason): count for reason, count in reasons.most_common()})  # noqa: T201
    print({step.name: count for step, count in steps.most_common()})  # noqa: T201
    assert {reason: reasons[reason] for reason in Reason if reasons[reason] < least} == {}
    assert {step: steps[step] for step in STEPS if steps[step] < least} == {}


def test_nothing_changes_before_the_moment_until_which_a_decision_may_be_kept():
    draw = Draw(Random("until"))
    looked = 0

    for world_ in islice(worlds(), 6):
        for person, request in world_.asked():
            end = decide(request, person.facts, world_.at).valid_until or FUTURE
            for at in (end - TICK, draw.moment()):
                if person.scene and world_.at < at < end:
                    then = Scene(person.scene.history, at)
                    looked += 1
                    now = answers(request, world_.register, person.scene)
                    assert answers(request, world_.register, then) == now, (world_.seed, at)

    assert looked > LEAST_LOOKS
