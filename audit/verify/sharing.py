"""A long log passed over side by side: parts, for which this process and one on each other processor help themselves."""

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate, pairwise
from multiprocessing import get_context
from typing import Final

from audit.queries import passage as queries
from audit.verify.passage import Passed
from audit.verify.table import Task, passed
from db.engine import Database, Read
from db.keys import Keyring

A_SHARE: Final = 100_000
"""Events that are worth a process of their own, which takes a second to begin."""

PARTS: Final = 6
"""Parts that a process has on average: who begins later, or is slower, takes fewer; the last ones are small."""

GARBAGE: Final = 5_000_000
"""New things between two looks for garbage, of which a pass makes hardly any."""


def tasks_of(read: Read, whole: Task) -> list[Task]:
    """Part a long log: the largest parts, which are begun first, at both ends, the smallest, which are left for last, in the middle."""
    parts = _processes(whole.stop) * PARTS
    if parts <= PARTS:
        return [whole]
    sizes = [abs(2 * place + 1 - parts) ** 3 for place in range(parts)]
    bounds = [whole.stop * below // sum(sizes) for below in accumulate(sizes, initial=0)]
    seen = replace(whole, snapshot=queries.exported_snapshot(read))
    return [replace(seen, start=start, stop=stop) for start, stop in pairwise(bounds)]


def _processes(events: int) -> int:
    return min(os.cpu_count() or 1, events // A_SHARE)


@contextmanager
def others(tasks: Sequence[Task]) -> Iterator[list["Future[Passed]"]]:
    """Have a process on each other processor take parts from the beginning on; of one task alone, nobody."""
    if len(tasks) == 1:
        yield []
        return
    pool = ProcessPoolExecutor(_processes(tasks[-1].stop) - 1, mp_context=get_context("spawn"))
    try:
        yield [pool.submit(_part, task) for task in tasks]
    finally:
        pool.shutdown(cancel_futures=True)


def shared(read: Read, tasks: Sequence[Task], theirs: Sequence["Future[Passed]"]) -> list[Passed]:
    """Take parts that nobody else has begun, from the end; give all."""
    if not theirs:
        with _seldom_tidied():
            return [passed(read, task) for task in tasks]
    with _seldom_tidied():
        ours = {place: passed(read, task) for place, task in reversed([*enumerate(tasks)]) if theirs[place].cancel()}
    return [ours[place] if place in ours else each.result() for place, each in enumerate(theirs)]


def _part(task: Task) -> Passed:
    """Pass over a part in a process of its own."""
    nobodys = Keyring((), development=False)
    with (
        _seldom_tidied(),
        Database(task.url, task.login, nobodys, pool_size=1) as database,
        database.read(snapshot=True) as read,
    ):
        queries.take_up_snapshot(read, task.snapshot)
        return passed(read, task)


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """Look for garbage seldom: a pass makes millions of small things that hold no others, and no rings of them."""
    usual = gc.get_threshold()
    gc.set_threshold(GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
