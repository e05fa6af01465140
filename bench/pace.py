"""How fast this machine is just now: the host of a virtual one lends its processors to others, for seconds at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.pool import Pool
from time import monotonic, perf_counter, sleep
from typing import Final

A_PROBE_S: Final = 0.25
A_PAUSE_S: Final = 0.75
PROBES: Final = 12
"""How often the pace is taken at first, over a dozen seconds, to know the best."""
AT_EASE_PERCENT: Final = 85.0
PATIENCE_S: Final = 30.0
_TURNS: Final = 20_000
_PERCENT: Final = 100


@dataclass(slots=True)
class Pace:
    """Tells how fast the slowest processor goes while all are busy, and waits until that is near its best.

    ``last`` is what it was, in percent of the best, when a measurement last began.
    """

    pool: Pool
    patience_s: float = PATIENCE_S
    best: float = 0.0
    last: float = 0.0

    def percent(self) -> float:
        """Take the pace once, in percent of the best so far."""
        processors = os.cpu_count() or 1
        slowest = min(self.pool.map(turns_a_second, [A_PROBE_S] * processors, chunksize=1))
        self.best = max(self.best, slowest)
        return _PERCENT * (slowest / self.best)

    def wait(self) -> None:
        """Return once the machine is at ease, or when patience ends; ``last`` tells which it was."""
        began = monotonic()
        while (found := self.percent()) < AT_EASE_PERCENT and monotonic() - began < self.patience_s:
            sleep(A_PAUSE_S)
        self.last = found


@contextmanager
def taken(*, patience_s: float = PATIENCE_S, probes: int = PROBES) -> Iterator[Pace]:
    """Take the machine's best pace, and keep a process a processor to take it again."""
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        pace = Pace(pool, patience_s)
        for _ in range(probes):
            pace.percent()
            sleep(A_PAUSE_S)
        yield pace


def turns_a_second(seconds: float) -> float:
    """Count how often a second the interpreter goes through a small loop; most of what is measured here is its work."""
    began, turns = perf_counter(), 0
    while (taken_s := perf_counter() - began) < seconds:
        for _ in range(_TURNS):
            turns += 1
    return turns / taken_s
