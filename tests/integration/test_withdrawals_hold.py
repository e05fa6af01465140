"""No read that began after a withdrawal was acknowledged gives what was withdrawn: in the library, through the API, by processes."""

import logging
import os

import pytest

from tests.interleaving import CATEGORIES, READERS, a_ground, interleaved

PAIRS = (150, pytest.param(int(os.environ.get("LUUKKU_PAIRS", "100000")), marks=pytest.mark.long))
ROUNDS = 8
"""At most so many times a person changes their mind: each change is weighed with all that they said before."""
_log = logging.getLogger(__name__)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("pairs", PAIRS)
def test_no_read_after_a_withdrawal_was_acknowledged_gives_what_was_withdrawn(world, log, pairs):
    people = max(10, -(-pairs // (ROUNDS * len(CATEGORIES))))
    rounds = -(-pairs // (people * len(CATEGORIES)))

    found = interleaved(a_ground(log, world, people=people), rounds=rounds)

    _log.warning("pairs of withdrawal and read: %s", dict(found))
    ways = sorted(set(READERS))
    assert found["pairs"] >= pairs
    assert [found[way, "stale"] for way in ways] == [0 for _ in ways]
    assert [found[way, "missing"] for way in ways] == [0 for _ in ways]
    assert all(found[way, "refused"] >= found["pairs"] for way in ways)
    assert all(found[way, "given"] for way in ways)
