"""Every worked example, decided by the pure rule."""

import pytest

from consent.decision import decide
from tests.spec import replay, world
from tests.spec.examples import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_worked_example_is_decided_as_written(example):
    facts = replay.facts(example.facts)

    decision = decide(replay.request(example.ask), facts, world.moment(example.ask.at))

    assert replay.told(decision) == (example.outcome, example.reasons)
    if decision.outcome == "PERMIT":
        assert replay.owed(decision.results[0].obligations) == example.owed
    if example.periods:
        assert decision.results[0].periods == tuple(replay.data_period(period) for period in example.periods)


def test_the_examples_are_all_there():
    assert [example.n for example in EXAMPLES] == list(range(1, 71))
