"""An answer may be kept until its end: nothing that it says changes before."""

from random import Random

import pytest

from consent.decision import decide
from consent.model import FUTURE
from tests.generative.draws import AT, GRID, START, STEP, Draw, a_register, some_facts, some_requests

WORLDS = 200


@pytest.mark.parametrize("seed", range(0, WORLDS, 20))
def test_nothing_changes_before_an_answers_end(seed):
    for number in range(seed, seed + 20):
        draw = Draw(Random(number))
        register = a_register(draw)
        facts, requests = some_facts(draw, register), some_requests(draw, register, 3)

        for request in requests:
            decision = decide(request, facts, AT)
            end = decision.valid_until or FUTURE
            later = [moment for n in range(GRID * 2) if AT < (moment := START + STEP * n) < end]
            assert all(decide(request, facts, moment).results == decision.results for moment in later)
