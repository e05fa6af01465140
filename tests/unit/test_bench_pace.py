"""A measurement waits for a machine whose host slows it for a while, but not for ever, and tells how it was."""

import os
from time import monotonic

from bench import pace
from bench.pace import Pace


class Processors:
    """Processors whose slowest goes at one given speed after another."""

    def __init__(self, *speeds):
        self.speeds = list(speeds)

    def map(self, _, asked, *, chunksize):
        assert (len(asked), chunksize) == (os.cpu_count(), 1)
        slowest = self.speeds.pop(0)
        return [*(2 * slowest for _ in asked[1:]), slowest]


def test_what_is_at_its_pace_is_not_waited_for():
    found = Pace(Processors(100.0, 86.0))
    found.percent()

    found.wait()

    assert found.last == 86


def test_a_machine_that_is_slowed_is_waited_for_until_it_is_nearly_at_its_best():
    found = Pace(Processors(100.0, 50.0, 90.0))
    found.percent()
    began = monotonic()

    found.wait()

    assert found.last == 90
    assert monotonic() - began >= pace.A_PAUSE_S


def test_patience_ends_and_how_slow_it_was_is_told():
    found = Pace(Processors(100.0, 50.0), patience_s=0)
    found.percent()

    found.wait()

    assert found.last == 50


def test_a_pace_above_the_best_so_far_is_the_best_from_then_on():
    found = Pace(Processors(100.0, 200.0, 150.0))

    assert [found.percent() for _ in range(3)] == [100, 100, 75]


def test_the_pace_is_taken_on_every_processor_of_this_machine():
    with pace.taken(probes=1) as found:
        assert found.best > 0
        assert 0 < found.percent() <= 100
